using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Databases;

/// <summary>What a call asks of a database, as its manifest says it under <c>with</c> (docs/catalog.md).</summary>
/// <param name="Path">The canonical path of the database's file.</param>
/// <param name="Sql">What is executed, or what comes to the same.</param>
/// <param name="Parameters">A list by place, an object by name, or undefined.</param>
internal sealed record DatabaseCall(string Path, string Sql, JsonElement Parameters)
{
    /// <summary>What a call asks; null where the manifest does not say it, or the database is no file that is there.</summary>
    internal static DatabaseCall? Of(StatefulCall call, IFilePaths paths)
    {
        var directories = !call.Directories.IsDefaultOrEmpty ? call.Directories
            : call.Server.WorkingDirectory is { } directory ? [directory]
            : ImmutableArray<string>.Empty;
        if (Text(call.With, "database") is not { } given
            || given == ":memory:" || given.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
            || paths.Resolve(directories, given) is not { Exists: true, IsDirectory: false } path)
        {
            return null;
        }

        if (Text(call.With, "sql") is { } sql)
        {
            return new DatabaseCall(path.Canonical, sql, Member(call.With, "parameters") ?? default);
        }

        return Text(call.With, "table") is { } table && Text(call.With, "change") is { } change
            && TableChange.ToSql(table, change, Member(call.With, "where"), Member(call.With, "data")) is { } made
            ? new DatabaseCall(path.Canonical, made.Sql, made.Parameters)
            : null;
    }

    /// <summary>What is the same for the same call made again.</summary>
    internal string Key =>
        string.Join('\0', Path, Sql, Parameters.ValueKind == JsonValueKind.Undefined ? "" : Parameters.GetRawText());

    private static string? Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
}
