using System.Collections.Immutable;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Databases;
using Microsoft.Data.Sqlite;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Tests.Workspace.Databases;

/// <summary>A database and a server that holds it open; the test is the server, and its journal is a dictionary.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DatabaseFixture : IContentSource, IDisposable
{
    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> _kept = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coagent-test-");
    private int _calls;

    public DatabaseFixture(string schema, bool hasForeignKeys = false)
    {
        Server = Connect(hasForeignKeys);
        Execute("PRAGMA synchronous = OFF", []);
        Execute(schema, []);
        State = new DatabaseState(this);
    }

    internal string FilePath => Path.Combine(_folder.FullName, "data.db");

    internal SqliteConnection Server { get; }

    internal DatabaseState State { get; }

    /// <summary>A write that was made.</summary>
    internal sealed record Made(NamedCall Call, Captured Captured);

    internal SqliteConnection Connect(bool hasForeignKeys = false)
    {
        var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False;Foreign Keys={hasForeignKeys};Default Timeout=1");
        connection.Open();
        return connection;
    }

    /// <summary>Executes SQL as the server does; what fails has failed.</summary>
    internal void Run(string sql, params object[] values)
    {
        try
        {
            Execute(sql, values);
        }
        catch (SqliteException)
        {
            // The answer would be an error.
        }
    }

    internal StatefulCall Call(string sql, params object[] values) => With(new { database = "data.db", sql, parameters = values });

    internal StatefulCall With(object with)
    {
        var json = JsonSerializer.SerializeToElement(with);
        var server = new ForeignServer("db", "mcp-sqlite-server", null, ["mcp-sqlite", "data.db"], _folder.FullName);
        return new StatefulCall(server, "query", json, Touched.Create([], []), json);
    }

    internal Touched? Declare(string sql, params object[] values) => State.Declare(Call(sql, values));

    /// <summary>What is declared, with <c>D</c> for the database.</summary>
    internal string Declared(StatefulCall call) => State.Declare(call) is { } touched
        ? $"{Text(touched.Reads)} -> {Text(touched.Writes)}"
        : "unknown";

    internal async Task<Preparation> Prepare(StatefulCall call, Touched? declared = null) =>
        await State.PrepareAsync(call, Effect(call, declared ?? State.Declare(call)), Bound());

    /// <summary>Makes a call: <paramref name="execute"/> is what the server does.</summary>
    internal async Task<Made> Make(StatefulCall call, Action execute, bool isSeen = true)
    {
        var effect = Effect(call, State.Declare(call));
        var ready = Assert.IsType<Preparation.Ready>(await State.PrepareAsync(call, effect, Bound()));
        foreach (var content in ready.Before.Contents)
        {
            _kept[content.Id] = content.Bytes;
        }

        execute();
        var left = await State.LookAfterAsync(call, effect, ready, new ToolResult(ToolResultKind.Answer, "{}"u8.ToArray()), Bound());
        Assert.True(isSeen is false || effect.Declared!.IsRead || !left.IsEmpty);
        return new Made(effect.Call, new Captured(ready.Before.NamesOnly(), isSeen ? left : default));
    }

    internal Task<Made> Make(string sql, bool isSeen = true) => Make(Call(sql), () => Run(sql), isSeen);

    internal async Task<Inversion> Invert(Made made) => await State.InvertAsync(made.Call, made.Captured, Bound());

    internal async Task<Finding> Probe(Made made) => await State.ProbeAsync(made.Call, made.Captured with { AfterUtf8 = default }, Bound());

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => ValueTask.FromResult(_kept[id]);

    /// <summary>All that is in the database, row numbers and types included.</summary>
    internal string Dump()
    {
        var text = new StringBuilder();
        var tables = Lines("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1", text);
        foreach (var table in tables.Where(static line => line.StartsWith("table ", StringComparison.Ordinal)).Select(static line => line.Split(' ')[1]))
        {
            var columns = string.Join(" || ',' || ", Values($"SELECT 'typeof(\"' || name || '\") || quote(\"' || name || '\")' FROM pragma_table_info('{table}')"));
            var isRowless = Values($"SELECT wr FROM pragma_table_list('{table}')")[0] == "1";
            text.AppendLine(table);
            Lines($"SELECT {(isRowless || table == "sqlite_sequence" ? "''" : "rowid")} || ':' || {columns} FROM \"{table}\" ORDER BY 1", text);
        }

        Lines("PRAGMA user_version", text);
        return text.ToString();
    }

    internal static CancellationToken Bound() => WorkspaceFixture.Bound();

    public void Dispose()
    {
        Server.Dispose();
        _folder.Delete(recursive: true);
    }

    internal List<string> Values(string sql)
    {
        using var command = Server.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetValue(0).ToString()!);
        }

        return values;
    }

    private void Execute(string sql, object[] values)
    {
        using var command = Server.CreateCommand();
        command.CommandText = sql;
        foreach (var (at, value) in values.Index())
        {
            command.Parameters.AddWithValue($"${at + 1}", value);
        }

        command.ExecuteNonQuery();
    }

    private List<string> Lines(string sql, StringBuilder text)
    {
        var lines = Values(sql);
        lines.ForEach(line => text.AppendLine(line));
        return lines;
    }

    // That it reads the files, too, is a test's of its own.
    private string Text(ImmutableArray<ObjectPattern> patterns) =>
        string.Join(' ', patterns.Where(static pattern => !$"{pattern}".StartsWith("file:", StringComparison.Ordinal)).Select(pattern => pattern.ToString().Replace($"sqlite:{FilePath}", "D", StringComparison.Ordinal)));

    private WriteEffect Effect(StatefulCall call, Touched? declared) => new(
        new NamedCall(new CallId(++_calls), AgentId.Create("a"), new ToolRequest("db", "query", JsonSerializer.SerializeToUtf8Bytes(call.Arguments))),
        IsReplay: false,
        Beneath: null)
    { Declared = declared };
}
