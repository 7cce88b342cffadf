using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>An effect with all that it takes to carry it out, as it was when it was decided.</summary>
/// <param name="Effect">The effect.</param>
/// <param name="Call">Its call.</param>
/// <param name="Declared">What the call was declared to touch.</param>
/// <param name="Captured">What was captured for the call.</param>
/// <param name="IsErrorAnOutcome">Whether a result marked as an error is an outcome like others.</param>
/// <param name="Beneath">What was captured for the later write that an execution goes beneath; null when it goes on top.</param>
/// <param name="Hidden">What a read must not see, lowest first.</param>
/// <param name="Durable">What an inverse waits for before it touches the world.</param>
internal sealed record EffectWork(
    Effect.World Effect,
    NamedCall Call,
    Footprint Declared,
    Captured Captured,
    bool IsErrorAnOutcome,
    Captured? Beneath,
    ImmutableArray<HiddenWrite> Hidden,
    Task Durable)
{
    public static EffectWork Of(Effect.World effect, IReadOnlyDictionary<CallId, CallRecord> calls, Task durable)
    {
        var record = calls[effect.Call];
        return new EffectWork(
            effect,
            record.Call,
            record.Footprint,
            record.Captured,
            record.IsErrorAnOutcome,
            effect is Effect.Execute { Beneath: { } later } ? calls[later].Captured : null,
            effect is Effect.Read read ? [.. read.Hidden.Select(id => new HiddenWrite(calls[id].Call, calls[id].Captured))] : [],
            durable);
    }
}
