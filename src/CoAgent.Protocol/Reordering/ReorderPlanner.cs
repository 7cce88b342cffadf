using System.Collections.Immutable;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>A plan, or why there is none.</summary>
internal abstract record PlanDecision
{
    private PlanDecision()
    {
    }

    public sealed record Planned(ReorderPlan Plan) : PlanDecision;

    public sealed record Refused(Refusal Refusal) : PlanDecision;
}

/// <summary>Finds what a change of the past has to touch (protocol.md, sections 3 to 6). Changes nothing.</summary>
internal static class ReorderPlanner
{
    /// <summary>The plan of one call.</summary>
    public static PlanDecision Plan(WorkspaceState state, Call insert) =>
        IsAlone(state, insert)
            ? new PlanDecision.Planned(Only(insert))
            : Plan(state, new PlanRequest(CauseOf(insert)) { Insert = insert });

    /// <summary>The plan of a change of the past.</summary>
    public static PlanDecision Plan(WorkspaceState state, PlanRequest request)
    {
        var places = request.Insert is { } insert ? request.Remove.Add(insert) : request.Remove;
        var later = new LaterSet(state.Trajectories, state.Rules);
        later.AddAbove(places.Where(place => LooksUp(state, place)));
        var rereads = RereadsOf(state, request, later);

        // The replays of a read's view have the prefix that they had: only one that is displaced makes a difference.
        var moves = !request.MovesNothing && request.Insert is not { Declaration.IsRead: true };
        for (var before = -1; moves && later.Members.Count > before;)
        {
            before = later.Members.Count;
            later.AddAbove(rereads.Where(CanRewindFor));
            rereads = RereadsOf(state, request, later);
        }

        ImmutableArray<Call> unwind =
            [.. later.Members.Union(request.Remove).OrderByDescending(call => call.Position)];
        return RefusalOf(state, request, unwind, rereads) is { } refusal
            ? new PlanDecision.Refused(refusal)
            : new PlanDecision.Planned(Assemble(state, request, unwind, rereads));
    }

    private static ReorderPlan Only(Call insert) =>
        new(insert, [], [], [new PlanStep(insert, PlanStepKind.Insert)], LatchSet.Of(insert.Footprint), CauseOf(insert));

    private static NoticeCause CauseOf(Call insert) => new(insert.Id, insert.Position.Rank);

    /// <summary>The plan of comparing reads; where they cannot be, they are told on the overlap.</summary>
    public static ReorderPlan PlanRecheck(WorkspaceState state, PlanRequest request)
    {
        var decision = Plan(state, request) as PlanDecision.Planned
            ?? Plan(state, request with { MovesNothing = true }) as PlanDecision.Planned;
        Invariant.Require(decision is not null, "a plan that moves nothing is not refused");
        return decision.Plan;
    }

    /// <summary>The fast path (section 3): whether nothing above the call has to be moved or compared.</summary>
    private static bool IsAlone(WorkspaceState state, Call insert)
    {
        if (QuarantineOf(state, insert) is not null)
        {
            return false;
        }

        if (insert.Declaration is { IsRead: true, View: not ReadView.Rewind })
        {
            return true;
        }

        var (above, index) = (state.Scratch(), state.Trajectories);
        foreach (var pattern in insert.Footprint.Reads)
        {
            index.CollectWritesSeen(pattern, insert.Position, above);
        }

        foreach (var pattern in insert.Footprint.Writes)
        {
            index.CollectConflicts(pattern, insert.Position, above);
            index.CollectReads(pattern, insert.Position, above);
        }

        return above.Count == 0;
    }

    /// <summary>Whether a read is made again with the calls above it out of the way.</summary>
    private static bool CanRewindFor(Call read) => read.Declaration is { CanReread: true, View: ReadView.Rewind };

    /// <summary>A read that is answered from versions, or live, moves nothing.</summary>
    private static bool LooksUp(WorkspaceState state, Call place) =>
        place.Declaration.IsRead
            ? place.Declaration.View == ReadView.Rewind && state.Rules.Keep(Rule.OrderFilteredReads)
            : place.IsPlaced is false || state.Rules.Keep(Rule.UndoUnwinds);

