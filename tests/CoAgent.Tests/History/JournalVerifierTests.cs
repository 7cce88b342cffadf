using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Journal;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.History;

/// <summary>What a journal that breaks a promise is found by.</summary>
public sealed class JournalVerifierTests
{
    [Fact]
    public async Task A_journal_that_keeps_every_promise_is_good()
    {
        var script = JournalHistoryTests.Canary();
        script.Undo(new TransactionId(2), new CallId(6));
        script.Finish(new TransactionId(1));
        script.Leave(new TransactionId(2));
        var report = await VerifyAsync(script.Entries);
        Assert.Null(report.Violation);
        Assert.Equal((script.Entries.Count, 6, 2, 0, 0), (report.EntryCount, report.CallCount, report.TransactionCount, report.OpenCount, report.OutCount));
    }

    [Fact]
    public async Task Effects_that_were_out_at_the_end_break_nothing()
    {
        var script = JournalHistoryTests.LateWrite();
        script.IsWorking = false;
        script.Append("planner", new TransactionId(1), "geo", "!");
        var report = await VerifyAsync(script.Entries);
        Assert.Null(report.Violation);
        Assert.Equal(1, report.OutCount);
    }

    [Fact]
    public async Task An_entry_that_is_missing_shows_by_what_it_had_begun()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        entries.RemoveAt(2); // the coder's begin
        AssertBroken("ids", 2, await VerifyAsync(entries));
    }

    [Fact]
    public async Task An_effect_that_ends_twice_is_found()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        var at = entries.FindIndex(static entry => entry is JournalEntry.Ended);
        entries.Insert(at + 1, entries[at]);
        AssertBroken("ids", 1, await VerifyAsync(entries));
    }

    [Fact]
    public async Task An_end_that_is_another_calls_is_found()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        var at = entries.FindIndex(static entry => entry is JournalEntry.Ended);
        entries[at] = (JournalEntry.Ended)entries[at] with { Call = new CallId(2) };
        AssertBroken("ids", 2, await VerifyAsync(entries));
    }

    [Fact]
    public async Task A_name_that_is_given_twice_is_found()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        entries.Add(entries.First(static entry => entry is JournalEntry.Proposed));
        AssertBroken("ids", 1, await VerifyAsync(entries));
    }

    [Fact]
    public async Task A_call_of_another_agent_is_found()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        var at = entries.FindIndex(static entry => entry is JournalEntry.Proposed);
        var proposed = (JournalEntry.Proposed)entries[at];
        entries[at] = proposed with { Call = proposed.Call with { Agent = AgentId.Create("stranger") } };
        AssertBroken("ids", 1, await VerifyAsync(entries));
    }

    [Fact]
    public async Task A_write_without_its_intent_is_found()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        entries.RemoveAt(entries.FindIndex(static entry => entry is JournalEntry.Prepared));
        AssertBroken("intent", 1, await VerifyAsync(entries));
    }

    [Fact]
    public async Task An_intent_after_the_end_is_found()
    {
        var entries = JournalHistoryTests.Canary().Entries;
        var at = entries.FindIndex(static entry => entry is JournalEntry.Ended);
        entries.Insert(at + 1, entries[at - 1]);
        AssertBroken("intent", 1, await VerifyAsync(entries));
    }

    [Fact]
    public async Task A_notice_to_an_own_call_breaks_I3()
    {
        var script = Without(Rule.OneWay);
        var only = script.Begin("only");
        script.Append("only", only, "geo", "1");
        script.Read("only", only, "geo");
        script.Undo(only, new CallId(1));
        AssertBroken("I3", 1, await VerifyAsync(script.Entries));
    }

    [Fact]
    public async Task An_answer_that_changed_and_is_not_told_breaks_I4()
    {
        var script = Without(Rule.ChangedResultIsTold);
        var (planner, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Append("coder", coder, "geo", "2222");
        script.Append("planner", planner, "geo", "111");
        AssertBroken("I4", 1, await VerifyAsync(script.Entries));
    }

    [Fact]
    public async Task What_cannot_be_taken_back_and_is_done_too_early_breaks_I5()
    {
        var script = Without(Rule.IrreversibleGate);
        var (_, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Append("coder", coder, "mail", "sent", isIrreversible: true);
        AssertBroken("I5", 1, await VerifyAsync(script.Entries));
    }

    [Fact]
    public async Task A_call_that_is_lost_breaks_I6()
    {
        var script = Without(Rule.UnattendedKeeps);
        var (_, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Append("coder", coder, "geo", "2222");
        Assert.Null((await VerifyAsync(script.Entries)).Violation);
        script.Leave(coder);
        AssertBroken("I6", 1, await VerifyAsync(script.Entries));
    }

    [Fact]
    public async Task Two_plans_on_the_same_objects_break_the_latches()
    {
        var script = Without(Rule.Latches);
        script.IsWorking = false;
        var (planner, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Append("coder", coder, "geo", "2222");
        script.Append("planner", planner, "geo", "111");
        AssertBroken("latches", 2, await VerifyAsync(script.Entries));
    }

    private static JournalScript Without(Rule rule) => new(new ProtocolOptions { Rules = RuleSet.All.Without(rule) });

    private static async Task<VerifyReport> VerifyAsync(List<JournalEntry> entries) =>
        await JournalVerifier.VerifyAsync(entries.ToAsyncEnumerable(), new ManualTime(), default);

    private static void AssertBroken(string rule, long call, VerifyReport report) =>
        Assert.Equal((rule, new CallId(call)), (report.Violation?.Rule, report.Violation?.Call ?? default));
}
