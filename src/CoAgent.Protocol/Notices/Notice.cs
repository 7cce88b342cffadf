using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Notices;

/// <summary>Names a notice in the workspace: <c>n1</c>, <c>n2</c>, …</summary>
/// <param name="Number">The number after the letter.</param>
public readonly record struct NoticeId(long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"n{Number}";
}

/// <summary>What a notice is about (mcp.md, "What we put on the wire").</summary>
public enum NoticeKind
{
    /// <summary>A read would return something else now.</summary>
    Stale,

    /// <summary>A write was replayed and answered something else.</summary>
    Result,

    /// <summary>A write could not be replayed and is out.</summary>
    Displaced,

    /// <summary>A call did not happen, or was taken back by somebody else.</summary>
    Reverted,

    /// <summary>Somebody outside changed what a call had written.</summary>
    Outside,

    /// <summary>More has changed than is listed, or not all reads are remembered: everything that the transaction read may be stale.</summary>
    Overflow,
}

/// <summary>One call that a notice is about.</summary>
/// <param name="Call">The call.</param>
/// <param name="Was">What its agent was told; null when that is not known.</param>
/// <param name="Now">What it would be told at its position now; null when that cannot be found out.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NoticeEntry(CallId Call, ResultDigest? Was, ResultDigest? Now);

/// <summary>What made the difference that a notice tells.</summary>
/// <param name="Call">The call that was put in, taken out or released; null when the change came from outside.</param>
/// <param name="Rank">The call's rank; null when the change came from outside or from the notice's own transaction's fate.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NoticeCause(CallId? Call, Rank? Rank)
{
    /// <summary>No call of the workspace.</summary>
    public static NoticeCause Outside { get; } = new(null, null);

    /// <summary>The machine lost power, and reads of the last moments may be forgotten.</summary>
    public static NoticeCause PowerLoss { get; } = new(null, null) { IsPowerLoss = true };

    /// <summary>Whether it is <see cref="PowerLoss"/>.</summary>
    public bool IsPowerLoss { get; init; }
}

/// <summary>A one-way message to a transaction: something that it saw is not so any more (protocol.md, section 5).</summary>
/// <param name="Id">Its name, the same each time it is told.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Transaction">Who is told.</param>
/// <param name="About">The object of a stale read; null for the other kinds.</param>
/// <param name="Entries">The calls that it concerns, oldest first.</param>
/// <param name="Cause">The change behind it; the latest when there were several.</param>
/// <param name="Candidates">The transaction's own writes after the oldest of those calls: what may need repair.</param>
/// <param name="IsAskedAgain">Whether it comes back because what was kept still holds the stale value.</param>
public sealed record Notice(
    NoticeId Id,
    NoticeKind Kind,
    TransactionId Transaction,
    ObjectPattern? About,
    ImmutableArray<NoticeEntry> Entries,
    NoticeCause Cause,
    ImmutableArray<CallId> Candidates,
    bool IsAskedAgain);
