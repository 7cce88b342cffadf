using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Tests.Coordination;

/// <summary>What the passing of time does to transactions: leases of idle ones, graces of gone agents.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task An_idle_transaction_expires_with_its_lease_and_not_before()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var idle = await running.BeginAsync("a");
        await running.AdvanceAsync(Lease - Moment);
        Assert.True(await running.IsOpenAsync(idle));
        await running.AdvanceAsync(Moment);
        Assert.False(await running.IsOpenAsync(idle));
        Assert.Equal(TransactionStage.Expired, Assert.Single((await running.SnapshotAsync()).Ended).Stage);
    }

    [Fact]
    public async Task A_call_renews_the_lease_from_its_end()
    {
        var world = new HeldWorld();
        await using var running = await RunningCoordinator.StartAsync(world);
        var slow = HeldWorld.Propose(running.Coordinator, "a", "get x");
        world.Hold(slow.Call.Id);
        var waiting = running.Coordinator.CallAsync(slow, default).AsTask();
        await world.BegunAsync(slow.Call.Id);
        var transaction = Assert.Single((await running.SnapshotAsync()).Open).Transaction;

        await running.AdvanceAsync(10 * Lease);
        Assert.True(await running.IsOpenAsync(transaction)); // an open call is not idle however long it takes
        world.Release(slow.Call.Id);
        await waiting;
        await running.AdvanceAsync(Lease - Moment);
        Assert.True(await running.IsOpenAsync(transaction));
        await running.AdvanceAsync(Moment + Lease);
        Assert.False(await running.IsOpenAsync(transaction));
    }

    [Fact]
    public async Task Each_transaction_has_a_lease_of_its_own()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var first = await running.BeginAsync("a");
        await running.AdvanceAsync(TimeSpan.FromMinutes(5));
        var second = await running.BeginAsync("b");
        await running.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal((false, true), (await running.IsOpenAsync(first), await running.IsOpenAsync(second)));
        await running.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.False(await running.IsOpenAsync(second));
    }

    [Theory]
    [InlineData(DisconnectPolicy.Finish, TransactionStage.Finished)]
    [InlineData(DisconnectPolicy.Abort, TransactionStage.Aborted)]
    public async Task A_gone_agents_transaction_ends_after_the_grace_as_the_policy_says(DisconnectPolicy policy, TransactionStage stage)
    {
        var world = new HeldWorld();
        await using var running = await RunningCoordinator.StartAsync(world, new CoordinatorOptions { OnDisconnect = policy });
        var gone = (await running.CallAsync("a", "put x 1")).Transaction;
        await running.Coordinator.DisconnectedAsync(gone.Agent, default);
        Assert.Equal(TransactionStage.Disconnected, (await running.SnapshotAsync()).Open[0].Stage);

        await running.AdvanceAsync(Grace - Moment);
        Assert.True(await running.IsOpenAsync(gone));
        await running.AdvanceAsync(Moment);
        await running.CallAsync("b", "get x"); // behind what is taken back
        Assert.False(await running.IsOpenAsync(gone));
        Assert.Equal(stage, Assert.Single((await running.SnapshotAsync()).Ended).Stage);
        Assert.Equal(policy == DisconnectPolicy.Finish, world.Texts.ContainsKey("x"));
    }

    [Fact]
    public async Task A_gone_agent_above_one_that_runs_leaves_an_unattended_transaction()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var low = await running.BeginAsync("low");
        var gone = (await running.CallAsync("high", "get x")).Transaction;
        await running.Coordinator.DisconnectedAsync(gone.Agent, default);
        await running.AdvanceAsync(Grace);
        Assert.Equal(TransactionStage.Unattended, (await running.SnapshotAsync()).Open[1].Stage);
        await running.CallAsync("low", "put x 1");
        Assert.Single((await running.SnapshotAsync()).Open[1].OpenNotices);
        await running.FinishAsync(low);
        var snapshot = await running.SnapshotAsync();
        Assert.Empty(snapshot.Open);
        Assert.Single(snapshot.Unattended);
    }

    [Fact]
    public async Task An_agent_that_comes_back_within_the_grace_goes_on()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var transaction = await running.BeginAsync("a");
        await running.Coordinator.DisconnectedAsync(transaction.Agent, default);
        await running.AdvanceAsync(Grace - Moment);
        await running.Coordinator.ReconnectedAsync(transaction.Agent, default);
        await running.AdvanceAsync(Grace);
        Assert.Equal(TransactionStage.Open, Assert.Single((await running.SnapshotAsync()).Open).Stage);
    }

    [Fact]
    public async Task A_call_within_the_grace_is_coming_back()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld());
        var transaction = await running.BeginAsync("a");
        await running.Coordinator.DisconnectedAsync(transaction.Agent, default);
        Assert.Equal(transaction, (await running.CallAsync("a", "get x")).Transaction);
        await running.AdvanceAsync(Grace);
        Assert.True(await running.IsOpenAsync(transaction));
    }
}
