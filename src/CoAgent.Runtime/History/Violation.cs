using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.History;

/// <summary>The first thing in a journal that breaks a promise (protocol.md, section 8).</summary>
/// <param name="Entry">The number of the entry by which it shows, counted from 1.</param>
/// <param name="Rule">Which promise: <c>I3</c>, <c>I4</c>, <c>I5</c>, <c>I6</c>, <c>ids</c>, <c>intent</c>, <c>latches</c> or <c>replay</c>.</param>
/// <param name="Call">The call that breaks it; null when it is not one call's.</param>
/// <param name="Words">How, in words.</param>
public sealed record Violation(long Entry, string Rule, CallId? Call, string Words);

/// <summary>What checking a journal came to.</summary>
/// <param name="EntryCount">How many entries were read.</param>
/// <param name="CallCount">How many calls they propose.</param>
/// <param name="TransactionCount">How many transactions they begin.</param>
/// <param name="OpenCount">How many transactions have not ended.</param>
/// <param name="OutCount">How many effects were out when the journal ended: the next daemon ends them.</param>
/// <param name="QuarantineCount">How many quarantines wait for the operator.</param>
/// <param name="Violation">The first thing that breaks a promise; null when nothing does.</param>
public sealed record VerifyReport(
    long EntryCount, long CallCount, long TransactionCount, int OpenCount, int OutCount, int QuarantineCount, Violation? Violation);
