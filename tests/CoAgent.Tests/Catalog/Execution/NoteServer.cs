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
            - call: { tool: remove, arguments: { name: "{name}", place: "{place}", suffix: "{suffix=none}" } }
            - call: { tool: set, arguments: { name: "{name}", text: "{before.text}" } }
              when: "{before.text}"
        normalize: [ at ]
        """;

    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> _kept = [];
    private readonly ToolManifest _manifest;
    private readonly NamedCall _call;

    public NoteServer()
    {
        var reading = ManifestReader.ReadTool("set.yaml", Manifest);
        Assert.True(reading.Manifest is not null, string.Join('\n', reading.Faults));
        _manifest = reading.Manifest!;
        Profile = Start(argumentNames: null);
        _call = new NamedCall(
            new CallId(1), AgentId.Create("a"), new ToolRequest("notes", "set", """{"name":"n","text":"new","suffix":"sent"}"""u8.ToArray()));
    }

    public IToolProfile Profile { get; private set; }

    /// <summary>What a program prints that a value of the profile is asked of.</summary>
    public string Printed { get; set; } = "here";

    /// <summary>A daemon of its own: nothing is known but what was captured.</summary>
    /// <param name="argumentNames">The arguments that the tool declares; null where nobody knows them.</param>
    public void Restart(params string[]? argumentNames) => Profile = Start(argumentNames);

    public Dictionary<string, string> Notes { get; } = new(StringComparer.Ordinal) { ["n"] = "old" };

    /// <summary>Where a note was removed last, as its inverse was told.</summary>
    public (string Place, string Suffix)? Removed { get; private set; }

    /// <summary>What becomes of the next call of that tool; it is carried out after that as ever.</summary>
    public (string Tool, Runtime.Tools.Execution End)? Next { get; set; }

    private IToolProfile Start(params string[]? argumentNames)
    {
        var ports = new ExecutionPorts(this, this, new FilePaths(), [], this, TimeProvider.System);
        return new ManifestProfiles(ports).Create(
            new ForeignServer("notes", "notes", Profile: null, ["notes"], "/"),
            ManifestReader.ReadProfile("profile.yaml", "profile: notes\nvalues: { place: { run: [where] }, unused: { literal: 1 } }\n").Manifest!,
            new Dictionary<string, ToolManifest>(StringComparer.Ordinal)
            {
                ["set"] = _manifest with { ArgumentNames = argumentNames is null ? null : [.. argumentNames] },
            });
    }

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
                Removed = (arguments.GetProperty("place").GetString()!, arguments.GetProperty("suffix").GetString()!);
                Notes.Remove(name);
                break;
        }

        var shown = new JsonObject { ["structuredContent"] = new JsonObject { ["text"] = Notes.GetValueOrDefault(name) } };
        return ValueTask.FromResult<Runtime.Tools.Execution>(
            new Runtime.Tools.Execution.Answered(new ToolResult(ToolResultKind.Answer, Encoding.UTF8.GetBytes(shown.ToJsonString()))));
    }

    public ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ProgramEnd>(new ProgramEnd.Exited(0, Encoding.UTF8.GetBytes(Printed + "\n"), Errors: ""));

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => ValueTask.FromResult(_kept[id]);
}
