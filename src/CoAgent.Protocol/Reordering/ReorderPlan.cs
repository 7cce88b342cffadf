using System.Collections.Immutable;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>
/// How the past is changed: some calls are taken out, at most one is put in, and what lies above them is unwound and put
/// back (protocol.md, section 3, steps 3 to 7).
/// </summary>
/// <param name="Insert">The call that is put in; null when none is.</param>
/// <param name="Remove">The calls that are taken out.</param>
/// <param name="Unwind">What has its inverse run, highest position first: the calls taken out, and those above.</param>
/// <param name="Forward">What is then met on the way up, lowest position first.</param>
/// <param name="Latches">All that is touched.</param>
/// <param name="Cause">What notices name as their cause.</param>
internal sealed record ReorderPlan(
    Call? Insert,
    ImmutableArray<Call> Remove,
    ImmutableArray<Call> Unwind,
    ImmutableArray<PlanStep> Forward,
    LatchSet Latches,
    NoticeCause Cause)
{
    /// <summary>Whether the call is put beneath a blind write on the same object, which is executed again and not unwound.</summary>
    public bool IsBeneath { get; init; }

    /// <summary>Whether every reread is made, whatever has changed.</summary>
    public bool RereadsAll { get; init; }

    /// <summary>The changes that were there before the plan.</summary>
    public ImmutableArray<ObjectPattern> Dirty { get; init; } = [];
}

/// <summary>One place on a plan's way up.</summary>
/// <param name="Call">The call there.</param>
/// <param name="Kind">What is to be done with it.</param>
internal readonly record struct PlanStep(Call Call, PlanStepKind Kind);

/// <summary>What a plan does at one place on its way up.</summary>
internal enum PlanStepKind
{
    /// <summary>The call is put in.</summary>
    Insert,

    /// <summary>The call was here: what it wrote has changed.</summary>
    Removed,

    /// <summary>The call is replayed.</summary>
    Replay,

    /// <summary>The read is made again, if it can see a change.</summary>
    Reread,
}

/// <summary>What a plan is asked to do.</summary>
internal sealed record PlanRequest(NoticeCause Cause)
{
    /// <summary>The call to put in; null for none.</summary>
    public Call? Insert { get; init; }

    /// <summary>The calls to take out.</summary>
    public ImmutableArray<Call> Remove { get; init; } = [];

    /// <summary>Reads to make again beside those that the change concerns.</summary>
    public ImmutableArray<Call> Rereads { get; init; } = [];

    /// <summary>Changes that were there before.</summary>
    public ImmutableArray<ObjectPattern> Dirty { get; init; } = [];

    /// <summary>Where <see cref="Dirty"/> was changed: reads above are made again.</summary>
    public Position DirtyAt { get; init; }

    /// <summary>Whether nothing may be unwound: a read that would need it is told on the overlap.</summary>
    public bool MovesNothing { get; init; }

    /// <summary>Whether every one of <see cref="Rereads"/> is made, whatever has changed.</summary>
    public bool RereadsAll { get; init; }
}
