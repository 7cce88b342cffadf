using System.Collections.Immutable;
using System.Text;
using CoAgent.Proxy.Processes;

namespace CoAgent.Tests.Processes;

public sealed class ChildReaperTests
{
    private readonly RecordingLogger _logger = new();

    [Fact]
    public async Task Children_of_every_kind_end_when_the_daemon_is_killed()
    {
        using var daemon = ProbeProcess.Start("family");
        var family = await ReadFamilyAsync(daemon);
        Assert.Equal(10, family.Count);

        await daemon.KillAsync();

        await Eventually.TrueAsync(() => !family.Exists(member => member.IsRunning), "the end of all children");
    }

    [Fact]
    public async Task Children_of_every_kind_end_when_the_daemon_just_exits()
    {
        using var daemon = ProbeProcess.Start("family");
        var family = await ReadFamilyAsync(daemon);

        daemon.Input.Close();
        Assert.Equal(0, await daemon.ExitAsync());

        await Eventually.TrueAsync(() => !family.Exists(member => member.IsRunning), "the end of all children");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(50)]
    public async Task A_daemon_killed_while_it_starts_children_leaves_none(int startedCount)
    {
        var tag = $"COAGENT_PROBE_TAG=storm-{Environment.ProcessId}-{startedCount}";
        var tagged = new Dictionary<string, string>(StringComparer.Ordinal) { [tag.Split('=')[0]] = tag.Split('=')[1] };
        using var daemon = ProbeProcess.Start(tagged, "storm");
        for (var number = 0; number < startedCount; number++)
        {
            Assert.Equal("started", await daemon.ReadLineAsync());
        }

        await daemon.KillAsync();

        await Eventually.TrueAsync(() => ProcessesWith(tag) == 0, "the end of all children");
    }

    [Fact]
    public async Task The_reaper_ends_what_is_left_when_it_is_disposed()
    {
        var reaper = ChildReaper.Start(_logger, TimeProvider.System);
        var child = ChildProcess.Start(
            ShellChild.Running("trap '' TERM; setsid sleep 600 & echo $!; wait"), reaper, _logger, TimeProvider.System);
        var grandchild = await child.ReadProcessAsync();
        var leader = SeenProcess.Of(child.Id);

        await reaper.DisposeAsync().AsTask().Bounded();

        Assert.False(leader.IsRunning);
        Assert.False(grandchild.IsRunning);
        await child.DisposeAsync();
    }

    [Fact]
    public async Task A_reaper_that_dies_is_started_again_and_knows_the_children()
    {
        var reaper = ChildReaper.Start(_logger, TimeProvider.System);
        await using var child = ChildProcess.Start(
            ShellChild.Running("echo ready; env -i sleep 600"), reaper, _logger, TimeProvider.System);
        await child.ReadLineAsync();
        var first = SeenProcess.Of(reaper.ShellId!.Value);

        first.KillIfRunning();
        await _logger.Contains("was started again").Bounded();

        Assert.NotEqual(first.Id, reaper.ShellId!.Value);
        await reaper.DisposeAsync().AsTask().Bounded();
        await child.Exited.Bounded();
    }

    [Fact]
    public async Task A_child_that_ends_while_the_reaper_is_dead_ends_in_order()
    {
        var reaper = ChildReaper.Start(_logger, TimeProvider.System);
        var child = ChildProcess.Start(ShellChild.Running("cat"), reaper, _logger, TimeProvider.System);
        SeenProcess.Of(reaper.ShellId!.Value).KillIfRunning();

        await child.DisposeAsync().AsTask().Bounded();

        Assert.Equal(0, (await child.Exited).ExitCode);
        await reaper.DisposeAsync().AsTask().Bounded();
    }

    [Fact]
    public async Task The_reaper_outlives_the_signals_that_end_a_daemon()
    {
        await using var reaper = ChildReaper.Start(_logger, TimeProvider.System);
        var shell = SeenProcess.Of(reaper.ShellId!.Value);
        var sleeper = ChildProcess.Start(ShellChild.Running("echo ready; cat"), reaper, _logger, TimeProvider.System);
        await sleeper.ReadLineAsync();
        await Eventually.TrueAsync(() => IgnoresTerminate(shell.Id), "the reaper's traps");

        PosixSignals.SendToProcess(shell.Id, PosixSignal.Terminate);
        await sleeper.DisposeAsync();

        Assert.True(shell.IsRunning);
    }

    [Fact]
    public async Task Two_hundred_starts_and_stops_leave_no_process_and_no_descriptor()
    {
        await using var reaper = ChildReaper.Start(_logger, TimeProvider.System);
        await StartAndStopAsync(reaper, count: 5);
        var descriptorsBefore = DescriptorCount(reaper.ShellId!.Value);
        var ownPipesBefore = OwnPipeCount();

        var children = await StartAndStopAsync(reaper, count: 200);

        Assert.DoesNotContain(children, IsRunningOrUncollected);
        Assert.Equal(descriptorsBefore, DescriptorCount(reaper.ShellId!.Value));

        // Other tests of this process hold pipes too; a leak of one a child would show.
        Assert.InRange(OwnPipeCount(), 0, ownPipesBefore + 100);
    }

    private async Task<List<SeenProcess>> StartAndStopAsync(ChildReaper reaper, int count)
    {
        var seen = new List<SeenProcess>();
        for (var number = 0; number < count; number++)
        {
            var child = ChildProcess.Start(ShellChild.Running("exec cat"), reaper, _logger, TimeProvider.System);
            seen.Add(SeenProcess.Of(child.Id));
            await child.DisposeAsync().AsTask().Bounded();
        }

        return seen;
    }

    private static async Task<List<SeenProcess>> ReadFamilyAsync(ProbeProcess daemon)
    {
        var family = new List<SeenProcess>();
        while (await daemon.ReadLineAsync() is { } line && line != "ready")
        {
            family.Add(SeenProcess.Of(int.Parse(line)));
        }

        return family;
    }

    private static int ProcessesWith(string variable)
    {
        var entry = Encoding.ASCII.GetBytes(variable + "\0");
        return Directory.EnumerateDirectories("/proc").Count(directory => Carries(directory, entry));
    }

    private static bool Carries(string directory, byte[] entry)
    {
        try
        {
            return int.TryParse(Path.GetFileName(directory), out _)
                && File.ReadAllBytes(Path.Combine(directory, "environ")).AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IgnoresTerminate(int processId)
    {
        const string Key = "SigIgn:";
        var ignored = File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith(Key, StringComparison.Ordinal))[Key.Length..];
        return (Convert.ToUInt64(ignored.Trim(), 16) & (1UL << ((int)PosixSignal.Terminate - 1))) != 0;
    }

    private static bool IsRunningOrUncollected(SeenProcess process) =>
        LinuxProcess.Read(process.Id) is { } now
            && process.Stamp.Value.EndsWith($"/{now.StartTicks}", StringComparison.Ordinal);

    private static int DescriptorCount(int processId) =>
        Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Count();

    private static int OwnPipeCount() =>
        Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(entry => new FileInfo(entry).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);
}
