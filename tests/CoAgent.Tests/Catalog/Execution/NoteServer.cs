using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Catalog.Execution;

/// <summary>A server that keeps notes by name, described by a manifest; the journal is a dictionary.</summary>
internal sealed class NoteServer : IServerCalls, IProgramRunner, IContentSource
{
    private const string Manifest = """
        tool: set
        effect: write
        write: blind
        footprint:
          writes: [ "mcp:notes/{name}" ]
        prepare:
          - call: { tool: get, arguments: { name: "{name}" } }
            save: before
        reverse:
          guard:
            - call: { tool: get, arguments: { name: "{name}" } }
          steps:
            - call: { tool: remove, arguments: { name: "{name}" } }
            - call: { tool: set, arguments: { name: "{name}", text: "{before.text}" } }
              when: "{before.text}"
        normalize: [ at ]
        """;

    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> _kept = [];
    private readonly NamedCall _call;

    public NoteServer()
    {
        var reading = ManifestReader.ReadTool("set.yaml", Manifest);
        Assert.True(reading.Manifest is not null, string.Join('\n', reading.Faults));
        var server = new ForeignServer("notes", "notes", Profile: null, ["notes"], "/");
        var ports = new ExecutionPorts(this, this, new FilePaths(), [], this, TimeProvider.System);
        Profile = new ManifestProfiles(ports).Create(
            server,
            new ProfileManifest { Profile = "notes" },
            new Dictionary<string, ToolManifest>(StringComparer.Ordinal) { ["set"] = reading.Manifest! });
        _call = new NamedCall(
            new CallId(1), AgentId.Create("a"), new ToolRequest("notes", "set", """{"name":"n","text":"new"}"""u8.ToArray()));
    }

    public IToolProfile Profile { get; }

    public Dictionary<string, string> Notes { get; } = new(StringComparer.Ordinal) { ["n"] = "old" };

    /// <summary>What becomes of the next call of that tool; it is carried out after that as ever.</summary>
    public (string Tool, Runtime.Tools.Execution End)? Next { get; set; }

    public async Task<Captured> SetAsync(bool isDone = true, bool isKnown = true)
    {
        var effect = new WriteEffect(_call, IsReplay: false, Beneath: null);
        var ready = Assert.IsType<Preparation.Ready>(await Profile.PrepareAsync(effect, CancellationToken.None));
        foreach (var content in ready.Before.Contents)
        {
            _kept[content.Id] = content.Bytes;
        }

        Notes["n"] = isDone ? "new" : Notes["n"];
        var left = isKnown
            ? await Profile.LookAfterAsync(effect, ready, new ToolResult(ToolResultKind.Answer, "{}"u8.ToArray()), CancellationToken.None)
            : default;
        return new Captured(ready.Before.NamesOnly(), left);
    }

    public Task<Inversion> InvertAsync(Captured captured) => Profile.InvertAsync(_call, captured, CancellationToken.None).AsTask();

    public Task<Finding> ProbeAsync(Captured captured) => Profile.ProbeAsync(_call, captured, CancellationToken.None).AsTask();

    public ValueTask<Runtime.Tools.Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken)
    {
        if (Next is { } planned && planned.Tool == tool)
        {
            Next = null;
            return ValueTask.FromResult(planned.End);
        }

        var arguments = JsonElement.Parse(argumentsUtf8.Span);
        var name = arguments.GetProperty("name").GetString()!;
        switch (tool)
        {
            case "set":
                Notes[name] = arguments.GetProperty("text").GetString()!;
                break;
            case "remove":
                Notes.Remove(name);
                break;
        }

        var shown = new JsonObject { ["structuredContent"] = new JsonObject { ["text"] = Notes.GetValueOrDefault(name) } };
        return ValueTask.FromResult<Runtime.Tools.Execution>(
            new Runtime.Tools.Execution.Answered(new ToolResult(ToolResultKind.Answer, Encoding.UTF8.GetBytes(shown.ToJsonString()))));
    }

    public ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Its manifest runs no program.");

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => ValueTask.FromResult(_kept[id]);
}