    /// <summary>The recorded reads that may see a change, lowest first.</summary>
    private static ImmutableArray<Call> RereadsOf(WorkspaceState state, PlanRequest request, LaterSet later)
    {
        var sources = later.Members.Union(request.Remove);
        if (request.Insert is { Declaration.IsRead: false } insert)
        {
            sources = sources.Append(insert);
        }

        var found = new List<Call>(request.Rereads);
        if (state.Rules.Keep(Rule.Recheck))
        {
            foreach (var pattern in request.Dirty)
            {
                state.Trajectories.CollectReads(pattern, request.DirtyAt, found);
            }

            var asked = new HashSet<ObjectPattern>();
            foreach (var source in sources.OrderBy(call => call.Position))
            {
                foreach (var pattern in source.Footprint.Writes)
                {
                    if (asked.Add(pattern))
                    {
                        state.Trajectories.CollectReads(pattern, source.Position, found);
                    }
                }
            }
        }

        return [.. found.Distinct().OrderBy(read => read.Position)];
    }

    private static Refusal? RefusalOf(
        WorkspaceState state, PlanRequest request, ImmutableArray<Call> unwind, ImmutableArray<Call> rereads)
    {
        if (unwind.Length + rereads.Length > state.Limits.PlanCallsMax && !request.MovesNothing)
        {
            return new Refusal.LimitReached(nameof(ProtocolLimits.PlanCallsMax), state.Limits.PlanCallsMax);
        }

        foreach (var call in request.Insert is { } insert ? unwind.Append(insert) : unwind)
        {
            if (QuarantineOf(state, call) is { } quarantine)
            {
                return new Refusal.Quarantined(quarantine);
            }

            if (call.Declaration.IsIrreversible && call != request.Insert)
            {
                return new Refusal.Irreversible(call.Id);
            }
        }

        return null;
    }

    /// <summary>What keeps a call from being made, moved or read; null when nothing does.</summary>
    private static Quarantine? QuarantineOf(WorkspaceState state, Call call) => call.Declaration switch
    {
        { IsRead: false } => state.Quarantines.Find(call.Footprint),
        { View: ReadView.Live } => null,
        _ => state.Quarantines.FindBelow(call),
    };

    private static ReorderPlan Assemble(
        WorkspaceState state, PlanRequest request, ImmutableArray<Call> unwind, ImmutableArray<Call> rereads)
    {
        var forward = new List<PlanStep>();
        if (request.Insert is { } insert)
        {
            forward.Add(new PlanStep(insert, PlanStepKind.Insert));
        }

        var replays = unwind.Except(request.Remove);
        forward.AddRange(replays.Select(call => new PlanStep(call, PlanStepKind.Replay)));
        forward.AddRange(request.Remove.Select(call => new PlanStep(call, PlanStepKind.Removed)));
        forward.AddRange(rereads.Select(call => new PlanStep(call, PlanStepKind.Reread)));
        var isBeneath = state.Rules.Keep(Rule.BlindBeneath) && CanGoBeneath(request, unwind, rereads);
        return new ReorderPlan(
            request.Insert,
            request.Remove,
            isBeneath ? [] : state.Rules.Keep(Rule.UnwindDescending) ? unwind : [.. unwind.Reverse()],
            [.. forward.OrderBy(step => step.Call.Position)],
            LatchesOf(request.Insert, unwind, rereads),
            request.Cause)
        {
            IsBeneath = isBeneath,
            RereadsAll = request.RereadsAll,
            Dirty = request.Dirty,
        };
    }

    private static bool CanGoBeneath(PlanRequest request, ImmutableArray<Call> unwind, ImmutableArray<Call> rereads) =>
        request is { Insert: { IsBlind: true } insert, Remove.IsEmpty: true }
        && insert.Declaration is { IsIrreversible: false, IsReplaySafe: true, IsInverseIdempotent: true }
        && unwind is [{ Declaration.IsReplaySafe: true } later] // of several, nobody could tell what the topmost has left
        && insert.Footprint is { Reads.IsEmpty: true, Writes: [{ Extent: Extent.Node }] }
        && later.Footprint.Equals(insert.Footprint)
        && !rereads.Any(CanRewindFor);

    private static LatchSet LatchesOf(Call? insert, ImmutableArray<Call> unwind, ImmutableArray<Call> rereads)
    {
        if (unwind.IsEmpty && rereads.IsEmpty && insert is not null)
        {
            return LatchSet.Of(insert.Footprint);
        }

        var exclusive = new HashSet<ObjectPattern>();
        var shared = new HashSet<ObjectPattern>();
        foreach (var call in insert is null ? unwind : unwind.Add(insert))
        {
            exclusive.UnionWith(call.Footprint.Writes);
            shared.UnionWith(call.Footprint.Reads);
        }

        foreach (var read in rereads.Where(read => CanBeReread(read)))
        {
            shared.UnionWith(read.Footprint.Reads);
        }

        return new LatchSet([.. exclusive], [.. shared]);
    }

    /// <summary>Whether a read can be compared with what it would return now.</summary>
    public static bool CanBeReread(Call read) => read.Declaration is { CanReread: true, View: not ReadView.Live };
}
