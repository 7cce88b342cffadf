using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>Captures, guards and takes back by the steps of manifests.</summary>
/// <remarks>
/// The guard is asked before the call, after it and before its inverse. What it showed after the call is what the call left: another
/// value is an outside write. Where nobody knows what became of the call, the value from before it says that it did not happen.
/// </remarks>
internal sealed class StepEffects(ForeignServer server, ExecutionPorts ports, CallValues values)
{
    internal async ValueTask<Preparation> PrepareAsync(ToolManifest manifest, NamedCall call, CancellationToken cancellationToken)
    {
        var run = new StepRun(server, call, ports);
        var prepared = await run.RunAsync(manifest.Prepare, values.Of(manifest, CallValues.ArgumentsOf(call)), cancellationToken);
        if (prepared is not StepsEnd.Done done)
        {
            return new Preparation.NotPossible($"What its inverse needs could not be captured: {ReasonOf(prepared)}");
        }

        if (manifest.Reverse is null or { Guard.IsEmpty: true })
        {
            return new Preparation.Ready(StepCapture.Of(done.Saved, guard: null));
        }

        var shown = await run.RunAsync(manifest.Reverse.Guard, done.Values, cancellationToken);
        return shown is StepsEnd.Done seen
            ? new Preparation.Ready(StepCapture.Of(done.Saved, StepCapture.DigestOf(seen.Answers)))
            : new Preparation.NotPossible($"What was there before could not be seen: {ReasonOf(shown)}");
    }

    internal async ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        ToolManifest manifest, NamedCall call, Capture before, CancellationToken cancellationToken)
    {
        var given = before.Contents.ToDictionary(static content => content.Id);
        return await AskGuardAsync(manifest, call, before, Read, cancellationToken) is Guarding.Shown shown
            ? Encoding.UTF8.GetBytes(shown.Digest)
            : ReadOnlyMemory<byte>.Empty;

        // What the journal has already comes by its name alone.
        ValueTask<ReadOnlyMemory<byte>> Read(ContentId id) => given.TryGetValue(id, out var content) && !content.IsKnown
            ? ValueTask.FromResult(content.Bytes)
            : ports.Contents.ReadAsync(id, cancellationToken);
    }

    internal async ValueTask<Inversion> InvertAsync(
        ToolManifest manifest, NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (StepCapture.Read(captured.Before.ManifestUtf8) is not { } before || manifest.Reverse is not { } reverse)
        {
            return new Inversion.Failed("What was captured is not of this manifest.");
        }

        var left = Encoding.UTF8.GetString(captured.AfterUtf8.Span);
        switch (await AskGuardAsync(manifest, call, captured.Before, Read, cancellationToken))
        {
            case Guarding.Fault fault:
                return new Inversion.Failed($"What is there now could not be seen: {fault.Reason}");
            case Guarding.Shown now when left.Length > 0 && now.Digest != left:
                return new Inversion.OutsideWrite();
            case Guarding.Shown now when left.Length == 0 && now.Digest == before.Guard:
                return new Inversion.Done();
        }

        var filled = await ValuesOfAsync(manifest, call, before, Read);
        return await new StepRun(server, call, ports).RunAsync(reverse.Steps, filled, cancellationToken) switch
        {
            StepsEnd.Done => new Inversion.Done(),
            StepsEnd.Failed failed => new Inversion.Failed(failed.Reason),
            StepsEnd.Unknown unknown => new Inversion.Unknown(unknown.Reason),
            _ => throw new InvalidOperationException("Steps end in one of three ways."),
        };

        ValueTask<ReadOnlyMemory<byte>> Read(ContentId id) => ports.Contents.ReadAsync(id, cancellationToken);
    }

    // That something else is there now than before may be the call's doing or anybody's: then it stays unclear.
    internal async ValueTask<Finding> ProbeAsync(
        ToolManifest manifest, NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        var shown = await AskGuardAsync(
            manifest, call, captured.Before, id => ports.Contents.ReadAsync(id, cancellationToken), cancellationToken);
        return shown is Guarding.Shown now && now.Digest == StepCapture.Read(captured.Before.ManifestUtf8)?.Guard
            ? Finding.DidNotHappen
            : Finding.Unclear;
    }

    private async ValueTask<Guarding> AskGuardAsync(
        ToolManifest manifest,
        NamedCall call,
        Capture capture,
        Func<ContentId, ValueTask<ReadOnlyMemory<byte>>> read,
        CancellationToken cancellationToken)
    {
        if (manifest.Reverse is null or { Guard.IsEmpty: true } || StepCapture.Read(capture.ManifestUtf8) is not { } before)
        {
            return new Guarding.Nothing();
        }

        var filled = await ValuesOfAsync(manifest, call, before, read);
        var end = await new StepRun(server, call, ports).RunAsync(manifest.Reverse.Guard, filled, cancellationToken);
        return end is StepsEnd.Done done ? new Guarding.Shown(StepCapture.DigestOf(done.Answers)) : new Guarding.Fault(ReasonOf(end));
    }

    private async ValueTask<TemplateValues> ValuesOfAsync(
        ToolManifest manifest, NamedCall call, StepCapture before, Func<ContentId, ValueTask<ReadOnlyMemory<byte>>> read)
    {
        var filled = values.Of(manifest, CallValues.ArgumentsOf(call));
        foreach (var (name, content) in before.Saved)
        {
            filled = filled.With(name, JsonElement.Parse((await read(content)).Span, CallValues.Deep));
        }

        return filled;
    }

    private static string ReasonOf(StepsEnd end) => end switch
    {
        StepsEnd.Failed failed => failed.Reason,
        StepsEnd.Unknown unknown => unknown.Reason,
        _ => throw new InvalidOperationException("Steps that were done have no reason."),
    };

    /// <summary>What became of asking the guard.</summary>
    private abstract record Guarding
    {
        private Guarding()
        {
        }

        /// <summary>It showed something.</summary>
        /// <param name="Digest">The digest of what.</param>
        internal sealed record Shown(string Digest) : Guarding;

        /// <summary>It could not be asked.</summary>
        /// <param name="Reason">Why.</param>
        internal sealed record Fault(string Reason) : Guarding;

        /// <summary>There is none.</summary>
        internal sealed record Nothing : Guarding;
    }
}
