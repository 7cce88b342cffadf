using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Resting;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Journal;

/// <summary>What may be left where nothing is open, with any values that it may have.</summary>
internal sealed class RestSource(Random random, EntrySource any)
{
    public JournalEntry.Rested Next()
    {
        var lapsed = any.Several(() => new LapsedAgent(any.Agent(), any.Several(Read), any.Bool()));
        var calls = lapsed.SelectMany(static agent => agent.Reads).Select(_ => LapsedCall()).ToImmutableArray();
        var order = new OrderRest(
            any.Number(), Maybe(any.Rank), any.Several(any.Rank), any.Several(any.Agent), any.Several(() => new GivenRank(any.Agent(), any.Rank())));
        var state = new WorkspaceRest(any.Number(), any.Number(), any.Number(), any.Number(), any.Number(), order, lapsed);
        var left = new MemoryRest(state, any.Number(), any.Number(), calls, any.Several(Status), any.Several(Notice));
        return new JournalEntry.Rested(any.Time(), any.Number(), any.Text(), any.Options(), left);
    }

    private LapsedRead Read() => new(any.Call(), any.Declaration(), Maybe(any.Digest));

    private LapsedCall LapsedCall() => new(
        Named(), Whole(), any.Bool(), any.Bool() ? new ToolResult(any.Choice<ToolResultKind>(), any.Bytes()) : null);

    private TransactionStatus Status() => new(
        Whole(), any.Choice<TransactionStage>(), any.Number(), random.Next(), any.Time(), Maybe(any.Time), RanksBefore: [], OpenNotices: []);

    /// <summary>Of a notice that nobody came for as much as an operator is shown.</summary>
    private ToldNotice Notice()
    {
        var entries = any.Several(() => new NoticeEntry(any.Call(), Maybe(any.Digest), Maybe(any.Digest)));
        var cause = new NoticeCause(Maybe(any.Call), Maybe(any.Rank)) { IsPowerLoss = any.Bool() };
        var about = Maybe(any.Pattern);
        return new ToldNotice(
            new Notice(new NoticeId(any.Number()), any.Choice<NoticeKind>(), any.Transaction(), about, entries, cause, [], any.Bool()),
            any.Several(() => new ToldEntry(any.Bool() ? Named() : null, any.Call(), Was: null, Now: null) { Objects = any.Several(any.Pattern) }),
            any.Bool() ? Named() : null,
            Candidates: [])
        {
            Reason = any.Bool() ? any.Text() : null,
        };
    }

    private NamedCall Named() => new(any.Call(), any.Agent(), new ToolRequest(any.Text(), any.Text(), any.Bytes()));

    private Transaction Whole() => new(any.Transaction(), any.Agent(), any.Rank());

    private T? Maybe<T>(Func<T> make)
        where T : struct => any.Bool() ? make() : null;
}
