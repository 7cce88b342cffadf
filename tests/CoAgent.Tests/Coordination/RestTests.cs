using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;
using CoAgent.Tests.Journal;

namespace CoAgent.Tests.Coordination;

/// <summary>What a daemon knows that begins to read where nothing was open (docs/decisions/0017).</summary>
public sealed class RestTests
{
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(11);
    private static readonly CoordinatorOptions Often = new() { RestAfterEntries = 1 };

    [Fact]
    public async Task What_is_left_is_written_down_where_nothing_is_open_and_there_only()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld(), Often);
        Assert.Equal(1, await RestCountAsync(running)); // the start
        var only = (await running.CallAsync("a", "put x 1")).Transaction;
        await running.SnapshotAsync();
        Assert.Equal(1, await RestCountAsync(running));
        await running.FinishAsync(only);
        await running.SnapshotAsync();
        Assert.Equal(2, await RestCountAsync(running));
    }

    [Fact]
    public async Task It_is_written_down_when_so_many_entries_have_come_since()
    {
        await using var running = await RunningCoordinator.StartAsync(new HeldWorld(), new CoordinatorOptions { RestAfterEntries = 30 });
        while (await RestCountAsync(running) < 2)
        {
            await running.FinishAsync((await running.CallAsync("a", "put x 1")).Transaction);
            await running.SnapshotAsync();
        }

        var numbers = (await Entries.AllAsync(running.Journal)).OfType<JournalEntry.Rested>().Select(static rested => rested.Number).ToArray();
        Assert.Equal(2, numbers[0]);
        Assert.InRange(numbers[1], 32, 42);
    }

    [Fact]
    public async Task Ranks_transactions_calls_and_notices_are_named_on_behind_it()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world, Often);
        var given = await first.BeginAsync("g", given: 5);
        await first.FinishAsync(given);
        await first.BeginAsync("low");
        await first.CallAsync("high", "get x");
        var low = (await first.CallAsync("low", "put x 1")).Transaction;
        var told = Assert.Single((await first.CallAsync("high", "get y")).Notices).Notice.Id;
        var high = (await first.CallAsync("high", "get z")).Transaction;
        await first.FinishAsync(low);
        await first.FinishAsync(high);
        var before = await first.SnapshotAsync();

        await using var second = await RestartAsync(first, world);
        var after = await second.SnapshotAsync();
        Assert.Equal(Dump.Of(before.Ended), Dump.Of(after.Ended));
        Assert.Equal(new Transaction(new TransactionId(4), AgentId.Create("low"), new Rank(8)), await second.BeginAsync("low"));
        Assert.Equal(5, second.Coordinator.NameCall().Number);
        Assert.IsType<BeginResult.Open>(await second.AskBeginAsync("g", given: 5)); // a rank once used says nothing any more
        await second.CallAsync("high", "get x");
        await second.CallAsync("low", "put x 2");
        Assert.True(Assert.Single((await second.CallAsync("high", "get y")).Notices).Notice.Id.Number > told.Number);
    }

    [Fact]
    public async Task An_agent_that_comes_back_is_told_what_changed_of_what_it_had_read()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world, Often);
        await first.CallAsync("reader", "put x 1");
        var read = await first.CallAsync("reader", "get x");
        await first.CallAsync("reader", "get y");
        await LeaveAsync(first, "reader");
        await first.FinishAsync((await first.CallAsync("writer", "put x 2")).Transaction);

        await using var second = await RestartAsync(first, world);
        var stale = await ToldAsync(second, "reader");
        var entry = Assert.Single(stale.Entries);
        Assert.Equal((NoticeKind.Stale, new CallId(2)), (stale.Notice.Kind, entry.Id));
        Assert.Equal(("1", "2"), (ResultText.Of(entry.Was!), ResultText.Of(entry.Now!)));
        Assert.Equal(ResultText.Of(read.Tool!), ResultText.Of(entry.Was!));
    }

    [Fact]
    public async Task What_it_had_been_told_is_still_known_where_not_all_of_an_answer_is_state()
    {
        var world = new HeldWorld { StateOf = static text => text.Split(';')[0] };
        var first = await RunningCoordinator.StartAsync(world, Often);
        await first.CallAsync("reader", "put x 1;noon");
        await first.CallAsync("reader", "get x");
        await LeaveAsync(first, "reader");
        await first.FinishAsync((await first.CallAsync("writer", "put x 2;night")).Transaction);

        await using var second = await RestartAsync(first, world);
        var entry = Assert.Single((await ToldAsync(second, "reader")).Entries);
        Assert.Equal("1;noon", ResultText.Of(entry.Was!));
        Assert.Equal("2;night", ResultText.Of(entry.Now!));
    }

    [Fact]
    public async Task Of_too_many_reads_that_wait_the_oldest_go_and_their_agent_is_told_so()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world, new CoordinatorOptions { RestAfterEntries = 1, Protocol = Unlimited });
        await first.CallAsync("early", "get x");
        await LeaveAsync(first, "early");
        for (var i = 0; i < WorkspaceMemory.LapsedReadsMax; i++)
        {
            await first.CallAsync("late", "get y");
        }

        await LeaveAsync(first, "late");
        await first.FinishAsync((await first.CallAsync("writer", "put y 2")).Transaction);

        await using var second = await RestartAsync(first, world);
        Assert.Equal(NoticeKind.Overflow, (await ToldAsync(second, "early")).Notice.Kind);
        var told = await ToldAsync(second, "late");
        Assert.Equal((NoticeKind.Stale, WorkspaceMemory.LapsedReadsMax), (told.Notice.Kind, told.Entries.Length));
    }

    [Fact]
    public async Task A_notice_that_nobody_came_for_is_still_shown()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world, Often);
        var low = await first.BeginAsync("low");
        await first.CallAsync("high", "get x");
        await first.Coordinator.DisconnectedAsync(AgentId.Create("high"), default);
        await first.AdvanceAsync(Gone);
        await first.Coordinator.ReconnectedAsync(AgentId.Create("low"), default);
        await first.CallAsync("low", "put x " + new string('1', 500));
        await first.FinishAsync(low);
        var shown = Assert.Single((await first.SnapshotAsync()).Unattended);

        await using var second = await RestartAsync(first, world);
        var again = Assert.Single((await second.SnapshotAsync()).Unattended);
        Assert.Equal((shown.Notice.Id, shown.Notice.Kind), (again.Notice.Id, again.Notice.Kind));
        Assert.Equal(Dump.Of(shown.Entries[0].Call), Dump.Of(again.Entries[0].Call));
        Assert.Equal(AgentId.Create("low"), again.Cause!.Agent);
        Assert.Equal(163, again.Cause.Request.ArgumentsUtf8.Length); // 160 bytes and an ellipsis
    }

    [Fact]
    public async Task Other_options_take_effect_at_the_start_and_stay()
    {
        var world = new HeldWorld();
        var first = await RunningCoordinator.StartAsync(world, Often);
        await first.FinishAsync((await first.CallAsync("a", "put x 1")).Transaction);
        var second = await RestartAsync(first, world, Often with { Protocol = new ProtocolOptions { Gate = GateMode.Off } });
        var open = (await second.CallAsync("a", "put x 1")).Transaction;
        await using var third = await RestartAsync(second, world);
        var rested = Assert.IsType<JournalEntry.Rested>((await Entries.SinceRestAsync(third.Journal))[0]);
        Assert.Equal((GateMode.Off, open), (rested.Options.Gate, await third.BeginAsync("a")));
    }

    private static ProtocolOptions Unlimited => new() { Limits = new ProtocolLimits { LapsedReadsMax = 10_000 } };

    private static async Task LeaveAsync(RunningCoordinator running, string agent)
    {
        await running.Coordinator.DisconnectedAsync(AgentId.Create(agent), default);
        await running.AdvanceAsync(Gone);
        Assert.Empty((await running.SnapshotAsync()).Open);
    }

    /// <summary>An agent comes back; its finish is held until all that it had read was read again.</summary>
    private static async Task<ToldNotice> ToldAsync(RunningCoordinator running, string agent) =>
        Assert.Single((await running.FinishAsync(await running.BeginAsync(agent), TimeSpan.FromHours(1))).Notices);

    private static async Task<int> RestCountAsync(RunningCoordinator running) =>
        (await Entries.AllAsync(running.Journal)).Count(static entry => entry is JournalEntry.Rested);

    /// <summary>Another daemon, over a journal that keeps nothing of what came before the latest rest.</summary>
    private static async Task<RunningCoordinator> RestartAsync(RunningCoordinator first, HeldWorld world, CoordinatorOptions? options = null)
    {
        await first.SnapshotAsync();
        await first.DisposeAsync();
        var kept = await Entries.SinceRestAsync(first.Journal);
        Assert.True(Assert.IsType<JournalEntry.Rested>(kept[0]).Number > 2 || options is not null, "the workspace has come to rest");
        return await RunningCoordinator.StartAsync(world, options ?? Often, journal: first.Journal.Crash(keepsWritten: true));
    }
}
