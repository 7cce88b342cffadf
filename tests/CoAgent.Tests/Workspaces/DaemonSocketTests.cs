using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using CoAgent.Proxy.Workspaces;
using CoAgent.Tests.Processes;

namespace CoAgent.Tests.Workspaces;

[SupportedOSPlatform("linux")]
public sealed class DaemonSocketTests : IDisposable
{
    private readonly TemporaryWorkspace _workspace = new();
    private readonly DirectoryInfo _runtime = Directory.CreateTempSubdirectory("coagent-run-");

    public void Dispose()
    {
        _workspace.Dispose();
        _runtime.Delete(recursive: true);
    }

    [Fact]
    public void A_short_path_lies_in_the_workspace() =>
        Assert.Equal(
            Path.Combine(_workspace.Folder.StateDirectory, "daemon.sock"),
            DaemonSocket.PathFor(_workspace.Folder, _runtime.FullName));

    [Fact]
    public void A_path_goes_elsewhere_from_the_first_byte_too_many()
    {
        // The last letter is two bytes long: it is bytes that count.
        var longest = RootWithSocketPathOf(DaemonSocket.PathBytesMax);
        var tooLong = longest[..^1] + "é";

        var inWorkspace = DaemonSocket.PathFor(new WorkspaceFolder(longest), _runtime.FullName);
        var elsewhere = DaemonSocket.PathFor(new WorkspaceFolder(tooLong), _runtime.FullName);

        Assert.StartsWith(longest, inWorkspace, StringComparison.Ordinal);
        Assert.StartsWith(_runtime.FullName, elsewhere, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/a/runtime/directory/that/is/itself/far/too/long/to/hold/the/address/of/a/socket/of/any/name")]
    public void Without_a_usable_runtime_directory_a_long_path_lies_under_the_temporary_one(string? runtime)
    {
        var path = DaemonSocket.PathFor(new WorkspaceFolder("/" + new string('x', 200)), runtime);

        Assert.Matches($"^/tmp/coagent-{UnixOwner.CurrentUser()}/[0-9a-f]{{24}}\\.sock$", path);
    }

    [Fact]
    public void Two_long_paths_have_two_sockets() =>
        Assert.NotEqual(
            DaemonSocket.PathFor(new WorkspaceFolder("/" + new string('x', 200)), null),
            DaemonSocket.PathFor(new WorkspaceFolder("/" + new string('y', 200)), null));

    [Fact]
    public async Task A_socket_with_a_long_workspace_path_works_and_is_for_the_owner_only()
    {
        var folder = new WorkspaceFolder(Path.Combine(_workspace.Root, new string('d', 150)));
        Directory.CreateDirectory(folder.Root);
        var path = DaemonSocket.PathFor(folder, _runtime.FullName);
        using var held = await DaemonLock.AcquireAsync(folder, TimeProvider.System, CancellationToken.None);

        using var listener = Listen(path, held);

        Assert.True(await DaemonSocket.AcceptsAsync(path, CancellationToken.None).Bounded());
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(path));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task The_socket_of_a_killed_daemon_is_no_daemon_and_is_replaced()
    {
        using var daemon = ProbeProcess.Start("daemon", _workspace.Root);
        await Eventually.TrueAsync(
            () => DaemonRecord.Read(_workspace.Folder) is DaemonRecordReading.Found, "the daemon's record");
        var path = DaemonSocket.PathFor(_workspace.Folder);
        Assert.True(await DaemonSocket.AcceptsAsync(path, CancellationToken.None).Bounded());
        await daemon.KillAsync();

        Assert.True(File.Exists(path));
        Assert.False(await DaemonSocket.AcceptsAsync(path, CancellationToken.None).Bounded());
        using var held = await DaemonLock.AcquireAsync(_workspace.Folder, TimeProvider.System, CancellationToken.None);
        using var listener = Listen(path, held);
        Assert.True(await DaemonSocket.AcceptsAsync(path, CancellationToken.None).Bounded());
    }

    [Fact]
    public async Task A_directory_that_is_a_link_is_refused()
    {
        var target = Directory.CreateDirectory(Path.Combine(_runtime.FullName, "target"));
        var before = File.GetUnixFileMode(target.FullName);
        var link = Path.Combine(_runtime.FullName, "link");
        Directory.CreateSymbolicLink(link, target.FullName);
        using var held = await DaemonLock.AcquireAsync(_workspace.Folder, TimeProvider.System, CancellationToken.None);

        var failure = Assert.Throws<WorkspaceException>(() => DaemonSocket.Prepare(Path.Combine(link, "d.sock"), held));

        Assert.Contains("is not yours alone", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.GetUnixFileMode(target.FullName));
    }

    [Fact]
    public void The_owner_of_a_directory_is_known()
    {
        Assert.True(UnixOwner.IsCurrentUser(_runtime.FullName));
        Assert.False(UnixOwner.IsCurrentUser("/no/such/directory"));
    }

    [Fact]
    public async Task Nobody_accepts_where_nothing_can_listen()
    {
        Assert.False(await DaemonSocket.AcceptsAsync("/no/such/socket", CancellationToken.None).Bounded());
        Assert.False(await DaemonSocket.AcceptsAsync("/" + new string('x', 500), CancellationToken.None).Bounded());
        Assert.False(await DaemonSocket.AcceptsAsync("", CancellationToken.None).Bounded());
    }

    private static Socket Listen(string path, DaemonLock held)
    {
        DaemonSocket.Prepare(path, held);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        DaemonSocket.Restrict(path);
        return listener;
    }

    private static string RootWithSocketPathOf(int bytes)
    {
        var rest = Encoding.UTF8.GetByteCount("/.coagent/daemon.sock");
        return "/" + new string('r', bytes - rest - 1);
    }
}
