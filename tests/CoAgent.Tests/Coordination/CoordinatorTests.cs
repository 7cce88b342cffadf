using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;
using CoAgent.Simulated.Journals;
using CoAgent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Coordination;

public sealed class CoordinatorTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_agent_begins_once_and_goes_on_with_what_is_open()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var first = Assert.IsType<BeginResult.Open>(await running.AskBeginAsync("a"));
        var second = Assert.IsType<BeginResult.Open>(await running.AskBeginAsync("a"));
        Assert.Equal((true, false), (first.IsNew, second.IsNew));
        Assert.Equal(first.Transaction, second.Transaction);
    }

    [Fact]
    public async Task Sixty_four_agents_at_once_get_sixty_four_ranks()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var begun = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => running.BeginAsync($"a{i}"))));
        Assert.Equal(Enumerable.Range(1, 64).Select(i => (long)i), begun.Select(transaction => transaction.Rank.Value).Order());
    }

    [Fact]
    public async Task A_refused_rank_says_why()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        await running.BeginAsync("a", given: 3);
        var refused = Assert.IsType<BeginResult.Refused>(await running.AskBeginAsync("b", given: 3));
        Assert.Equal(RankRefusalReason.Taken, refused.Refusal.Reason);
    }

    [Fact]
    public async Task One_transaction_more_than_the_limit_is_refused_until_one_ends()
    {
        var limits = new ProtocolLimits { TransactionsMax = 2 };
        await using var running = await RunningCoordinator.StartAsync(
            new HeldWorld(), new CoordinatorOptions { Protocol = new ProtocolOptions { Limits = limits } });
        var first = await running.BeginAsync("a");
        await running.BeginAsync("b");
        var full = Assert.IsType<BeginResult.Full>(await running.AskBeginAsync("c"));
        Assert.Contains("openTransactionsMax", full.Message, StringComparison.Ordinal);
        Assert.IsType<FinishResult.Finished>((await running.FinishAsync(first)).Result);
        Assert.Equal(3, (await running.BeginAsync("c")).Rank.Value);
    }

    [Fact]
    public async Task A_finished_transactions_agent_begins_anew()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var first = (await running.CallAsync("a", "put x 1")).Transaction;
        Assert.IsType<FinishResult.Finished>((await running.FinishAsync(first)).Result);
        Assert.Equal(2, (await running.CallAsync("a", "put x 2")).Transaction.Rank.Value);
        Assert.IsType<FinishResult.NotOpen>((await running.FinishAsync(first)).Result);
    }

    [Fact]
    public async Task Calls_are_named_once_in_the_workspace_and_numbered_in_their_transaction()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        string[] agents = ["a", "b"];
        var answers = await Task.WhenAll(agents.SelectMany(agent =>
            Enumerable.Range(0, 50).Select(i => Task.Run(() => running.CallAsync(agent, $"get {agent}{i}")))));
        Assert.Equal(100, answers.Select(answer => answer.Position).Distinct().Count());
        foreach (var own in answers.GroupBy(answer => answer.Transaction.Agent))
        {
            Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), own.Select(answer => answer.Position!.Value.Number).Order());
        }
    }

    [Fact]
    public async Task A_slow_tool_does_not_hold_up_a_call_on_other_objects()
    {
        var world = new HeldWorld();
        await using var running = await RunningCoordinator.StartAsync(world);
        var slow = HeldWorld.Propose(running.Coordinator, "a", "put x 1");
        world.Hold(slow.Call.Id);
        var waiting = running.Coordinator.CallAsync(slow, default).AsTask();
        await world.BegunAsync(slow.Call.Id).WaitAsync(Bound);
        Assert.IsType<CallResult.Applied>((await running.CallAsync("b", "put y 2")).Result);
        Assert.False(waiting.IsCompleted);
        world.Release(slow.Call.Id);
        Assert.IsType<CallResult.Applied>(Assert.IsType<CallAnswer.Decided>(await waiting.WaitAsync(Bound)).Result);
    }

    [Fact]
    public async Task A_late_write_lands_below_the_later_one_and_its_reader_is_told_both_values()
    {
        var world = new HeldWorld();
        await using var running = await RunningCoordinator.StartAsync(world);
        var low = await running.BeginAsync("low");
        Assert.Equal("", ResultText.Of((await running.CallAsync("high", "get x")).Tool!));
        await running.CallAsync("high", "add y h");
        await running.CallAsync("low", "put x 1");
        await running.CallAsync("low", "add y l");
        Assert.Equal("lh", world.Texts["y"]);

        var gated = await running.CallAsync("high", "put z none");
        Assert.IsType<CallResult.Gated>(gated.Result);
        var told = Assert.Single(gated.Notices);
        var entry = Assert.Single(told.Entries);
        Assert.Equal((NoticeKind.Stale, "", "1"), (told.Notice.Kind, ResultText.Of(entry.Was!), ResultText.Of(entry.Now!)));
        Assert.Equal(("low", "put"), (told.Cause!.Agent.Value, told.Cause.Request.Tool));
        Assert.Equal("add", Assert.Single(told.Candidates).Request.Tool);
        Assert.Equal("texts:x", Assert.Single(entry.Objects).ToString());
        Assert.IsType<FinishResult.Finished>((await running.FinishAsync(low)).Result);
    }

    [Fact]
    public async Task A_finish_is_held_until_the_lower_rank_has_finished()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var (low, high) = (await running.BeginAsync("low"), await running.BeginAsync("high"));
        var held = running.FinishAsync(high, TimeSpan.FromMinutes(1));
        await running.SnapshotAsync();
        Assert.False(held.IsCompleted);
        await running.FinishAsync(low);
        Assert.IsType<FinishResult.Finished>((await held).Result);
    }

    [Fact]
    public async Task A_held_finish_is_answered_with_what_is_missing_when_its_wait_is_over()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var (low, high) = (await running.BeginAsync("low"), await running.BeginAsync("high"));
        var held = running.FinishAsync(high, TimeSpan.FromSeconds(20));
        await running.AdvanceAsync(TimeSpan.FromSeconds(20) - TimeSpan.FromMilliseconds(1));
        Assert.False(held.IsCompleted);
        await running.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(low.Rank, Assert.Single(Assert.IsType<FinishResult.Waiting>((await held).Result).Ranks));
    }

    [Fact]
    public async Task A_held_finish_is_reopened_by_a_late_notice()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        await running.BeginAsync("low");
        var high = (await running.CallAsync("high", "get x")).Transaction;
        var held = running.FinishAsync(high, TimeSpan.FromMinutes(1));
        await running.CallAsync("low", "put x 1");
        Assert.Single((await held).Notices);
    }

    [Fact]
    public async Task Who_gave_up_waiting_is_told_again_what_its_answer_would_have_told()
    {
        var world = new HeldWorld();
        await using var running = await RunningCoordinator.StartAsync(world);
        await running.BeginAsync("low");
        await running.CallAsync("high", "get x");
        var slow = HeldWorld.Propose(running.Coordinator, "high", "get y");
        world.Hold(slow.Call.Id);
        using var gone = new CancellationTokenSource();
        var waiting = running.Coordinator.CallAsync(slow, gone.Token).AsTask();
        await world.BegunAsync(slow.Call.Id).WaitAsync(Bound);
        await running.CallAsync("low", "put x 1");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        world.Release(slow.Call.Id);
        Assert.Single((await running.CallAsync("high", "get z")).Notices);
    }

    [Fact]
    public async Task A_snapshot_shows_who_runs_in_rank_order_and_who_ended()
    {
        var order = DeclaredOrder.Create([new("planner", Await: true), new("*")]);
        await using var running = await RunningCoordinator.StartAsync(
            new HeldWorld(), new CoordinatorOptions { Protocol = new ProtocolOptions { Order = order } });
        await running.BeginAsync("x", given: 5);
        await running.BeginAsync("y", given: 3);
        var open = (await running.SnapshotAsync()).Open;
        Assert.Equal(["y", "x"], open.Select(status => status.Transaction.Agent.Value));
        Assert.Equal([1, 3], open[1].RanksBefore.Select(rank => rank.Value));
        Assert.Equal((TransactionStage.Open, ManualTime.Start), (open[1].Stage, open[1].StartedAt));

        var planner = await running.BeginAsync("planner");
        running.Time.Advance(TimeSpan.FromSeconds(1));
        await running.FinishAsync(planner);
        var snapshot = await running.SnapshotAsync();
        var ended = Assert.Single(snapshot.Ended);
        Assert.Equal(("planner", TransactionStage.Finished), (ended.Transaction.Agent.Value, ended.Stage));
        Assert.Equal((ManualTime.Start.AddSeconds(1), planner.Rank), (ended.EndedAt, snapshot.HighestFinished));
    }

    [Fact]
    public async Task Only_the_latest_ended_are_shown()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld(), new CoordinatorOptions { ShownEndedMax = 2 });
        foreach (var agent in new[] { "a", "b", "c" })
        {
            await running.FinishAsync(await running.BeginAsync(agent));
        }

        Assert.Equal(["b", "c"], (await running.SnapshotAsync()).Ended.Select(status => status.Transaction.Agent.Value));
    }

    [Fact]
    public async Task A_stopped_coordinator_says_so()
    {
        var running = await RunningCoordinator.StartAsync(new HeldWorld());
        await running.DisposeAsync();
        var stopped = await Assert.ThrowsAsync<CoordinatorStoppedException>(() => running.SnapshotAsync());
        Assert.Contains("going down", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_fails_ends_the_run_and_fails_what_waits()
    {
        var journal = new MemoryJournal(() => throw new IOException("The disk is full."));
        await Assert.ThrowsAnyAsync<Exception>(() => Coordinator.OpenAsync(
            new CoordinatorOptions(), journal, new HeldWorld(), new ManualTime(), NullLoggerFactory.Instance, default));
    }

    [Fact]
    public async Task A_coordinator_runs_once()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        await Assert.ThrowsAsync<InvalidOperationException>(() => running.Coordinator.RunAsync(default));
    }
}
