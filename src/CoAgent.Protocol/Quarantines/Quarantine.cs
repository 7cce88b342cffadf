using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Quarantines;

/// <summary>Names a quarantine in the workspace: <c>q1</c>, <c>q2</c>, …</summary>
/// <param name="Number">The number after the letter.</param>
public readonly record struct QuarantineId(long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"q{Number}";
}

/// <summary>Why objects are quarantined.</summary>
public enum QuarantineReason
{
    /// <summary>The call's inverse failed.</summary>
    InverseFailed,

    /// <summary>It is not known whether the call, or its inverse, happened.</summary>
    InDoubt,

    /// <summary>Somebody outside changed what the call had written.</summary>
    OutsideWrite,
}

/// <summary>What the operator says a released object shows.</summary>
public enum ReleaseVerdict
{
    /// <summary>The call's effect: it counts as applied.</summary>
    Applied,

    /// <summary>The state without the call: it counts as taken back, and its owner is told.</summary>
    TakenBack,
}

/// <summary>Objects whose state is not known, until the operator releases them (protocol.md, section 6).</summary>
/// <param name="Id">Its name.</param>
/// <param name="Call">The call whose effect is in question.</param>
/// <param name="Rank">That call's rank.</param>
/// <param name="Objects">What it wrote: no call may touch it meanwhile.</param>
/// <param name="Reason">Why.</param>
public sealed record Quarantine(
    QuarantineId Id, CallId Call, Rank Rank, ImmutableArray<ObjectPattern> Objects, QuarantineReason Reason);
