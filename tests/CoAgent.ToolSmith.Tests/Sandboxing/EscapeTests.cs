using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Tests.Support;

namespace CoAgent.ToolSmith.Tests.Sandboxing;

/// <summary>Ways out of a sandbox: each is shut where there are walls, and open where there are none (or the test would show nothing).</summary>
public sealed class EscapeTests : IDisposable
{
    private readonly string _outside = Directory.CreateDirectory(Path.Combine(Fixture.Folder, "outside-" + Path.GetRandomFileName())).FullName;

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Fact]
    public async Task This_machine_has_walls_and_sees_reads()
    {
        var support = await Sandboxes.BestAsync();

        Assert.True(support.Kind == SandboxKind.WallsAndTrace, $"{support.Missing}; apt-get install {string.Join(' ', support.Packages)}");
    }

    [Theory]
    [InlineData("echo x > \"$1/new\"")]
    [InlineData("echo x >> \"$1/old\"")]
    [InlineData("rm \"$1/old\"")]
    [InlineData("chmod 600 \"$1/old\"")]
    [InlineData("mkdir \"$1/folder\"")]
    [InlineData("ln -s \"$1\" way && echo x > way/new")]
    [InlineData("ln -s \"$1/old\" way && echo x > way")]
    [InlineData("ln \"$1/old\" way")]
    [InlineData("cd \"/proc/self/cwd/$(printf '../%.0s' {1..30})$1\" && echo x > new")]
    [InlineData("exec 5<> \"$1/old\"")]
    [InlineData("mv \"$1/old\" \"$1/moved\"")]
    public async Task Nothing_is_written_outside(string script)
    {
        await File.WriteAllTextAsync(_outside + "/old", "as it was");
        var before = TreeState.Of(_outside, new SandboxLimits());

        Assert.False(await WorksAsync(isOn: true, script, _outside), "It says that it worked.");
        Assert.Empty(before.ChangesTo(TreeState.Of(_outside, new SandboxLimits())));
        Assert.True(await WorksAsync(isOn: false, script, _outside), "Without a sandbox it works.");
    }

    [Fact]
    public async Task What_is_written_into_the_home_directory_is_thrown_away_and_told()
    {
        using var sandbox = await Sandboxes.CreateAsync();
        await using var process = sandbox.Start(new SandboxCommand(["bash", "-c", "echo x > ~/coagent-was-here; cat"]));
        process.Input.Close();
        Assert.Equal(-1, process.Output.ReadByte());

        var home = Environment.GetEnvironmentVariable("HOME");
        Assert.False(File.Exists(home + "/coagent-was-here"));
        Assert.Contains(process.HomeWrites(), static path => path.EndsWith("/coagent-was-here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task There_is_no_network()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        const string Connect = "exec 5<> \"/dev/tcp/127.0.0.1/$1\"";

        Assert.False(await WorksAsync(isOn: true, Connect, port));
        Assert.True(await WorksAsync(isOn: false, Connect, port));
        // An address that is never assigned (RFC 5737): no packet could leave even where there was a way.
        using var sandbox = await Sandboxes.CreateAsync();
        var run = await sandbox.ShellAsync("exec 5<> /dev/tcp/192.0.2.1/9");
        Assert.Contains("Network is unreachable", run.Errors.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_listens_outside_is_not_reached()
    {
        var path = _outside + "/s";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();

        Assert.False(await EscapesAsync(isOn: true, "socket", path));
        Assert.True(await EscapesAsync(isOn: false, "socket", path));
    }

    [Theory]
    [InlineData("kill -0 \"$1\"")]
    [InlineData("cat \"/proc/$1/environ\" > /dev/null")]
    [InlineData("ls \"/proc/$1/root/\" > /dev/null")]
    public async Task Other_processes_are_not_there(string script)
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        var id = other.Id.ToString(CultureInfo.InvariantCulture);

        Assert.False(await WorksAsync(isOn: true, script, id));
        Assert.True(await WorksAsync(isOn: false, script, id));
        other.Kill();
    }

    [Fact]
    public async Task Other_processes_cannot_be_traced()
    {
        using var other = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        var id = other.Id.ToString(CultureInfo.InvariantCulture);

        Assert.False(await EscapesAsync(isOn: true, "attach", id));
        // The first process in the sandbox puts up the walls and keeps its privileges over them.
        Assert.False(await EscapesAsync(isOn: true, "attach", "1"));
        Assert.True(await EscapesAsync(isOn: false, "attach", id));
        other.Kill();
    }

    [Fact]
    public async Task A_ring_that_a_trace_would_not_see_is_refused()
    {
        Assert.False(await EscapesAsync(isOn: true, "ring"));
        Assert.True(await EscapesAsync(isOn: false, "ring"));
    }

    [Theory]
    [InlineData("unshare --user --map-root-user true")]
    [InlineData("echo 100 > /proc/self/oom_score_adj")]
    [InlineData("[[ -e /sys/kernel ]]")]
    [InlineData("grep -q 'NoNewPrivs:.0' /proc/self/status")]
    public async Task Privileges_cannot_be_gained(string script)
    {
        Assert.False(await WorksAsync(isOn: true, script));
        Assert.True(await WorksAsync(isOn: false, script));
    }

    [Theory]
    [InlineData("mount -o remount,bind,rw /usr")]
    [InlineData("umount /tmp")]
    [InlineData("unshare --user --mount umount /proc")]
    [InlineData("unshare --user --mount mount -o remount,bind,rw /usr")]
    [InlineData("unshare --user --mount mount -o remount,rw /proc")]
    [InlineData("mknod disk b 254 0 && : < disk")]
    [InlineData("echo 0 > /proc/sys/kernel/randomize_va_space")]
    [InlineData("nsenter --target 1 --mount true")]
    [InlineData("chroot / true")]
    public async Task The_walls_cannot_be_taken_down(string script) => Assert.False(await WorksAsync(isOn: true, script));

    [Fact]
    public async Task A_program_has_no_capability()
    {
        using var sandbox = await Sandboxes.CreateAsync();

        var run = await sandbox.ShellAsync("grep -c '^Cap.*:.0000000000000000$' /proc/self/status");

        Assert.Equal("5\n", run.Output.Text);
    }

    [Fact]
    public async Task Secrets_in_variables_stay_outside()
    {
        Environment.SetEnvironmentVariable("COAGENT_TEST_TOKEN", "secret");
        using var sandbox = await Sandboxes.CreateAsync();

        var run = await sandbox.ShellAsync("cat /proc/1/environ 2> /dev/null; env");

        Assert.DoesNotContain("COAGENT_TEST_TOKEN", run.Output.Text, StringComparison.Ordinal);
        Assert.Contains("PATH=", run.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_leaves_running_ends_with_it()
    {
        using var sandbox = await Sandboxes.CreateAsync();

        var run = await sandbox.ShellAsync("(setsid sleep 600 > /dev/null 2>&1 &); echo $$ > mine; sed -n 's/^NSpid:.*\t//p' /proc/self/status");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc").Where(static one => char.IsAsciiDigit(Path.GetFileName(one)[0])), Runs);

        bool Runs(string process)
        {
            try
            {
                return Path.GetFullPath(Directory.ResolveLinkTarget(process + "/cwd", returnFinalTarget: false)?.FullName ?? "/").StartsWith(sandbox.Root, StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private static async Task<bool> WorksAsync(bool isOn, string script, params string[] arguments)
    {
        using var sandbox = await Sandboxes.CreateAsync(isOn);
        return (await sandbox.ShellAsync($"set -e; {script}", arguments)).ExitCode == 0;
    }

    private static async Task<bool> EscapesAsync(bool isOn, params string[] way)
    {
        using var sandbox = await Sandboxes.CreateAsync(isOn);
        var run = await sandbox.RunAsync(new SandboxCommand([Fixture.Program, "escape", .. way]) { Shown = [Fixture.Folder] }, CancellationToken.None);
        Assert.True(run.ExitCode is 0 or 1, run.Errors.Text);
        return run.ExitCode == 0;
    }
}
