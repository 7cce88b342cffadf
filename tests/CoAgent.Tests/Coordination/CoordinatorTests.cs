using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Coordination;

public sealed class CoordinatorTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_agent_begins_once_and_goes_on_with_what_is_open()
    {
        await using var running = new RunningCoordinator();

        var first = Assert.IsType<BeginResult.Open>(await running.AskBeginAsync("a"));
        var second = Assert.IsType<BeginResult.Open>(await running.AskBeginAsync("a"));

        Assert.True(first.IsNew);
        Assert.False(second.IsNew);
        Assert.Same(first.Handle, second.Handle);
    }

    [Fact]
    public async Task Sixty_four_agents_at_once_get_sixty_four_ranks()
    {
        await using var running = new RunningCoordinator();

        var handles = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => running.BeginAsync($"a{i}"))));

        Assert.Equal(Enumerable.Range(1, 64).Select(i => (long)i), handles.Select(handle => handle.Transaction.Rank.Value).Order());
    }

    [Fact]
    public async Task A_refused_rank_says_why()
    {
        await using var running = new RunningCoordinator();
        await running.BeginAsync("a", given: 3);

        var refused = Assert.IsType<BeginResult.Refused>(await running.AskBeginAsync("b", given: 3));

        Assert.Equal(RankRefusalReason.Taken, refused.Refusal.Reason);
    }

    [Fact]
    public async Task One_transaction_more_than_the_limit_is_refused_until_one_ends()
    {
        await using var running = new RunningCoordinator(new CoordinatorOptions { OpenTransactionsMax = 2 });
        var first = await running.BeginAsync("a");
        await running.BeginAsync("b");

        var full = Assert.IsType<BeginResult.Full>(await running.AskBeginAsync("c"));

        Assert.Contains("openTransactionsMax", full.Message, StringComparison.Ordinal);
        await running.FinishAsync(first.Transaction.Id);
        Assert.Equal(3, (await running.BeginAsync("c")).Transaction.Rank.Value);
    }

    [Fact]
    public async Task A_finished_transaction_takes_no_calls_and_its_agent_begins_anew()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        handle.NextCall();

        var finished = Assert.IsType<FinishResult.Finished>(await running.FinishAsync(handle.Transaction.Id));

        Assert.Equal(TransactionState.Finished, finished.Status.State);
        Assert.Equal(1, finished.Status.OpenCallCount);
        Assert.Null(handle.NextCall());
        Assert.True(handle.IsEnded);
        Assert.Equal(2, (await running.BeginAsync("a")).Transaction.Rank.Value);
        Assert.IsType<FinishResult.NotOpen>(await running.FinishAsync(handle.Transaction.Id));
    }

    [Fact]
    public async Task Calls_are_named_once_in_the_workspace_and_numbered_in_their_transaction()
    {
        await using var running = new RunningCoordinator();
        var handles = new[] { await running.BeginAsync("a"), await running.BeginAsync("b") };

        var calls = await Task.WhenAll(handles.SelectMany(handle => Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 500).Select(_ => Call(handle)).ToArray()))));

        var all = calls.SelectMany(call => call).ToArray();
        Assert.Equal(4000, all.Select(call => call.Id).Distinct().Count());
        Assert.Equal(4000, all.Select(call => call.Position).Distinct().Count());
        Assert.Equal(4000, all.Max(call => call.Id.Number));
        Assert.All(handles, handle => Assert.Equal((2000, 0), (handle.CallCount, handle.OpenCallCount)));

        static StartedCall Call(TransactionHandle handle)
        {
            var call = handle.NextCall()!.Value;
            handle.EndCall();
            return call;
        }
    }

    [Fact]
    public async Task A_call_that_was_not_started_cannot_end()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");

        Assert.Throws<InvalidOperationException>(handle.EndCall);
        await running.FinishAsync(handle.Transaction.Id);
        Assert.Throws<InvalidOperationException>(handle.EndCall);
    }

    [Fact]
    public async Task A_snapshot_shows_who_runs_in_rank_order_and_who_ended()
    {
        var order = DeclaredOrder.Create([new("planner", Await: true), new("*")]);
        await using var running = new RunningCoordinator(new CoordinatorOptions { Order = order });
        var x = await running.BeginAsync("x", given: 5);
        x.NextCall();
        await running.BeginAsync("y", given: 3);
        var beforeTheFinish = (await running.SnapshotAsync()).Open[1];
        running.Time.Advance(TimeSpan.FromSeconds(1));
        await running.FinishAsync((await running.BeginAsync("z")).Transaction.Id);

        var snapshot = await running.SnapshotAsync();

        Assert.Equal(["y", "x"], snapshot.Open.Select(status => status.Transaction.Agent.Value));
        Assert.Equal((1, 1), (snapshot.Open[1].CallCount, snapshot.Open[1].OpenCallCount));
        Assert.Equal([1, 3], beforeTheFinish.RanksBefore.Select(rank => rank.Value));
        Assert.Equal(ManualTime.Start, snapshot.Open[1].StartedAt);
        var ended = Assert.Single(snapshot.Ended);
        Assert.Equal(("z", TransactionState.Finished), (ended.Transaction.Agent.Value, ended.State));
        Assert.Equal(ManualTime.Start.AddSeconds(1), ended.EndedAt);
        Assert.Equal(new Rank(6), snapshot.HighestFinished);
    }

    [Fact]
    public async Task Only_the_latest_ended_are_shown()
    {
        await using var running = new RunningCoordinator(new CoordinatorOptions { ShownEndedMax = 2 });
        foreach (var agent in new[] { "a", "b", "c" })
        {
            await running.FinishAsync((await running.BeginAsync(agent)).Transaction.Id);
        }

        var snapshot = await running.SnapshotAsync();

        Assert.Equal(["b", "c"], snapshot.Ended.Select(status => status.Transaction.Agent.Value));
    }

    [Fact]
    public async Task A_stopped_coordinator_says_so()
    {
        var running = new RunningCoordinator();
        await running.DisposeAsync();

        var stopped = await Assert.ThrowsAsync<CoordinatorStoppedException>(() => running.SnapshotAsync());

        Assert.Contains("going down", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_fails_what_still_waits()
    {
        using var stop = new CancellationTokenSource();
        var coordinator = new Coordinator(new CoordinatorOptions { QueueInputsMax = 1 }, new ManualTime());
        var queued = coordinator.SnapshotAsync(default).AsTask();
        var outside = coordinator.SnapshotAsync(default).AsTask();
        await stop.CancelAsync();

        await coordinator.RunAsync(stop.Token).WaitAsync(Bound);

        await Assert.ThrowsAsync<CoordinatorStoppedException>(() => queued.WaitAsync(Bound));
        await Assert.ThrowsAsync<CoordinatorStoppedException>(() => outside.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_fault_ends_the_run_and_fails_every_question()
    {
        var time = new BrokenTime();
        var coordinator = new Coordinator(new CoordinatorOptions(), time);
        var asked = coordinator.BeginAsync(AgentId.Create("a"), given: null, default).AsTask();
        var waiting = coordinator.SnapshotAsync(default).AsTask();

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => coordinator.RunAsync(default).WaitAsync(Bound));

        foreach (var question in new[] { (Task)asked, waiting, coordinator.SnapshotAsync(default).AsTask() })
        {
            var stopped = await Assert.ThrowsAsync<CoordinatorStoppedException>(() => question.WaitAsync(Bound));
            Assert.Contains("start the daemon again", stopped.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_full_queue_holds_who_posts_and_a_token_frees_him()
    {
        using var giveUp = new CancellationTokenSource();
        var coordinator = new Coordinator(new CoordinatorOptions { QueueInputsMax = 1 }, new ManualTime());
        var queued = coordinator.SnapshotAsync(default).AsTask();
        var held = coordinator.SnapshotAsync(giveUp.Token).AsTask();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held.WaitAsync(Bound));

        using var stop = new CancellationTokenSource();
        var run = coordinator.RunAsync(stop.Token);
        Assert.Empty((await queued.WaitAsync(Bound)).Open);
        await stop.CancelAsync();
        await run.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_coordinator_runs_once()
    {
        await using var running = new RunningCoordinator();

        await Assert.ThrowsAsync<InvalidOperationException>(() => running.Coordinator.RunAsync(default));
    }

    /// <summary>A clock that fails when it is read.</summary>
    private sealed class BrokenTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new TimeZoneNotFoundException("The clock is broken.");
    }
}
