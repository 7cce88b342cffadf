using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Resting;

/// <summary>All that is left of a workspace in which nothing is open: who has it needs nothing of what came before (protocol.md, section 7).</summary>
/// <param name="StepNumber">How many inputs there have been.</param>
/// <param name="LastEffect">The number of the last effect on the world.</param>
/// <param name="LastTicket">The number of the last ticket in the queue for latches.</param>
/// <param name="LastNotice">The number of the last notice.</param>
/// <param name="LastQuarantine">The number of the last quarantine.</param>
/// <param name="Order">What the serial order remembers.</param>
/// <param name="Lapsed">What agents had read in transactions that ended without them, in the order in which they left.</param>
public sealed record WorkspaceRest(
    long StepNumber,
    long LastEffect,
    long LastTicket,
    long LastNotice,
    long LastQuarantine,
    OrderRest Order,
    ImmutableArray<LapsedAgent> Lapsed);

/// <summary>What the serial order remembers where nobody is active: no rank and no transaction is ever named twice.</summary>
/// <param name="LastTransaction">The number of the last transaction.</param>
/// <param name="HighestFinished">The highest rank that has finished; null before the first.</param>
/// <param name="Withdrawn">The ranks above it whose transactions were aborted, lowest first.</param>
/// <param name="Begun">The declared agents whose first transaction has begun, by name.</param>
/// <param name="Given">The agents that gave a rank, the one that came first before the others, each with its latest.</param>
public sealed record OrderRest(
    long LastTransaction,
    Rank? HighestFinished,
    ImmutableArray<Rank> Withdrawn,
    ImmutableArray<AgentId> Begun,
    ImmutableArray<GivenRank> Given);

/// <summary>A rank that an agent gave and used.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Rank">The rank.</param>
public sealed record GivenRank(AgentId Agent, Rank Rank);

/// <summary>The reads of one agent that wait for it.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Reads">The reads, oldest first.</param>
/// <param name="IsIncomplete">Whether there were more than are kept: when it comes back it is told so.</param>
public sealed record LapsedAgent(AgentId Agent, ImmutableArray<LapsedRead> Reads, bool IsIncomplete);

/// <summary>A read that waits for its agent: it is made again when the agent comes back.</summary>
/// <param name="Call">The call.</param>
/// <param name="Declaration">What it touches, and how.</param>
/// <param name="Told">What its agent was last told that it returned; null when that is not known.</param>
public sealed record LapsedRead(CallId Call, CallDeclaration Declaration, ResultDigest? Told);
