using System.Runtime.Versioning;
using CoAgent.Proxy.Processes;
using CoAgent.Proxy.Workspaces;
using CoAgent.Tests.Processes;

namespace CoAgent.Tests.Workspaces;

[SupportedOSPlatform("linux")]
public sealed class DaemonLauncherTests : IDisposable
{
    private readonly TemporaryWorkspace _workspace = new();
    private readonly DaemonLauncher _launcher = new(new RecordingLogger(), TimeProvider.System);

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_daemon_is_started_when_none_runs_and_found_when_one_does()
    {
        var started = await EnsureAsync();
        var found = await EnsureAsync();

        Assert.Equal(started, found);
        Assert.Equal([started.Pid], _workspace.Starts);
    }

    [Fact]
    public async Task A_started_daemon_is_nobodys_child_and_holds_nothing_of_ours()
    {
        var daemon = await EnsureAsync();

        var stat = await File.ReadAllTextAsync($"/proc/{daemon.Pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        Assert.NotEqual(Environment.ProcessId, int.Parse(fields[1]));
        Assert.Equal($"{daemon.Pid}", fields[3]);
        Assert.Equal("/dev/null", LinkOf(daemon.Pid, 0));
        Assert.Equal(_workspace.Folder.LogFile, LinkOf(daemon.Pid, 1));
        Assert.Equal(_workspace.Folder.LogFile, LinkOf(daemon.Pid, 2));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_workspace.Folder.LogFile));
    }

    [Fact]
    public async Task A_daemon_started_by_a_child_outlives_that_child()
    {
        var logger = new RecordingLogger();
        await using var reaper = ChildReaper.Start(logger, TimeProvider.System);
        var client = ChildProcess.Start(
            ShellChild.Running("") with { Command = ProbeProcess.File, Arguments = ["ensure", _workspace.Root] },
            reaper, logger, TimeProvider.System);
        await client.Input.WriteAsync("go\n"u8.ToArray());
        var daemon = await client.ReadProcessAsync();

        await client.DisposeAsync();

        Assert.True(daemon.IsRunning);
    }

    [Fact]
    public async Task Ten_processes_that_ask_at_once_start_exactly_one_daemon()
    {
        var clients = Enumerable.Range(0, 10).Select(_ => ProbeProcess.Start("ensure", _workspace.Root)).ToList();
        try
        {
            foreach (var client in clients)
            {
                await client.Input.WriteLineAsync("go");
                await client.Input.FlushAsync();
            }

            var answers = await Task.WhenAll(clients.Select(client => client.ReadLineAsync()));

            var daemon = Assert.Single(_workspace.Starts);
            Assert.All(answers, answer => Assert.Equal($"{daemon}", answer));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Ten_tasks_that_ask_at_once_start_exactly_one_daemon()
    {
        var records = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(EnsureAsync))).Bounded();

        var daemon = Assert.Single(_workspace.Starts);
        Assert.All(records, record => Assert.Equal(daemon, record.Pid));
    }

    [Fact]
    public async Task A_killed_daemon_is_replaced_whatever_it_left()
    {
        var killed = await EnsureAsync();
        SeenProcess.Of(killed.Pid).KillIfRunning();
        await Eventually.TrueAsync(() => !killed.IsRunning(), "the end of the daemon");

        var replacement = await EnsureAsync();

        Assert.NotEqual(killed.Pid, replacement.Pid);
        Assert.Equal([killed.Pid, replacement.Pid], _workspace.Starts);
    }

    [Fact]
    public async Task A_record_that_names_a_live_process_which_is_no_daemon_is_not_believed()
    {
        TemporaryWorkspace.Record(_workspace.Folder, Environment.ProcessId, "earlier").Write(_workspace.Folder);
        Assert.Null(await DaemonLauncher.FindAsync(_workspace.Folder, CancellationToken.None));

        Assert.Equal([(await EnsureAsync()).Pid], _workspace.Starts);
    }

    [Fact]
    public async Task A_broken_record_does_not_keep_a_daemon_from_starting()
    {
        await File.WriteAllTextAsync(_workspace.Folder.RecordFile, "{");

        Assert.Equal([(await EnsureAsync()).Pid], _workspace.Starts);
    }

    [Fact]
    public async Task A_daemon_that_dies_at_its_start_tells_its_last_lines()
    {
        await File.WriteAllTextAsync(_workspace.Folder.LogFile, "of an earlier daemon\n");

        var failure = await Assert.ThrowsAsync<WorkspaceException>(() => EnsureAsync("dies"));

        Assert.Equal(
            $"The daemon of '{_workspace.Root}' ended at once. The last lines of '{_workspace.Folder.LogFile}':\n"
            + "the probe has nothing to live for",
            failure.Message);
    }

    [Fact]
    public async Task A_daemon_that_cannot_be_executed_is_told_from_its_log()
    {
        var failure = await Assert.ThrowsAsync<WorkspaceException>(() => EnsureAsync(
            new DaemonCommand("/no/such/coagent", [])));

        Assert.Contains("/no/such/coagent: not found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_is_never_ready_is_not_waited_for_longer_than_allowed()
    {
        var time = new SteppedTime(TimeSpan.FromSeconds(1));
        var launcher = new DaemonLauncher(new RecordingLogger(), time);
        var slow = TemporaryWorkspace.Probe(_workspace, "slow");

        var failure = await Assert.ThrowsAsync<WorkspaceException>(() => launcher.EnsureAsync(
            _workspace.Folder, slow, DaemonLauncher.DefaultStartTimeout, CancellationToken.None).Bounded());

        Assert.StartsWith(
            $"The daemon of '{_workspace.Root}' is not ready after 15 s. It may still be starting: try again",
            failure.Message,
            StringComparison.Ordinal);
        await Eventually.TrueAsync(() => _workspace.Starts.Count == 1, "the start of the slow daemon");
    }

    [Fact]
    public async Task A_daemon_that_is_just_starting_by_other_means_is_waited_for()
    {
        var other = ProbeProcess.Start("daemon", _workspace.Root);
        await Eventually.TrueAsync(() => _workspace.Starts.Count == 1, "the lock of the other daemon");

        Assert.Equal(other.Id, (await EnsureAsync()).Pid);
        Assert.Single(_workspace.Starts);
        other.Dispose();
    }

    [Fact]
    public async Task A_stopped_daemon_has_ended_and_taken_its_record_along()
    {
        var daemon = await EnsureAsync();

        Assert.Equal(new DaemonStopResult.Stopped(daemon.Pid), await StopAsync());

        Assert.False(daemon.IsRunning());
        Assert.IsType<DaemonRecordReading.Absent>(DaemonRecord.Read(_workspace.Folder));
        Assert.False(DaemonLock.IsHeld(_workspace.Folder));
    }

    [Fact]
    public async Task Stopping_where_no_daemon_runs_says_so() =>
        Assert.IsType<DaemonStopResult.NotRunning>(await StopAsync());

    [Fact]
    public async Task Stopping_never_signals_a_process_that_merely_has_the_recorded_id()
    {
        using var bystander = ProbeProcess.Start("lock", _workspace.Root);
        await bystander.ReadLineAsync();
        TemporaryWorkspace.Record(_workspace.Folder, bystander.Id, "earlier").Write(_workspace.Folder);

        Assert.IsType<DaemonStopResult.NotRunning>(await StopAsync());

        Assert.IsType<DaemonRecordReading.Absent>(DaemonRecord.Read(_workspace.Folder));
        bystander.Input.Close();
        Assert.Equal(0, await bystander.ExitAsync());
    }

    [Fact]
    public async Task A_daemon_that_does_not_end_in_time_is_reported_as_running()
    {
        var daemon = await EnsureAsync("stubborn");

        var result = await _launcher.StopAsync(
            _workspace.Folder, TimeSpan.FromMilliseconds(200), CancellationToken.None).Bounded();

        Assert.Equal(new DaemonStopResult.StillRunning(daemon.Pid), result);
        Assert.True(daemon.IsRunning());
    }

    private Task<DaemonRecord> EnsureAsync() => EnsureAsync([]);

    private Task<DaemonRecord> EnsureAsync(params string[] manners) =>
        EnsureAsync(TemporaryWorkspace.Probe(_workspace, manners));

    private Task<DaemonRecord> EnsureAsync(DaemonCommand command) =>
        _launcher.EnsureAsync(_workspace.Folder, command, Eventually.Patience, CancellationToken.None).Bounded();

    private Task<DaemonStopResult> StopAsync() =>
        _launcher.StopAsync(_workspace.Folder, Eventually.Patience, CancellationToken.None).Bounded();

    private static string? LinkOf(int processId, int descriptor) =>
        new FileInfo($"/proc/{processId}/fd/{descriptor}").LinkTarget;

    /// <summary>A clock that moves by one step whenever it is read; what waits by it does not wait.</summary>
    private sealed class SteppedTime(TimeSpan step) : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += step.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
