using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
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

    [Fact]
    public async Task Two_creates_in_one_folder_may_be_on_their_way_together()
    {
        var script = new JournalScript { IsWorking = false };
        var (planner, coder) = (script.Begin("planner"), script.Begin("coder"));
        script.Create("coder", coder, "src", "a.cs");
        script.Create("planner", planner, "src", "b.cs");
        var report = await VerifyAsync(script.Entries);
        Assert.Null(report.Violation);
        Assert.Equal(2, report.OutCount);
    }

    [Fact]
    public async Task What_is_left_where_nothing_is_open_is_good_and_so_is_a_journal_that_begins_there()
    {
        var script = Quiet();
        var rested = script.Rest();
        var back = script.Begin("reader");
        script.Append("reader", back, "geo", "!");
        Assert.Null((await VerifyAsync(script.Entries)).Violation);
        var cut = await VerifyAsync([.. script.Entries.SkipWhile(entry => entry != rested)]);
        Assert.Null(cut.Violation);
        Assert.Equal((script.Entries.Count - rested.Number + 1, 1), (cut.EntryCount, cut.OpenCount));
    }

    [Fact]
    public async Task A_journal_whose_beginning_is_gone_still_names_the_entry_that_breaks_a_promise()
    {
        var script = Quiet();
        var rested = script.Rest();
        var back = script.Begin("reader");
        script.Append("reader", back, "geo", "!");
        var broken = script.Entries.FindLastIndex(static entry => entry is JournalEntry.Prepared);
        script.Entries.RemoveAt(broken);
        var report = await VerifyAsync([.. script.Entries.SkipWhile(entry => entry != rested)]);
        Assert.Equal(("intent", broken + 1), (report.Violation!.Rule, report.Violation.Entry));
    }

    [Fact]
    public async Task What_is_said_to_be_left_and_is_not_is_found()
    {
        foreach (var change in new Func<MemoryRest, MemoryRest>[]
        {
            static left => left with { LastCall = left.LastCall - 1 },
            static left => left with { LastRequest = left.LastRequest + 1 },
            static left => left with { State = left.State with { LastEffect = left.State.LastEffect - 1 } },
            static left => left with { State = left.State with { LastNotice = left.State.LastNotice + 1 } },
            static left => left with { State = left.State with { Order = left.State.Order with { HighestFinished = new Rank(1) } } },
            static left => left with { State = left.State with { Order = left.State.Order with { LastTransaction = 1 } } },
        })
        {
            var script = Quiet();
            var rested = script.Rest();
            script.Entries[^1] = rested with { Left = change(rested.Left) };
            var report = await VerifyAsync(script.Entries);
            Assert.Equal(("replay", rested.Number), (report.Violation?.Rule, report.Violation?.Entry ?? 0));
        }
    }

    [Fact]
    public async Task What_is_said_to_be_left_while_something_is_open_is_found()
    {
        var script = Quiet();
        var rested = script.Rest();
        script.Entries.RemoveAt(script.Entries.Count - 1);
        script.Begin("planner");
        script.Entries.Add(rested with { Number = script.Entries.Count + 1 });
        Assert.Equal("replay", (await VerifyAsync(script.Entries)).Violation?.Rule);
    }

    [Fact]
    public async Task An_entry_that_names_another_number_is_found()
    {
        var script = Quiet();
        var rested = script.Rest();
        script.Entries[^1] = rested with { Number = rested.Number + 1 };
        Assert.Equal("ids", (await VerifyAsync(script.Entries)).Violation?.Rule);
    }

    /// <summary>Two transactions that have finished, and one that has left.</summary>
    private static JournalScript Quiet()
    {
        var script = new JournalScript();
        var (planner, reader) = (script.Begin("planner"), script.Begin("reader"));
        script.Append("planner", planner, "geo", "1");
        script.Read("reader", reader, "geo");
        script.Finish(planner);
        script.Leave(reader);
        return script;
    }

    private static JournalScript Without(Rule rule) => new(new ProtocolOptions { Rules = RuleSet.All.Without(rule) });

    private static async Task<VerifyReport> VerifyAsync(List<JournalEntry> entries) =>
        await JournalVerifier.VerifyAsync(entries.ToAsyncEnumerable(), new ManualTime(), default);

    private static void AssertBroken(string rule, long call, VerifyReport report) =>
        Assert.Equal((rule, new CallId(call)), (report.Violation?.Rule, report.Violation?.Call ?? default));
}
