using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Simulated.Journals;
using CoAgent.Tests.Journal;

namespace CoAgent.Tests.Coordination;

/// <summary>The next daemon runs in another boot of the machine: the end of its journal may be missing (docs/decisions/0016).</summary>
public sealed class PowerLossTests
{
    [Fact]
    public async Task An_agent_that_was_there_is_told_once_that_reads_may_be_forgotten()
    {
        var world = new HeldWorld();
        var first = await StartAsync(world, "boot 1");
        await first.CallAsync("a", "put x 1"); // flushed
        await first.CallAsync("a", "get x"); // written, and lost
        await first.SnapshotAsync();
        var cut = first.Journal.Crash(keepsWritten: false);
        Assert.DoesNotContain(await Entries.AllAsync(cut), static entry => entry is JournalEntry.Proposed { Input.Declaration.IsRead: true });
        await first.DisposeAsync();

        var second = await StartAsync(world, "boot 2", cut);
        var told = Assert.Single((await second.CallAsync("a", "get y")).Notices).Notice;
        Assert.Equal((NoticeKind.Overflow, NoticeCause.PowerLoss), (told.Kind, told.Cause));
        Assert.Empty((await second.CallAsync("a", "get z")).Notices);
        await second.SnapshotAsync();
        await second.DisposeAsync();

        await using var third = await StartAsync(world, "boot 2", second.Journal.Crash(keepsWritten: true));
        Assert.DoesNotContain((await third.CallAsync("a", "get y")).Notices, static told => told.Notice.Kind == NoticeKind.Overflow);
    }

    [Fact]
    public async Task A_daemon_that_is_killed_before_it_has_told_it_leaves_that_to_the_next()
    {
        var world = new HeldWorld();
        var first = await StartAsync(world, "boot 1");
        await first.CallAsync("a", "put x 1");
        await first.DisposeAsync();
        var second = await StartAsync(world, "boot 2", first.Journal.Crash(keepsWritten: true));
        await second.SnapshotAsync();
        await second.DisposeAsync();
        var cut = await CutBeforeAsync(second.Journal, static entry => entry is JournalEntry.Taken { Input: CoAgent.Protocol.Input.PowerLost });

        await using var third = await StartAsync(world, "boot 2", cut);
        Assert.Equal(NoticeCause.PowerLoss, Assert.Single((await third.CallAsync("a", "get y")).Notices).Notice.Cause);
    }

    [Theory]
    [InlineData("boot 1", "boot 1")]
    [InlineData("", "boot 1")]
    [InlineData("boot 1", "")]
    public async Task In_the_same_boot_or_an_unknown_one_nobody_is_told(string before, string after)
    {
        var world = new HeldWorld();
        var first = await StartAsync(world, before);
        await first.CallAsync("a", "put x 1");
        await first.DisposeAsync();
        await using var second = await StartAsync(world, after, first.Journal.Crash(keepsWritten: true));
        Assert.Empty((await second.CallAsync("a", "get y")).Notices);
    }

    [Fact]
    public async Task Who_had_left_before_and_who_begins_after_are_not_told()
    {
        var world = new HeldWorld();
        var first = await StartAsync(world, "boot 1");
        await first.BeginAsync("low");
        await first.CallAsync("left", "get x");
        await first.Coordinator.DisconnectedAsync(AgentId.Create("left"), default);
        await first.AdvanceAsync(TimeSpan.FromSeconds(11));
        await first.BeginAsync("there");
        await first.SnapshotAsync();
        await first.DisposeAsync();

        await using var second = await StartAsync(world, "boot 2", first.Journal.Crash(keepsWritten: true));
        var open = (await second.SnapshotAsync()).Open.ToDictionary(static status => status.Transaction.Agent.Value);
        Assert.Empty(open["left"].OpenNotices);
        Assert.Equal(NoticeCause.PowerLoss, Assert.Single(open["there"].OpenNotices).Notice.Cause);
        Assert.Empty((await second.CallAsync("new", "get y")).Notices);
    }

    private static Task<RunningCoordinator> StartAsync(HeldWorld world, string boot, MemoryJournal? journal = null) =>
        RunningCoordinator.StartAsync(world, new CoordinatorOptions { BootId = boot }, journal: journal);

    private static async Task<MemoryJournal> CutBeforeAsync(MemoryJournal journal, Predicate<JournalEntry> isFirstLost)
    {
        var cut = new MemoryJournal();
        foreach (var entry in (await Entries.AllAsync(journal.Crash(keepsWritten: true))).TakeWhile(entry => !isFirstLost(entry)))
        {
            await cut.AppendAsync(entry, Persistence.Written);
        }

        return cut;
    }
}
