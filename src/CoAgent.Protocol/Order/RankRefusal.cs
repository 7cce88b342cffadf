using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Order;

/// <summary>Why a transaction cannot have the rank that was asked for.</summary>
public enum RankRefusalReason
{
    /// <summary>Another open transaction has it, or one that was aborted had it.</summary>
    Taken,

    /// <summary>It is not above every finished rank.</summary>
    BelowFinished,

    /// <summary>The declared order keeps it for an agent that has not begun.</summary>
    Reserved,

    /// <summary>It is further up than a given rank may reach.</summary>
    TooHigh,

    /// <summary>The agent has an open transaction with another rank.</summary>
    OpenElsewhere,

    /// <summary>No rank was asked for and none is left where arrivals go.</summary>
    BandFull,
}

/// <summary>A rank that is refused, with the ranks that are free instead.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Asked">The rank that was given or declared; null for an arrival.</param>
/// <param name="Free">Ranks that the agent may be given now, lowest first.</param>
/// <param name="Message">The same in words, with what to do.</param>
public sealed record RankRefusal(RankRefusalReason Reason, Rank? Asked, ImmutableArray<RankRange> Free, string Message)
{
    /// <summary>Compares what the two say, collections included.</summary>
    public bool Equals(RankRefusal? other) =>
        other is not null
        && (Reason, Asked, Message) == (other.Reason, other.Asked, other.Message)
        && Free.SequenceEqual(other.Free);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Reason, Asked, Message);
}

/// <summary>Consecutive ranks, both ends included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RankRange(Rank First, Rank Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last ? First.ToString() : $"{First}-{Last}";
}
