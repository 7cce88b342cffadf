using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Trajectories;

/// <summary>One call that the protocol remembers: from its proposal until it is answered without effect, or folded.</summary>
internal sealed class Call(CallId id, TransactionState transaction, Position position, CallDeclaration declaration)
{
    public CallId Id { get; } = id;

    public TransactionState Transaction { get; } = transaction;

    public Position Position { get; } = position;

    public CallDeclaration Declaration { get; } = declaration;

    public Footprint Footprint => Declaration.Footprint;

    public CallState State { get; set; } = CallState.Waiting;

    /// <summary>Whether its effect is in the world now: false while a plan has it unwound.</summary>
    public bool IsInPlace { get; set; }

    /// <summary>What its agent was last told that it returned; null when that is not known to anybody.</summary>
    public ResultDigest? Told { get; set; }

    /// <summary>What a write answered when it was last executed: what is in place is what it left then.</summary>
    public ResultDigest? Latest { get; set; }

    /// <summary>The step in which it was proposed: a notice that was delivered later was not known to it.</summary>
    public long ProposedAt { get; init; }

    /// <summary>Whether its agent has a receipt instead of an answer.</summary>
    public bool IsDeferred { get; set; }

    /// <summary>Whether it is forgotten or folded: nothing can be done to it any more, and nobody is told of it.</summary>
    public bool IsGone { get; set; }

    /// <summary>How many bytes its capture keeps.</summary>
    public long CapturedBytes { get; set; }

    /// <summary>Whether it is part of its objects' trajectories.</summary>
    public bool IsPlaced => State is CallState.Applied or CallState.Failed or CallState.Read or CallState.Quarantined;

    /// <summary>Whether it leaves what it writes in a state that does not depend on what was there.</summary>
    public bool IsBlind => !Declaration.IsRead && !Footprint.ReadsWhatItWrites;
}

/// <summary>How far a call is.</summary>
public enum CallState
{
    /// <summary>It waits for latches.</summary>
    Waiting,

    /// <summary>It waits for lower ranks to finish, or behind an own call that does.</summary>
    Held,

    /// <summary>A plan that carries it out runs.</summary>
    Executing,

    /// <summary>A write that is in its trajectories.</summary>
    Applied,

    /// <summary>A write whose tool failed; what it did is in its trajectories.</summary>
    Failed,

    /// <summary>A read that is recorded.</summary>
    Read,

    /// <summary>A write that could not be replayed: it is out, and its owner has to see to it.</summary>
    Displaced,

    /// <summary>A write of which nobody knows whether its effect is there.</summary>
    Quarantined,
}
