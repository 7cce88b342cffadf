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
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");

        await running.AdvanceAsync(Lease - Moment);
        Assert.False(handle.IsEnded);
        await running.AdvanceAsync(Moment);

        Assert.True(handle.IsEnded);
        Assert.Equal(TransactionState.Expired, await EndOfAsync(running));
    }

    [Fact]
    public async Task A_call_renews_the_lease_from_its_end()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        await running.AdvanceAsync(TimeSpan.FromMinutes(10));
        handle.NextCall();
        handle.EndCall();

        await running.AdvanceAsync(Lease - Moment);
        Assert.False(handle.IsEnded);
        await running.AdvanceAsync(Moment);

        Assert.True(handle.IsEnded);
    }

    [Fact]
    public async Task An_open_call_is_not_idle_however_long_it_takes()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        handle.NextCall();

        await running.AdvanceAsync(10 * Lease);
        Assert.False(handle.IsEnded);
        handle.EndCall();
        await running.AdvanceAsync(Lease - Moment);
        Assert.False(handle.IsEnded);
        await running.AdvanceAsync(Moment);

        Assert.True(handle.IsEnded);
    }

    [Fact]
    public async Task Each_transaction_has_a_lease_of_its_own()
    {
        await using var running = new RunningCoordinator();
        var first = await running.BeginAsync("a");
        await running.AdvanceAsync(TimeSpan.FromMinutes(5));
        var second = await running.BeginAsync("b");

        await running.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.True(first.IsEnded);
        Assert.False(second.IsEnded);
        await running.AdvanceAsync(TimeSpan.FromMinutes(5));

        Assert.True(second.IsEnded);
    }

    [Theory]
    [InlineData(DisconnectPolicy.Finish, TransactionState.Finished)]
    [InlineData(DisconnectPolicy.Abort, TransactionState.Aborted)]
    public async Task A_gone_agents_transaction_ends_after_the_grace_as_the_policy_says(
        DisconnectPolicy policy, TransactionState state)
    {
        await using var running = new RunningCoordinator(new CoordinatorOptions { OnDisconnect = policy });
        var handle = await running.BeginAsync("a");
        await running.DisconnectAsync("a");
        Assert.Equal(TransactionState.Disconnected, (await running.SnapshotAsync()).Open[0].State);

        await running.AdvanceAsync(Grace - Moment);
        Assert.False(handle.IsEnded);
        await running.AdvanceAsync(Moment);

        Assert.True(handle.IsEnded);
        Assert.Equal(state, await EndOfAsync(running));
    }

    [Fact]
    public async Task A_gone_agents_open_calls_do_not_keep_its_transaction()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        handle.NextCall();
        await running.DisconnectAsync("a");
        await running.AdvanceAsync(TimeSpan.FromSeconds(5));
        handle.EndCall();

        await running.AdvanceAsync(TimeSpan.FromSeconds(5));

        Assert.True(handle.IsEnded);
    }

    [Fact]
    public async Task An_agent_that_comes_back_within_the_grace_goes_on()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        await running.DisconnectAsync("a");
        await running.AdvanceAsync(Grace - Moment);
        await running.ReconnectAsync("a");

        await running.AdvanceAsync(Grace);

        Assert.False(handle.IsEnded);
        Assert.Equal(TransactionState.Open, (await running.SnapshotAsync()).Open[0].State);
    }

    [Fact]
    public async Task A_begin_within_the_grace_is_coming_back()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        await running.DisconnectAsync("a");
        Assert.Same(handle, await running.BeginAsync("a"));

        await running.AdvanceAsync(Grace);

        Assert.False(handle.IsEnded);
    }

    [Fact]
    public async Task An_agent_that_calls_in_another_way_is_not_gone()
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("a");
        await running.DisconnectAsync("a");
        handle.NextCall();
        handle.EndCall();

        await running.AdvanceAsync(Grace);

        Assert.False(handle.IsEnded);
    }

    [Fact]
    public async Task Without_a_grace_a_disconnect_ends_at_once()
    {
        await using var running = new RunningCoordinator(new CoordinatorOptions { DisconnectGrace = TimeSpan.Zero });
        var handle = await running.BeginAsync("a");
        await running.DisconnectAsync("a");

        await running.AdvanceAsync(TimeSpan.Zero);

        Assert.True(handle.IsEnded);
    }

    [Fact]
    public async Task A_disconnect_of_an_agent_without_a_transaction_changes_nothing()
    {
        await using var running = new RunningCoordinator();
        await running.DisconnectAsync("a");
        await running.AdvanceAsync(Grace);
        var handle = await running.BeginAsync("a");

        await running.AdvanceAsync(Grace);

        Assert.False(handle.IsEnded);
    }

    private static async Task<TransactionState> EndOfAsync(RunningCoordinator running) =>
        Assert.Single((await running.SnapshotAsync()).Ended).State;
}
