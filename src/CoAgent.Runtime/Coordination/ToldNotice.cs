using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>A notice with what it takes to tell it in words.</summary>
/// <param name="Notice">The notice.</param>
/// <param name="Entries">The calls that it concerns, oldest first, as in the notice.</param>
/// <param name="Cause">The call behind it; null when the change came from outside, or its call is no longer known.</param>
/// <param name="Candidates">The agent's own later writes that may need repair.</param>
public sealed record ToldNotice(
    Notice Notice, ImmutableArray<ToldEntry> Entries, NamedCall? Cause, ImmutableArray<NamedCall> Candidates)
{
    /// <summary>Why its agent kept what it had done, in its own words, where it is asked once more; null when it did not say.</summary>
    public string? Reason { get; init; }
}

/// <summary>One call that returns something else now.</summary>
/// <param name="Call">The call; null when it is no longer known.</param>
/// <param name="Id">Its name.</param>
/// <param name="Was">What its agent was told; null when that is not known, or was too long to be kept.</param>
/// <param name="Now">What it would be told at its position now; null when that is not known, or was too long to be kept.</param>
public sealed record ToldEntry(NamedCall? Call, CallId Id, ToolResult? Was, ToolResult? Now)
{
    /// <summary>What the call reads, of a write what it writes; empty when the call is no longer known.</summary>
    public ImmutableArray<ObjectPattern> Objects { get; init; } = [];
}

/// <summary>An own call that another own call has changed.</summary>
/// <param name="Entry">The call, and what it returns now.</param>
/// <param name="IsOut">Whether it is a write that could not be replayed: its effect is out.</param>
public sealed record ToldChange(ToldEntry Entry, bool IsOut);

/// <summary>The answer to an undo.</summary>
/// <param name="Calls">What became of each call.</param>
/// <param name="Replayed">The calls above that were taken out and put back.</param>
/// <param name="Changed">The asker's own later calls whose results are others now.</param>
/// <param name="Notices">What the asker has not been told yet.</param>
public sealed record UndoAnswer(
    ImmutableArray<UndoneCall> Calls,
    ImmutableArray<CallId> Replayed,
    ImmutableArray<ToldChange> Changed,
    ImmutableArray<ToldNotice> Notices);

/// <summary>The answer to an abort.</summary>
/// <param name="Calls">What became of each call that had an effect, latest first.</param>
/// <param name="IsKnown">Whether there was such a transaction.</param>
public sealed record AbortAnswer(ImmutableArray<UndoneCall> Calls, bool IsKnown);

/// <summary>The answer to a finish.</summary>
/// <param name="Result">Whether it finished, and what is missing.</param>
/// <param name="Notices">The notices of a result that waits, with what it takes to tell them.</param>
public sealed record FinishAnswer(FinishResult Result, ImmutableArray<ToldNotice> Notices)
{
    /// <summary>Own calls that own calls have changed, where an answer that said so may not have arrived: the transaction goes on.</summary>
    public ImmutableArray<ToldChange> Changed { get; init; } = [];
}
