using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Resting;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>What is left of a workspace in which nothing is open, as fields.</summary>
/// <remarks>Everything lies in the entry itself: it belongs to no call, and goes with the entry.</remarks>
internal static class RestFields
{
    public static (int Kind, long? Call) Write(FieldWriter body, JournalEntry.Rested entry, int kind)
    {
        body.Number(entry.Number);
        body.Text(entry.BootId);
        OptionsCodec.Write(body, entry.Options);
        var left = entry.Left;
        Write(body, left.State);
        body.Number(left.LastCall);
        body.Number(left.LastRequest);
        body.Write(left.Lapsed, Write);
        body.Write(left.Ended, Write);
        body.Write(left.Unattended, NoticeFields.Write);
        return (kind, null);
    }

    public static JournalEntry.Rested Read(ref FieldReader body, DateTimeOffset at)
    {
        var (number, bootId, options) = (body.Number(), body.Text(), OptionsCodec.Read(ref body));
        var state = ReadState(ref body);
        var left = new MemoryRest(
            state, body.Number(), body.Number(), body.Several(ReadLapsed), body.Several(ReadStatus), body.Several(NoticeFields.Read));
        DamageException.Unless(
            left.Lapsed.Length == state.Lapsed.Sum(static agent => agent.Reads.Length), "what is known of the reads that wait is not theirs");
        return new JournalEntry.Rested(at, number, bootId, options, left);
    }

    private static void Write(FieldWriter to, WorkspaceRest state)
    {
        to.Number(state.StepNumber);
        to.Number(state.LastEffect);
        to.Number(state.LastTicket);
        to.Number(state.LastNotice);
        to.Number(state.LastQuarantine);
        var order = state.Order;
        to.Number(order.LastTransaction);
        to.OptionalNumber(order.HighestFinished?.Value);
        to.Write(order.Withdrawn, static (to, rank) => to.Number(rank.Value));
        to.Write(order.Begun, static (to, agent) => to.Write(agent));
        to.Write(order.Given, static (to, given) =>
        {
            to.Write(given.Agent);
            to.Number(given.Rank.Value);
        });
        to.Write(state.Lapsed, Write);
    }

    private static WorkspaceRest ReadState(ref FieldReader from) => new(
        from.Number(), from.Number(), from.Number(), from.Number(), from.Number(), ReadOrder(ref from), from.Several(ReadAgent));

    private static OrderRest ReadOrder(ref FieldReader from) => new(
        from.Number(),
        from.Bool() ? from.Rank() : null,
        from.Several(static (ref FieldReader from) => from.Rank()),
        from.Several(static (ref FieldReader from) => from.Agent()),
        from.Several(static (ref FieldReader from) => new GivenRank(from.Agent(), from.Rank())));

    private static void Write(FieldWriter to, LapsedAgent lapsed)
    {
        to.Write(lapsed.Agent);
        to.Bool(lapsed.IsIncomplete);
        to.Write(lapsed.Reads, static (to, read) =>
        {
            to.Write(read.Call);
            to.Write(read.Declaration);
            to.WriteOptional(read.Told);
        });
    }

    private static LapsedAgent ReadAgent(ref FieldReader from)
    {
        var (agent, isIncomplete) = (from.Agent(), from.Bool());
        var reads = from.Several(static (ref FieldReader from) => new LapsedRead(from.Call(), from.Declaration(), from.OptionalDigest()));
        return new LapsedAgent(agent, reads, isIncomplete);
    }

    private static void Write(FieldWriter to, LapsedCall lapsed)
    {
        to.Write(lapsed.Call);
        to.Write(lapsed.Transaction);
        to.Bool(lapsed.IsErrorAnOutcome);
        to.Bool(lapsed.Told is not null);
        if (lapsed.Told is { } told)
        {
            to.Choice(told.Kind);
            to.Bytes(told.Utf8.Span);
        }
    }

    private static LapsedCall ReadLapsed(ref FieldReader from) => new(
        from.NamedCall(),
        from.WholeTransaction(),
        from.Bool(),
        from.Bool() ? new ToolResult(from.Choice<ToolResultKind>(), from.Bytes().ToArray()) : null);

    /// <summary>A transaction that has ended: it waits for nobody, and has no notice of its own.</summary>
    private static void Write(FieldWriter to, TransactionStatus status)
    {
        to.Write(status.Transaction);
        to.Choice(status.Stage);
        to.Number(status.CallCount);
        to.Number(status.OpenCallCount);
        to.Time(status.StartedAt);
        to.Bool(status.EndedAt is not null);
        if (status.EndedAt is { } endedAt)
        {
            to.Time(endedAt);
        }
    }

    private static TransactionStatus ReadStatus(ref FieldReader from) => new(
        from.WholeTransaction(),
        from.Choice<TransactionStage>(),
        from.Number(),
        from.SmallNumber(),
        from.Time(),
        from.Bool() ? from.Time() : null,
        RanksBefore: [],
        OpenNotices: []);
}
