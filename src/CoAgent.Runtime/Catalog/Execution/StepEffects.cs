using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Order;
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
    // The calls whose inverse has begun and not come to its end.
    private readonly ConcurrentDictionary<CallId, bool> _begun = new();

    internal async ValueTask<Preparation> PrepareAsync(ToolManifest manifest, NamedCall call, CancellationToken cancellationToken)
    {
        _begun.TryRemove(call.Id, out _);
        var run = new StepRun(server, call, ports);
        var given = values.Of(manifest, CallValues.ArgumentsOf(call));
        var prepared = await run.RunAsync(manifest.Prepare, given, cancellationToken);
        if (prepared is not StepsEnd.Done done)
        {
            return new Preparation.NotPossible($"What its inverse needs could not be captured: {ReasonOf(prepared)}");
        }

        var kept = KeptValues.Of(manifest, given);
        if (manifest.Reverse is null or { Guard.IsEmpty: true })
        {
            return new Preparation.Ready(StepCapture.Of(done.Saved, kept, guard: null));
        }

        var shown = await run.RunAsync(manifest.Reverse.Guard, done.Values, cancellationToken);
        return shown is StepsEnd.Done seen
            ? new Preparation.Ready(StepCapture.Of(done.Saved, kept, StepCapture.DigestOf(seen.Answers)))
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

        // What a first try has left half taken back is neither as before nor as the call left it, and nobody else's doing.
        if (!(reverse.IsIdempotent && _begun.ContainsKey(call.Id))
            && Decide(await AskGuardAsync(manifest, call, captured.Before, Read, cancellationToken), before, captured) is { } decided)
        {
            return decided;
        }

        _begun[call.Id] = true;
        var filled = await ValuesOfAsync(manifest, call, before, Read);
        switch (await new StepRun(server, call, ports).RunAsync(reverse.Steps, filled, cancellationToken))
        {
            case StepsEnd.Done:
                _begun.TryRemove(call.Id, out _);
                return new Inversion.Done();
            case StepsEnd.Failed failed:
                return new Inversion.Failed(failed.Reason);
            case StepsEnd.Unknown unknown:
                return new Inversion.Unknown(unknown.Reason);
            default:
                throw new InvalidOperationException("Steps end in one of three ways.");
        }

        ValueTask<ReadOnlyMemory<byte>> Read(ContentId id) => ports.Contents.ReadAsync(id, cancellationToken);
    }

    /// <summary>What the guard decides of an inverse; null where its steps are to run.</summary>
    /// <remarks>A daemon that died after an inverse and before it was noted begins it again: then all is as before the call.</remarks>
    private static Inversion? Decide(Guarding guarding, StepCapture before, Captured captured)
    {
        var left = Encoding.UTF8.GetString(captured.AfterUtf8.Span);
        return guarding switch
        {
            Guarding.Fault fault => new Inversion.Failed($"What is there now could not be seen: {fault.Reason}"),
            Guarding.Shown now when now.Digest == left => null,
            Guarding.Shown now when now.Digest == before.Guard => new Inversion.Done(),
            Guarding.Shown when left.Length > 0 => new Inversion.OutsideWrite(),
            _ => null,
        };
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
        var profile = await ReadAsync(before.Profile, read);
        var filled = values.Of(manifest, CallValues.ArgumentsOf(call), new KeptValues(before.ArgumentNames, profile));
        foreach (var (name, value) in await ReadAsync(before.Saved, read))
        {
            filled = filled.With(name, value);
        }

        return filled;
    }

    private static async ValueTask<ImmutableDictionary<string, JsonElement>> ReadAsync(
        ImmutableSortedDictionary<string, ContentId> contents, Func<ContentId, ValueTask<ReadOnlyMemory<byte>>> read)
    {
        var values = ImmutableDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, content) in contents)
        {
            values[name] = JsonElement.Parse((await read(content)).Span, CallValues.Deep);
        }

        return values.ToImmutable();
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
