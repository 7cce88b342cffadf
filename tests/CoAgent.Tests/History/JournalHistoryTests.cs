using System.Text;
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
