using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;
using CoAgent.Simulated.Journals;

namespace CoAgent.Tests.Coordination;

/// <summary>A daemon that is gone, and the next one over the same journal and the same world (protocol.md, section 9).</summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Ranks_calls_and_notices_are_still_there()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world);
        var low = await first.BeginAsync("low");
        await first.CallAsync("high", "get x");
        await first.CallAsync("low", "put x 1");
        await first.DisposeAsync();

        await using var second = await RunningCoordinator.StartAsync(world, journal: first.Journal.Crash(keepsWritten: true));
        Assert.Equal(low, await second.BeginAsync("low"));
        var gated = await second.CallAsync("high", "put y none");
        Assert.IsType<CallResult.Gated>(gated.Result);
        Assert.Equal("1", ResultText.Of(Assert.Single(Assert.Single(gated.Notices).Entries).Now!));
    }

    [Fact]
    public async Task What_was_delivered_and_not_confirmed_is_told_again_under_the_same_name()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world);
        await first.BeginAsync("low");
        await first.CallAsync("high", "get x");
        await first.CallAsync("low", "put x 1");
        var told = Assert.Single((await first.CallAsync("high", "get y")).Notices).Notice;
        await first.DisposeAsync();

        await using var second = await RunningCoordinator.StartAsync(world, journal: first.Journal.Crash(keepsWritten: true));
        var again = Assert.Single((await second.CallAsync("high", "get z")).Notices).Notice;
        Assert.Equal((told.Id, NoticeKind.Stale), (again.Id, again.Kind));
    }

    [Fact]
    public async Task A_write_whose_outcome_was_lost_is_taken_back_and_its_agent_can_make_it_again()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world);
        await first.CallAsync("a", "put x 0");
        var slow = HeldWorld.Propose(first.Coordinator, "a", "add x 1");
        world.Hold(slow.Call.Id);
        var lost = first.Coordinator.CallAsync(slow, default).AsTask();
        await world.BegunAsync(slow.Call.Id).WaitAsync(Bound);
        var stopping = first.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<CoordinatorStoppedException>(() => lost.WaitAsync(Bound));
        world.Release(slow.Call.Id); // its tool ends when nobody is there to hear it
        await stopping.WaitAsync(Bound);
        Assert.Equal("01", world.Texts["x"]);

        await using var second = await RunningCoordinator.StartAsync(world, journal: first.Journal.Crash(keepsWritten: true));
        Assert.Equal("0", ResultText.Of((await second.CallAsync("a", "get x")).Tool!));
        await second.CallAsync("a", "add x 1");
        Assert.Equal("01", world.Texts["x"]);
    }

    [Fact]
    public async Task What_was_shown_rests_on_what_the_next_daemon_finds()
    {
        var world = new HeldWorld();
        await using var first = await RunningCoordinator.StartAsync(world);
        var ahead = HeldWorld.Propose(first.Coordinator, "a", "add x 1");
        world.Hold(ahead.Call.Id);
        _ = first.Coordinator.CallAsync(ahead, default).AsTask();
        await world.BegunAsync(ahead.Call.Id).WaitAsync(Bound);
        var behind = HeldWorld.Propose(first.Coordinator, "a", "add x 2");
        _ = first.Coordinator.CallAsync(behind, default).AsTask();
        var transaction = (await first.Coordinator.OpenTransactionOfAsync(AgentId.Create("a"), default))!.Id;
        var shown = await first.Coordinator.CallsAsync(transaction, default);
        var found = await first.Journal.Crash(keepsWritten: true).ReadAllAsync(default).OfType<JournalEntry.Proposed>().ToListAsync();
        world.Release(ahead.Call.Id);

        Assert.Contains(shown, status => status.Call.Id == behind.Call.Id);
        Assert.Contains(found, entry => entry.Input.Call == behind.Call.Id);
    }

    [Fact]
    public async Task What_was_folded_is_not_brought_back()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world);
        var done = (await first.CallAsync("a", "put x 1")).Transaction;
        await first.FinishAsync(done);
        await first.DisposeAsync();

        await using var second = await RunningCoordinator.StartAsync(world, journal: first.Journal.Crash(keepsWritten: true));
        var snapshot = await second.SnapshotAsync();
        Assert.Empty(snapshot.Open);
        Assert.Equal(done, Assert.Single(snapshot.Ended).Transaction);
        var next = (await second.CallAsync("a", "put x 2")).Transaction;
        Assert.Equal((new Rank(2), new TransactionId(2)), (next.Rank, next.Id));
    }

    [Fact]
    public async Task Other_options_take_effect_where_nothing_is_open()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world);
        await first.FinishAsync((await first.CallAsync("a", "put x 1")).Transaction);
        await first.DisposeAsync();

        var options = new CoordinatorOptions { Protocol = new ProtocolOptions { Gate = GateMode.Off } };
        await using var second = await RunningCoordinator.StartAsync(world, options, journal: first.Journal.Crash(keepsWritten: true));
        await second.BeginAsync("low");
        await second.CallAsync("high", "get x");
        await second.CallAsync("low", "put x 2");
        Assert.IsType<CallResult.Applied>((await second.CallAsync("high", "put y 1")).Result);
    }

    [Fact]
    public async Task Starting_twice_in_the_middle_of_it_changes_nothing()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world);
        await first.CallAsync("a", "put x 1");
        await first.DisposeAsync();
        var journal = first.Journal.Crash(keepsWritten: true);
        for (var i = 0; i < 3; i++)
        {
            var next = await RunningCoordinator.StartAsync(world, journal: journal);
            await next.SnapshotAsync();
            await next.DisposeAsync();
            journal = next.Journal.Crash(keepsWritten: true);
        }

        Assert.Equal("1", world.Texts["x"]);
        Assert.DoesNotContain(world.Log, line => line.StartsWith("invert", StringComparison.Ordinal));
    }
}
