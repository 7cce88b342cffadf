using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Resting;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>All that the coordinator knows of a workspace in which nothing is open: the next daemon goes on from it (protocol.md, section 9).</summary>
/// <param name="State">What is left of the protocol's state.</param>
/// <param name="LastCall">The highest number that a call has had.</param>
/// <param name="LastRequest">The highest number that a request has had.</param>
/// <param name="Lapsed">What is known of the reads that wait for agents that are gone, in the order of <paramref name="State"/>.</param>
/// <param name="Ended">The latest transactions that ended, the last one last.</param>
/// <param name="Unattended">Notices that nobody came for, the oldest first, with as much of them as an operator is shown.</param>
public sealed record MemoryRest(
    WorkspaceRest State,
    long LastCall,
    long LastRequest,
    ImmutableArray<LapsedCall> Lapsed,
    ImmutableArray<TransactionStatus> Ended,
    ImmutableArray<ToldNotice> Unattended);

/// <summary>What it takes to make a read again, and to tell how it differs.</summary>
/// <param name="Call">What was asked, and by whom.</param>
/// <param name="Transaction">In which transaction.</param>
/// <param name="IsErrorAnOutcome">As in <see cref="ToolDeclaration"/>.</param>
/// <param name="Told">What its agent was last told that it returned; null when that is not known, or too long to be kept.</param>
public sealed record LapsedCall(NamedCall Call, Transaction Transaction, bool IsErrorAnOutcome, ToolResult? Told);
