using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.EndToEnd.Tests.Support;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.Trials.Files;
using CoAgent.Trials.Support;
using CoAgent.Workspace.Foreign;

namespace CoAgent.EndToEnd.Tests.Catalog;

/// <summary>A real server over standard input and output with the profile that ships for it, called as the coordinator calls it.</summary>
/// <remarks>The journal is a dictionary. No profile of these tests needs a program.</remarks>
internal sealed class ProfiledServer : IServerCalls, IContentSource, IProgramRunner, IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("coagent-profile-");
    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> kept = [];
    private readonly CatalogedProfile profile;
    private readonly RawStdioClient client;
    private readonly IToolProfile described;
    private int callCount;

    private ProfiledServer(CatalogedProfile profile, Func<string, (string[] Command, (string Name, string Value)[] Environment)> start)
    {
        this.profile = profile;
        var (command, environment) = start(Root);
        client = RawStdioClient.Start(command[0], command[1..], Root, environment.ToDictionary(one => one.Name, string? (one) => one.Value));
        var server = new ForeignServer("served", OwnName: null, profile.Name, [.. command], Root)
        {
            Environment = environment.ToImmutableSortedDictionary(one => one.Name, one => one.Value),
        };
        var ports = new ExecutionPorts(
            this, this, new FilePaths(), [new FileToolState(this)], this, TimeProvider.System);
        described = new ManifestProfiles(ports).Create(server, profile.Manifest, profile.Tools.ToDictionary(tool => tool.Key, tool => tool.Value.Manifest));
    }

    /// <summary>The catalog that ships.</summary>
    public static CatalogSnapshot Shipped { get; } = ToolCatalog.Read(new CatalogFolders(Shipped: null, Path.Combine(Repository.Root, CatalogFolders.Name)));

    public string Root => root.FullName;

    /// <summary>Starts the server of a profile in an empty directory.</summary>
    public static async Task<ProfiledServer> StartAsync(string profile, NpmPackages packages)
    {
        var server = new ProfiledServer(Shipped.Profiles[profile], root => profile switch
        {
            "server-filesystem" => ([packages.Node, packages.FilesystemServer, root], []),
            "server-memory" => ([packages.Node, packages.MemoryServer], [("MEMORY_FILE_PATH", Path.Combine(root, "memory.jsonl"))]),
            "mcp-sqlite" => ([packages.Node, packages.SqliteServer, Path.Combine(root, "data.db")], []),
            "server-everything" => ([packages.Node, packages.EverythingServer, "stdio"], []),
            _ => throw new ArgumentException($"Nobody starts {profile} here.", nameof(profile)),
        });
        await server.client.InitializeAsync(None);
        return server;
    }

    /// <summary>The names of the tools that the server lists.</summary>
    public async Task<string[]> ListAsync() =>
        [.. (await client.RequestAsync("tools/list", "{}", None)).Result.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!)];

    /// <summary>Makes what an example starts from.</summary>
    public async Task SetUpAsync(ManifestExample example)
    {
        foreach (var (name, content) in example.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, name))!);
            await File.WriteAllTextAsync(Path.Combine(Root, name), content);
        }

        foreach (var step in example.Setup.OfType<Step.Call>())
        {
            var answer = await client.CallAsync(step.Tool, step.Arguments.Source, None);
            Assert.False(answer.Result.TryGetProperty("isError", out var error) && error.GetBoolean(), answer.Text);
        }
    }

    /// <summary>An example's arguments in this server's directory.</summary>
    public JsonElement ArgumentsOf(ManifestExample example) =>
        JsonElement.Parse(example.Arguments.GetRawText().Replace("{root}", Root, StringComparison.Ordinal));

    /// <summary>What the profile declares of a call.</summary>
    public Footprint Declare(string tool, JsonElement arguments)
    {
        var declared = described.Declare(new ListedTool(tool, Definition: null), arguments);
        return Assert.IsType<Declaring.Known>(declared).Declaration.Call.Footprint;
    }

    /// <summary>Asks the server, with nothing before or after it.</summary>
    public async Task<string> AskAsync(string tool, JsonElement arguments) =>
        (await client.CallAsync(tool, arguments.GetRawText(), None)).Result.GetRawText();

    /// <summary>Everything that its tools can change, as its own reads and the directory show it.</summary>
    public async Task<string> LookAsync()
    {
        var shown = new StringBuilder();
        foreach (var read in profile.Manifest.State.OfType<Step.Call>())
        {
            shown.AppendLine(await AskAsync(read.Tool, JsonElement.Parse(read.Arguments.Source)));
        }

        return profile.Manifest.State.IsEmpty ? TreeState.Of(Root).ToString() : shown.ToString();
    }

    /// <summary>Captures, executes and looks after a write.</summary>
    public async Task<MadeCall> MakeAsync(string tool, JsonElement arguments)
    {
        var call = new NamedCall(
            new CallId(++callCount), AgentId.Create("a"), new ToolRequest("served", tool, Encoding.UTF8.GetBytes(arguments.GetRawText())));
        var effect = new WriteEffect(call, IsReplay: false, Beneath: null) { Declared = Declare(tool, arguments) };
        var prepared = await described.PrepareAsync(effect, None);
        Assert.True(prepared is Preparation.Ready, $"{tool} cannot be captured: {prepared}");
        var ready = (Preparation.Ready)prepared;
        foreach (var content in ready.Before.Contents.Where(content => !content.IsKnown))
        {
            kept[content.Id] = content.Bytes;
        }

        var answered = Assert.IsType<Execution.Answered>(await CallAsync(call, tool, call.Request.ArgumentsUtf8, None));
        var after = await described.LookAfterAsync(effect, ready, answered.Result, None);
        return new MadeCall(call, new Captured(ready.Before.NamesOnly(), after), answered.Result);
    }

    /// <summary>Takes a write back.</summary>
    public async Task<Inversion> TakeBackAsync(MadeCall made) => await described.InvertAsync(made.Call, made.Captured, None);

    /// <inheritdoc/>
    public async ValueTask<Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken)
    {
        var answer = await client.CallAsync(tool, Encoding.UTF8.GetString(argumentsUtf8.Span), cancellationToken);
        var (kind, body) = answer.IsError
            ? (ToolResultKind.ProtocolError, answer.Error)
            : (answer.Result.TryGetProperty("isError", out var error) && error.GetBoolean() ? ToolResultKind.ToolError : ToolResultKind.Answer, answer.Result);
        return new Execution.Answered(new ToolResult(kind, Encoding.UTF8.GetBytes(body.GetRawText())));
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => ValueTask.FromResult(kept[id]);

    /// <inheritdoc/>
    public ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ProgramEnd>(new ProgramEnd.NotStarted("There are no programs here."));

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        root.Delete(recursive: true);
    }
}

/// <summary>A write that was made.</summary>
internal sealed record MadeCall(NamedCall Call, Captured Captured, ToolResult Result);
