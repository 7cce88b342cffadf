namespace CoAgent.Protocol;

/// <summary>The rules of protocol.md by name: what each guarantees. A test switches one off to see that the suite notices.</summary>
internal enum Rule
{
    /// <summary>Section 2: a listing is an object of its own; who creates a child writes it. No phantom goes unseen.</summary>
    ListingsAreObjects,

    /// <summary>Section 3.1: a write of an agent that has not seen its notices is not executed. Nobody builds on what it could know to be stale.</summary>
    PremiseGate,

    /// <summary>Section 3.1: a write that was proposed before a notice was delivered has not seen it either.</summary>
    PremiseGateSeesDelivery,

    /// <summary>Section 3.2: an irreversible write executes after every lower rank has finished (I5).</summary>
    IrreversibleGate,

    /// <summary>Section 3.3: applied calls above a new write that conflict with it are unwound and replayed (I1).</summary>
    LaterSet,

    /// <summary>Section 3.3: so are the calls above those that conflict with them, and so on: an inverse never runs beneath a later effect.</summary>
    LaterSetIsClosed,

    /// <summary>Section 3.3: a plan touches nothing that another one is busy with.</summary>
    Latches,

    /// <summary>Section 3.3: who asked first for overlapping objects is served first: nobody starves.</summary>
    FairQueue,

    /// <summary>Conflicting calls of one transaction execute in the order in which they were made, also when the first is held.</summary>
    OwnOrder,

    /// <summary>Section 3.4: inverses run in descending position order.</summary>
    UnwindDescending,

    /// <summary>Section 3.5: a write whose tool failed stays in the trajectory; its partial effect is undone and replayed, its failure was seen.</summary>
    FailedWriteStays,

    /// <summary>Section 3.6: what was unwound is replayed in ascending order.</summary>
    Rewind,

    /// <summary>Section 3.6: a call declared not replay-safe is displaced, never executed twice.</summary>
    ReplayNever,

    /// <summary>Section 3.6: a replay that fails where the call had succeeded is taken out as a whole and its owner told.</summary>
    FailedReplayIsDisplaced,

    /// <summary>Section 3.6: a replay that answers something else is told to its owner.</summary>
    ChangedResultIsTold,

    /// <summary>Section 3: a blind write goes beneath blind ones without an inverse.</summary>
    BlindBeneath,

    /// <summary>Section 4: a read shows what the lower positions leave, nothing of later ones (I2).</summary>
    OrderFilteredReads,

    /// <summary>Section 4: a read is recorded, so that a later change of what it saw is noticed.</summary>
    ReadsAreRecorded,

    /// <summary>Section 5: readers above a changed object are rechecked (I4).</summary>
    Recheck,

    /// <summary>Section 5: what a replayed call that depended on the change wrote counts as changed.</summary>
    ChangeSpreads,

    /// <summary>Section 5: a value that did not change is not told.</summary>
    SameValueIsSilent,

    /// <summary>Section 5: a read that cannot be made again is told on the overlap alone.</summary>
    OverlapIsTold,

    /// <summary>Section 5: a notice that nobody has seen is void when the old value is back, and says the latest otherwise.</summary>
    LatestWins,

    /// <summary>Section 5: what a delivered notice said is what the agent knows from then on; a change back is told.</summary>
    DeliveryIsKnowledge,

    /// <summary>Section 5: a notice goes from a lower rank to a higher one only (I3).</summary>
    OneWay,

    /// <summary>Section 5: who keeps a write that holds the stale value literally is asked once more.</summary>
    KeptStaleIsAskedAgain,

    /// <summary>Section 6: who takes back a call unwinds what lies above it and replays that.</summary>
    UndoUnwinds,

    /// <summary>Section 6: an abort takes back every call of the transaction.</summary>
    AbortTakesAll,

    /// <summary>Section 6: objects whose state is not known are not written.</summary>
    QuarantineRefuses,

    /// <summary>Section 6: a change from outside is not overwritten; the owner is told.</summary>
    OutsideWriteIsKept,

    /// <summary>Section 9: a call in doubt whose inverse restores is taken back, and its agent is told that it did not happen (I6).</summary>
    DoubtIsRestored,

    /// <summary>Section 7: a transaction finishes after every lower rank.</summary>
    FinishInOrder,

    /// <summary>Section 7: a transaction finishes when its agent has seen every notice and settled every displaced write.</summary>
    FinishQuiescent,

    /// <summary>Section 7: a notice that comes while a finish waits is its answer: the agent is reopened.</summary>
    LateNoticeReopens,

    /// <summary>Section 7: an unattended transaction keeps its calls and its notices.</summary>
    UnattendedKeeps,

    /// <summary>Section 7: what an agent had read before its transaction lapsed is rechecked at its new rank.</summary>
    LapsedReadsMoveAlong,

    /// <summary>Section 7: a deferred write whose reads are stale when the gate opens is not executed and turns into a notice.</summary>
    DeferredIsRechecked,

    /// <summary>Section 7: finished prefixes leave memory.</summary>
    Folding,
}

/// <summary>The rules that are kept; all of them but in tests of the tests.</summary>
internal readonly record struct RuleSet
{
    private readonly ulong _off;

    private RuleSet(ulong off) => _off = off;

    public static RuleSet All => default;

    public RuleSet Without(Rule rule) => new(_off | (1UL << (int)rule));

    public bool Keep(Rule rule) => (_off & (1UL << (int)rule)) == 0;
}
