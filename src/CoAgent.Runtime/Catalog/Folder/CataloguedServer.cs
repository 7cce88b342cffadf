using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>One server's tools by one state of its profile: knows those that are trusted, as their server lists them.</summary>
/// <remarks>
/// What its manifests do is done by who carries manifests out; here is who may, and that it can be taken back later. What others
/// captured (the later write that one goes beneath) comes without its envelope.
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="profile">Its profile.</param>
/// <param name="inner">Carries the manifests out.</param>
internal sealed class CataloguedServer(ForeignServer server, CatalogedProfile profile, IToolProfile inner) : IToolProfile
{
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1_000 };

    private readonly Content _profileText = Content.Of(Encoding.UTF8.GetBytes(profile.Text));
    private readonly ImmutableDictionary<string, Content> _manifestTexts = profile.Tools.ToImmutableDictionary(
        static pair => pair.Key, static pair => Content.Of(Encoding.UTF8.GetBytes(pair.Value.Text)), StringComparer.Ordinal);

    private readonly ImmutableArray<ObjectPattern> _scope = ProfileScope.Of(profile.Tools.Values.Select(static tool => tool.Manifest));

    /// <summary>The profile.</summary>
    public CatalogedProfile Profile => profile;

    /// <summary>Whether it has the very manifest that lies beside a capture.</summary>
    public bool Has(CaptureEnvelope envelope) =>
        envelope.Profile == _profileText.Id && _manifestTexts.Values.Any(text => text.Id == envelope.Manifest);

    public Declaring Declare(ListedTool tool, JsonElement arguments)
    {
        if (WhyUnknown(tool) is { } why)
        {
            return why;
        }

        var declaring = inner.Declare(tool, arguments);
        return declaring is Declaring.Unknown unknown
            ? unknown with { Command = unknown.Command ?? $"coagent catalog show {profile.Tools[tool.Name].Name}", Scope = _scope }
            : declaring;
    }

    public Declaring.Unknown? WhyUnknown(ListedTool tool)
    {
        // A tool that runs commands is no server's, whatever a server calls its own.
        if (!profile.Tools.TryGetValue(tool.Name, out var known) || known.Manifest.Exec.IsEmpty == CommandTools.IsServer(server.Name))
        {
            return Missing(tool.Name);
        }

        var standing = known.StandingFor(tool.Definition);
        return standing.Coordinates() ? null : new Declaring.Unknown(standing.Why(known.Name))
        {
            Command = standing.Remedy(known.Name, server.Name),
            NeedsDefinition = standing == Standing.Unlisted,
            Scope = _scope,
        };
    }

    public ToolResult Compared(string tool, ToolResult result) => inner.Compared(tool, result);

    public ValueTask<Tools.Execution?> ExecuteAsync(NamedCall call, CancellationToken cancellationToken) => inner.ExecuteAsync(call, cancellationToken);

    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        if (!_manifestTexts.TryGetValue(effect.Call.Request.Tool, out var manifest))
        {
            return new Preparation.NotPossible($"How '{effect.Call.Request.Tool}' is taken back is described no longer.");
        }

        // Declared by another manifest, or by other values, than it would be captured by now: it holds the latches of what was declared.
        if (effect.Declared is { } declared && profile.Tools[effect.Call.Request.Tool].Manifest.State is null && !IsWithin(effect.Call, declared))
        {
            return new Preparation.NotPossible("What the call touches is another thing by now: make it again.");
        }

        var prepared = await inner.PrepareAsync(effect, cancellationToken);
        return prepared is Preparation.Ready ready
            ? new Preparation.Ready(CaptureEnvelope.Around(ready.Before, manifest, _profileText), ready)
            : prepared;
    }

    public ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) => inner.LookAfterAsync(
            effect,
            prepared.State as Preparation.Ready ?? prepared with { Before = CaptureEnvelope.Inside(prepared.Before) },
            result,
            cancellationToken);

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        inner.InvertAsync(call, CaptureEnvelope.Inside(captured), cancellationToken);

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        inner.ProbeAsync(call, CaptureEnvelope.Inside(captured), cancellationToken);

    private bool IsWithin(NamedCall call, Footprint declared)
    {
        var arguments = JsonElement.Parse(call.Request.ArgumentsUtf8.Span, s_deep);
        return inner.Declare(new ListedTool(call.Request.Tool, Definition: null), arguments) is Declaring.Known { Declaration.Call.Footprint: var bound }
            && bound.Writes.All(write => declared.Writes.Any(one => one.Covers(write)))
            && bound.Reads.All(read => declared.Reads.Concat(declared.Writes).Any(one => one.Covers(read)));
    }

    private Declaring.Unknown Missing(string tool) => profile.Broken.TryGetValue(tool, out var fault)
        ? new Declaring.Unknown($"Its manifest has faults, the first in line {fault.Line ?? 1}: {fault.Message}")
        {
            Command = "coagent catalog list",
            Scope = _scope,
        }
        : new Declaring.Unknown($"The profile {profile.Name} has no manifest of the tool.") { Scope = _scope };
}
