using System.Runtime.Versioning;
using CoAgent.Proxy.Processes;
using CoAgent.Proxy.Workspaces;
using CoAgent.Tests.Processes;

namespace CoAgent.Tests.Workspaces;

[SupportedOSPlatform("linux")]
public sealed class DaemonLockTests : IDisposable
{
    private readonly TemporaryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_second_daemon_is_told_which_one_runs()
    {
        using var held = await AcquireAsync();
        var first = TemporaryWorkspace.Record(
            _workspace.Folder, Environment.ProcessId, ProcessStamp.Of(Environment.ProcessId)!.Value.Value);
        first.Write(_workspace.Folder);

        var failure = await Assert.ThrowsAsync<WorkspaceException>(AcquireAsync);

        Assert.Equal(
            $"A daemon already runs for '{_workspace.Root}': process {Environment.ProcessId}, "
            + "http://127.0.0.1:8123/mcp. Use that one, or end it with: coagent stop",
            failure.Message);
    }

    [Fact]
    public async Task A_second_daemon_is_told_when_the_first_is_only_starting()
    {
        using var held = await AcquireAsync();

        var failure = await Assert.ThrowsAsync<WorkspaceException>(AcquireAsync);

        Assert.Contains("just starting or ending", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_is_free_again_when_it_is_disposed()
    {
        (await AcquireAsync()).Dispose();

        Assert.False(DaemonLock.IsHeld(_workspace.Folder));
        (await AcquireAsync()).Dispose();
    }

    [Fact]
    public async Task A_lock_is_free_again_when_its_daemon_is_killed()
    {
        using var daemon = ProbeProcess.Start("lock", _workspace.Root);
        Assert.Equal("ready", await daemon.ReadLineAsync());
        Assert.True(DaemonLock.IsHeld(_workspace.Folder));

        await daemon.KillAsync();

        Assert.False(DaemonLock.IsHeld(_workspace.Folder));
    }

    [Fact]
    public async Task Children_do_not_keep_the_lock_of_their_daemon()
    {
        var logger = new RecordingLogger();
        await using var reaper = ChildReaper.Start(logger, TimeProvider.System);
        var held = await AcquireAsync();
        await using var child = ChildProcess.Start(
            ShellChild.Running("echo ready; cat"), reaper, logger, TimeProvider.System);
        await child.ReadLineAsync();

        held.Dispose();

        Assert.False(DaemonLock.IsHeld(_workspace.Folder));
    }

    private Task<DaemonLock> AcquireAsync() =>
        DaemonLock.AcquireAsync(_workspace.Folder, TimeProvider.System, CancellationToken.None).Bounded();
}
