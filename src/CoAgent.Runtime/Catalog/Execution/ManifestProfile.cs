using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>Carries the manifests of one server out: declares, captures, guards and takes back as they say.</summary>
/// <remarks>
/// A write that is captured by steps is declared to read what it writes, also where its manifest calls it blind: what its steps
/// saved is of no use to another call, so none is put beneath another.
/// </remarks>
/// <param name="server">The server.</param>
/// <param name="tools">The manifests, by the server's names.</param>
/// <param name="ports">The world.</param>
/// <param name="values">What templates are filled from.</param>
internal sealed class ManifestProfile(
    ForeignServer server, IReadOnlyDictionary<string, ToolManifest> tools, ExecutionPorts ports, CallValues values) : IToolProfile
{
    private const string Undescribed = "Nobody has described the tool.";
    private const string Untold = "What the call touches cannot be told from its arguments.";

    private readonly ConcurrentDictionary<string, FootprintBinder> _binders = new(StringComparer.Ordinal);
    private readonly StepEffects _steps = new(server, ports, values);

    /// <inheritdoc/>
    public Declaring Declare(ListedTool tool, JsonElement arguments)
    {
        if (!tools.TryGetValue(tool.Name, out var manifest))
        {
            return new Declaring.Unknown(Undescribed);
        }

        if (values.Elsewhere is { } elsewhere)
        {
            return new Declaring.Unknown(elsewhere);
        }

        try
        {
            return Bind(manifest, arguments) switch
            {
                BindResult.Bound { Footprint: var footprint } => Touch(manifest, arguments, footprint),
                BindResult.NotPossible no => new Declaring.Unknown(no.Reason),
                _ => throw new InvalidOperationException("A footprint is bound or not possible."),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Declaring.Unknown("Where a path of the call leads cannot be seen.");
        }
    }

    /// <inheritdoc/>
    public ToolResult Compared(string tool, ToolResult result)
    {
        try
        {
            return tools.TryGetValue(tool, out var manifest) ? NormalizedResult.Of(result, manifest.Normalize) : result;
        }
        catch (Exception odd) when (odd is ArgumentException or InvalidOperationException)
        {
            // JSON that cannot be taken apart (a member twice, half of a character): every byte of it counts.
            return result;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Tools.Execution?> ExecuteAsync(NamedCall call, CancellationToken cancellationToken) =>
        tools.TryGetValue(call.Request.Tool, out var manifest) && !manifest.Exec.IsEmpty
            ? await new OwnRun(server, ports).RunAsync(manifest, values.Of(manifest, CallValues.ArgumentsOf(call)), cancellationToken)
            : null;

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(effect.Call.Request.Tool, out var manifest))
        {
            return new Preparation.NotPossible(Undescribed);
        }

        try
        {
            return manifest.State is null ? await _steps.PrepareAsync(manifest, effect.Call, cancellationToken)
                : StatefulOf(manifest, CallValues.ArgumentsOf(effect.Call)) is { } call
                    ? KeepCall(call, await StateOf(manifest).PrepareAsync(call, effect, cancellationToken))
                    : new Preparation.NotPossible(Untold);
        }
        catch (Exception failure) when (IsWorlds(failure))
        {
            return new Preparation.NotPossible($"What its inverse needs could not be captured: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(effect.Call.Request.Tool, out var manifest))
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        try
        {
            return manifest.State is null ? await _steps.LookAfterAsync(manifest, effect.Call, prepared.Before, cancellationToken)
                : prepared.State is PreparedCall one
                    ? await StateOf(manifest).LookAfterAsync(one.Call, effect, one.Prepared, result, cancellationToken)
                    : ReadOnlyMemory<byte>.Empty;
        }
        catch (Exception failure) when (IsWorlds(failure))
        {
            return ReadOnlyMemory<byte>.Empty; // Nobody can tell.
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(call.Request.Tool, out var manifest))
        {
            return new Inversion.Failed(Undescribed);
        }

        try
        {
            return manifest.State is null
                ? await _steps.InvertAsync(manifest, call, captured, cancellationToken)
                : await StateOf(manifest).InvertAsync(call, captured, cancellationToken);
        }
        catch (Exception failure) when (IsWorlds(failure))
        {
            return new Inversion.Unknown(failure.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(call.Request.Tool, out var manifest))
        {
            return Finding.Unclear;
        }

        try
        {
            return manifest.State is null
                ? await _steps.ProbeAsync(manifest, call, captured, cancellationToken)
                : await StateOf(manifest).ProbeAsync(call, captured, cancellationToken);
        }
        catch (Exception failure) when (IsWorlds(failure))
        {
            return Finding.Unclear;
        }
    }

    private static bool IsWorlds(Exception failure) => failure is IOException or UnauthorizedAccessException or KeyNotFoundException;

    private BindResult Bind(ToolManifest manifest, JsonElement arguments) => _binders
        .GetOrAdd(manifest.Tool, _ => new FootprintBinder(
            manifest.State is null ? manifest with { Write = WriteKind.ReadModifyWrite } : manifest))
        .Bind(values.Of(manifest, arguments));

    private Declaring Touch(ToolManifest manifest, JsonElement arguments, Footprint bound)
    {
        var footprint = manifest.State is null ? bound
            : StatefulOf(manifest, arguments, bound) is { } call ? StateOf(manifest).Declare(call) : null;
        if (footprint is null)
        {
            return new Declaring.Unknown(Untold);
        }

        return new Declaring.Known(new ToolDeclaration(new CallDeclaration(footprint)
        {
            View = manifest.Effect == ToolEffect.LiveRead ? ReadView.Live : ReadView.Rewind,
            CanReread = manifest.CanReread ?? manifest.Effect != ToolEffect.LiveRead,
            IsIrreversible = !footprint.IsRead
                && (manifest.Effect == ToolEffect.Irreversible || manifest is { State: null, Reverse: null }),
            IsReplaySafe = manifest.IsReplaySafe,
            IsInverseIdempotent = manifest.Reverse?.IsIdempotent ?? true,
            HasProbe = manifest.State is not null || manifest.Reverse is { Guard.IsEmpty: false },
        })
        {
            // How a command ends is part of what it answers.
            IsErrorAnOutcome = !manifest.Exec.IsEmpty,
        });
    }

    private StatefulCall? StatefulOf(ToolManifest manifest, JsonElement arguments) =>
        Bind(manifest, arguments) is BindResult.Bound { Footprint: var bound } ? StatefulOf(manifest, arguments, bound) : null;

    private StatefulCall? StatefulOf(ToolManifest manifest, JsonElement arguments, Footprint bound) =>
        values.FillAll(manifest, arguments) is { } with
            ? new StatefulCall(server, manifest.Tool, arguments, bound, with) { Directories = values.Directories }
            : null;

    // What was looked at when the call was prepared is what it is looked at by afterwards.
    private static Preparation KeepCall(StatefulCall call, Preparation preparation) => preparation is Preparation.Ready ready
        ? ready with { State = new PreparedCall(call, ready) }
        : preparation;

    private IToolState StateOf(ToolManifest manifest) =>
        ports.States.FirstOrDefault(state => state.Name == manifest.State)
        ?? throw new InvalidOperationException($"There is no state {manifest.State}: the reader of manifests refuses it.");

    /// <summary>A call whose state was captured, and how.</summary>
    private sealed record PreparedCall(StatefulCall Call, Preparation.Ready Prepared);
}
