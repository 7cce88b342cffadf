using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
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
    private readonly ConcurrentDictionary<string, FootprintBinder> _binders = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Declaring Declare(ListedTool tool, JsonElement arguments)
    {
        if (!tools.TryGetValue(tool.Name, out var manifest))
        {
            return new Declaring.Unknown("Nobody has described the tool.");
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
            return new Declaring.Unknown($"Where a path leads cannot be seen: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(effect.Call.Request.Tool, out var manifest))
        {
            return new Preparation.NotPossible("Nobody has described the tool.");
        }

        var arguments = Arguments(effect.Call);
        if (manifest.State is not null)
        {
            return StatefulOf(manifest, arguments) is { } call
                ? await StateOf(manifest).PrepareAsync(call, effect, cancellationToken)
                : new Preparation.NotPossible("What the call touches can be told no longer.");
        }

        var run = new StepRun(server, effect.Call, ports);
        var prepared = await run.RunAsync(manifest.Prepare, values.Of(arguments), cancellationToken);
        if (prepared is not StepsEnd.Done done)
        {
            return new Preparation.NotPossible($"What its inverse needs could not be captured: {ReasonOf(prepared)}");
        }

        var guard = manifest.Reverse?.Guard ?? [];
        if (guard.IsEmpty)
        {
            return new Preparation.Ready(StepCapture.Of(done.Saved, guard: null));
        }

        var shown = await run.RunAsync(guard, done.Values, cancellationToken);
        return shown is StepsEnd.Done seen
            ? new Preparation.Ready(StepCapture.Of(done.Saved, StepCapture.DigestOf(seen.Answers)))
            : new Preparation.NotPossible($"What was there before could not be seen: {ReasonOf(shown)}");
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken)
    {
        var manifest = tools[effect.Call.Request.Tool];
        if (manifest.State is not null)
        {
            return StatefulOf(manifest, Arguments(effect.Call)) is { } call
                ? await StateOf(manifest).LookAfterAsync(call, effect, prepared, result, cancellationToken)
                : ReadOnlyMemory<byte>.Empty;
        }

        var saved = prepared.Before.Contents.ToDictionary(static content => content.Id, static content => content.Bytes);
        return await GuardAsync(manifest, effect.Call, prepared.Before.ManifestUtf8, id => ValueTask.FromResult(saved[id]), cancellationToken) is Shown.Digest digest
            ? Encoding.UTF8.GetBytes(digest.Value)
            : ReadOnlyMemory<byte>.Empty;
    }

    /// <inheritdoc/>
    public async ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(call.Request.Tool, out var manifest))
        {
            return new Inversion.Failed("Nobody describes the tool any more.");
        }

        if (manifest.State is not null)
        {
            return await StateOf(manifest).InvertAsync(call, captured, cancellationToken);
        }

        var before = StepCapture.Read(captured.Before.ManifestUtf8);
        if (before is null || manifest.Reverse is not { } reverse)
        {
            return new Inversion.Failed("What was captured is not of this manifest.");
        }

        var left = Encoding.UTF8.GetString(captured.AfterUtf8.Span);
        switch (await GuardAsync(manifest, call, captured.Before.ManifestUtf8, id => ports.Contents.ReadAsync(id, cancellationToken), cancellationToken))
        {
            case Shown.Fault fault:
                return new Inversion.Failed($"What is there now could not be seen: {fault.Reason}");
            case Shown.Digest now when left.Length > 0 && now.Value != left:
                return new Inversion.OutsideWrite();
            case Shown.Digest now when left.Length == 0 && now.Value == before.Guard:
                return new Inversion.Done();
        }

        var filled = await ValuesOfAsync(call, before, id => ports.Contents.ReadAsync(id, cancellationToken));
        return await new StepRun(server, call, ports).RunAsync(reverse.Steps, filled, cancellationToken) switch
        {
            StepsEnd.Done => new Inversion.Done(),
            StepsEnd.Failed failed => new Inversion.Failed(failed.Reason),
            StepsEnd.Unknown unknown => new Inversion.Unknown(unknown.Reason),
            _ => throw new InvalidOperationException("Steps end in one of three ways."),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (!tools.TryGetValue(call.Request.Tool, out var manifest))
        {
            return Finding.Unclear;
        }

        if (manifest.State is not null)
        {
            return await StateOf(manifest).ProbeAsync(call, captured, cancellationToken);
        }

        // That something else is there now may be the call's doing or anybody's.
        var shown = await GuardAsync(manifest, call, captured.Before.ManifestUtf8, id => ports.Contents.ReadAsync(id, cancellationToken), cancellationToken);
        return shown is Shown.Digest now && now.Value == StepCapture.Read(captured.Before.ManifestUtf8)?.Guard ? Finding.DidNotHappen : Finding.Unclear;
    }

    private BindResult Bind(ToolManifest manifest, JsonElement arguments) => _binders
        .GetOrAdd(manifest.Tool, _ => new FootprintBinder(manifest.State is null ? manifest with { Write = WriteKind.ReadModifyWrite } : manifest))
        .Bind(values.Of(arguments));

    private Declaring Touch(ToolManifest manifest, JsonElement arguments, Footprint bound)
    {
        var footprint = manifest.State is null ? bound
            : StatefulOf(manifest, arguments) is { } call ? StateOf(manifest).Declare(call) : null;
        if (footprint is null)
        {
            return new Declaring.Unknown("What the call touches cannot be told from its arguments.");
        }

        return new Declaring.Known(new ToolDeclaration(new CallDeclaration(footprint)
        {
            View = manifest.Effect == ToolEffect.LiveRead ? ReadView.Live : ReadView.Rewind,
            CanReread = manifest.CanReread ?? manifest.Effect != ToolEffect.LiveRead,
            IsIrreversible = !footprint.IsRead && (manifest.Effect == ToolEffect.Irreversible || manifest is { State: null, Reverse: null }),
            IsReplaySafe = manifest.IsReplaySafe,
            IsInverseIdempotent = manifest.Reverse?.IsIdempotent ?? true,
            HasProbe = manifest.State is not null || manifest.Reverse is { Guard.IsEmpty: false },
        }));
    }

    private StatefulCall? StatefulOf(ToolManifest manifest, JsonElement arguments)
    {
        if (Bind(manifest, arguments) is not BindResult.Bound { Footprint: var bound })
        {
            return null;
        }

        var given = values.Of(arguments);
        var with = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, template) in manifest.With)
        {
            switch (template.Fill(given))
            {
                case ValueResult.Filled filled:
                    with[name] = JsonElement.Parse(filled.Utf8.Span, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax });
                    break;
                case ValueResult.NotPossible:
                    return null;
            }
        }

        return new StatefulCall(server, manifest.Tool, arguments, bound, ObjectOf(with)) { Directories = values.Directories };
    }

    private IToolState StateOf(ToolManifest manifest) => ports.States.FirstOrDefault(state => state.Name == manifest.State)
        ?? throw new InvalidOperationException($"There is no state {manifest.State}: the reader of manifests refuses it.");

    private async ValueTask<Shown> GuardAsync(
        ToolManifest manifest, NamedCall call, ReadOnlyMemory<byte> capture, Func<ContentId, ValueTask<ReadOnlyMemory<byte>>> read, CancellationToken cancellationToken)
    {
        var guard = manifest.Reverse?.Guard ?? [];
        if (guard.IsEmpty || StepCapture.Read(capture) is not { } before)
        {
            return new Shown.Nothing();
        }

        var end = await new StepRun(server, call, ports).RunAsync(guard, await ValuesOfAsync(call, before, read), cancellationToken);
        return end is StepsEnd.Done done ? new Shown.Digest(StepCapture.DigestOf(done.Answers)) : new Shown.Fault(ReasonOf(end));
    }

    private async ValueTask<TemplateValues> ValuesOfAsync(NamedCall call, StepCapture before, Func<ContentId, ValueTask<ReadOnlyMemory<byte>>> read)
    {
        var filled = values.Of(Arguments(call));
        foreach (var (name, content) in before.Saved)
        {
            filled = filled.With(name, JsonElement.Parse((await read(content)).Span, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax }));
        }

        return filled;
    }

    private static JsonElement Arguments(NamedCall call) =>
        JsonElement.Parse(call.Request.ArgumentsUtf8.Span, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax });

    private static JsonElement ObjectOf(SortedDictionary<string, JsonElement> members)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(output.WrittenSpan, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax });
    }

    private static string ReasonOf(StepsEnd end) => end switch
    {
        StepsEnd.Failed failed => failed.Reason,
        StepsEnd.Unknown unknown => unknown.Reason,
        _ => throw new InvalidOperationException("Steps that were done have no reason."),
    };

    private abstract record Shown
    {
        public sealed record Digest(string Value) : Shown;

        public sealed record Fault(string Reason) : Shown;

        public sealed record Nothing : Shown;
    }
}
