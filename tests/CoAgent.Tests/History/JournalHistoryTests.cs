using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.History;

/// <summary>What a journal tells of what happened.</summary>
public sealed class JournalHistoryTests
{
    [Fact]
    public void A_stale_read_is_told_with_its_cause_its_notice_and_when_that_was_given() =>
        Snapshot.Matches("history-stale", Told(Canary().Entries));

    [Fact]
    public void A_late_write_is_told_with_what_it_took_out_and_put_back() => Snapshot.Matches("history-late-write", Told(LateWrite().Entries));

    [Fact]
    public void What_an_operator_takes_back_is_told_with_what_became_of_it()
    {
        var script = LateWrite();
        script.Undo(by: null, new CallId(2), new CallId(9));
        Snapshot.Matches("history-undo", Told(script.Entries));
    }

    [Fact]
    public void An_agent_that_left_and_a_transaction_that_was_taken_back_are_told()
    {
        var script = Canary();
        script.Leave(new TransactionId(2));
        script.Abort(new TransactionId(1));
        Snapshot.Matches("history-leave-abort", Told(script.Entries));
    }

    [Fact]
    public void A_call_knows_what_it_touched_where_it_stands_and_what_it_answered_last()
    {
        var history = new JournalHistory(new ManualTime());
        LateWrite().Entries.ForEach(entry => history.Take(entry));
        var story = history.Calls[new CallId(1)];
        Assert.Equal(new Position(new Rank(2), 1), story.Position);
        Assert.Equal("append path=\"geo\"", CallText.Of(story.Call.Request));
        Assert.Equal("7 characters", ResultText.Of(story.Result!));
        Assert.Equal("applied", HistoryWords.Of(story.Answer!));
        Assert.False(story.IsFolded);
    }

    [Fact]
    public void Folded_calls_are_still_known()
    {
        var script = LateWrite();
        script.Finish(new TransactionId(1));
        var history = new JournalHistory(new ManualTime());
        script.Entries.ForEach(entry => history.Take(entry));
        Assert.True(history.Calls[new CallId(2)].IsFolded);
        Assert.False(history.Calls[new CallId(1)].IsFolded);
    }

    [Fact]
    public void The_workspace_at_the_journals_end_shows_its_open_notices()
    {
        var history = new JournalHistory(new ManualTime());
        LateWrite().Entries.ForEach(entry => history.Take(entry));
        var told = Assert.Single(history.Snapshot().Open[1].OpenNotices);
        Assert.Equal("4 characters", ResultText.Of(told.Entries[0].Was!));
        Assert.Equal("7 characters", ResultText.Of(told.Entries[0].Now!));
    }

    [Fact]
    public void Why_a_notice_was_settled_as_it_was_is_told_with_the_calls_that_it_is_about()
    {
        var script = Canary();
        script.Append("planner", new TransactionId(1), "geo", "!");
        script.Read("coder", new TransactionId(2), "other");
        var history = new JournalHistory(new ManualTime());
        script.Entries.ForEach(entry => history.Take(entry));
        var notice = history.Snapshot().Open[1].OpenNotices[^1].Notice;
        script.Resolve(new TransactionId(2), notice.Id, NoticeDecision.Keep, "only the name\nmatters");
        var told = history.Take(script.Entries[^1]);
        Assert.Equal(
            $"decides on {notice.Id}: keep, although a call that it keeps still contains the old value (it says: only the name\\u{{a}}matters)",
            told[0].Words);
        Assert.All(notice.Entries, entry => Assert.True(told[0].Names(entry.Call)));
        Assert.Equal("only the name\nmatters", history.Snapshot().Open[1].OpenNotices.Single(one => one.Notice.Id == notice.Id).Reason);
    }

    [Fact]
    public void A_loss_of_power_is_told_with_who_is_told_of_it()
    {
        var script = LateWrite();
        script.Entries.Add(new JournalEntry.Opened(ManualTime.Start, "another boot", new ProtocolOptions(), IsFresh: false));
        script.LosePower();
        Snapshot.Matches("history-power-loss", Told(script.Entries));
    }

    [Fact]
    public void A_journal_whose_beginning_is_gone_says_so_and_knows_what_waits_for_its_agent()
    {
        var script = LateWrite();
        var reader = script.Begin("reader");
        script.Read("reader", reader, "geo");
        script.Leave(reader);
        script.Finish(new TransactionId(1));
        script.Append("coder", new TransactionId(2), "geo", "!"); // has heard of its notice
        script.Finish(new TransactionId(2));
        var rested = script.Rest();
        var writer = script.Begin("writer");
        script.Append("writer", writer, "geo", "5");
        script.Finish(writer);
        script.Begin("reader");

        var history = new JournalHistory(new ManualTime());
        var told = script.Entries.SkipWhile(entry => entry != rested).SelectMany(entry => history.Take(entry)).ToArray();
        Assert.Equal($"the journal begins here, with nothing open: the {rested.Number - 1} entries before are no longer kept", told[0].Words);
        Assert.Equal(rested, history.Beginning);
        Assert.Equal((rested.Number, script.Entries.Count), (told[0].Entry, history.LastEntry));
        Assert.Contains(told, static one => one is { Kind: HistoryKind.Reread, Call.Number: 3 });
        Assert.Contains(told, static one => one.Kind == HistoryKind.Noticed && one.Names(new CallId(3)));
        Assert.False(history.Calls.ContainsKey(new CallId(1)));
        Assert.Equal("read_file path=\"geo\"", CallText.Of(history.Calls[new CallId(3)].Call.Request));
    }

    [Fact]
    public void An_entry_that_cannot_follow_is_named()
    {
        var entries = Canary().Entries;
        entries.RemoveAt(1);
        var history = new JournalHistory(new ManualTime());
        var fault = Assert.Throws<JournalException>(() => entries.ForEach(entry => history.Take(entry)));
        Assert.Contains("of the journal cannot follow those before it", fault.Message);
        Assert.Contains("coagent verify", fault.Message);
    }

    /// <summary>The worked example of protocol.md, section 10, with texts for deployments.</summary>
    internal static JournalScript Canary()
    {
        var script = new JournalScript();
        var (planner, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Append("planner", planner, "geo", "bad");
        script.Read("coder", coder, "geo");
        script.Append("coder", coder, "canary", "bad");
        script.Append("planner", planner, "geo", ", no: good");
        script.Append("coder", coder, "canary", ", no: good");
        script.Append("coder", coder, "canary", ", no: good");
        return script;
    }

    /// <summary>A write below one that is there.</summary>
    internal static JournalScript LateWrite()
    {
        var script = new JournalScript();
        var (planner, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Append("coder", coder, "geo", "2222");
        script.Append("planner", planner, "geo", "111");
        return script;
    }

    private static string Told(List<JournalEntry> entries)
    {
        var history = new JournalHistory(new ManualTime());
        var text = new StringBuilder();
        foreach (var one in entries.SelectMany(entry => history.Take(entry)))
        {
            var who = one.Transaction is { } of ? $"{of.Agent}({of.Rank})" : "-";
            var cause = one.Cause is { } call ? $" [{call}]" : "";
            text.Append($"{one.Entry,3} {one.Kind,-11} {who,-11} {one.Call?.ToString() ?? "-",-3}{cause} {one.Words}\n");
        }

        return text.ToString();
    }
}
