using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using CoAgent.Workspace;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Layers;

/// <summary>What a command in a layer cannot reach, whatever it tries and whether or not it says so.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class WallTests
{
    public static TheoryData<string> Ways => [.. LayerFixture.Ways];

    public static TheoryData<string> Traced => [.. LayerFixture.Only("privileged", "user", "disk", "copy")];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_connection_to_this_machine_is_not_made_and_is_told(string way)
    {
        using var world = new LayerFixture(way);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var run = await world.Run($"(echo told > /dev/tcp/127.0.0.1/{port}) 2> /dev/null || true");
        Assert.False(listener.Pending());
        Assert.Equal(RefusalKind.Network, run.Refused?.Kind);
        Assert.False(run.Answer.IsError);
    }

    [Theory]
    [InlineData("echo > /dev/tcp/192.0.2.1/80")]
    [InlineData("echo > /dev/udp/192.0.2.1/53")]
    [InlineData("echo > /dev/udp/127.0.0.53/53; sleep 0.1")]
    [InlineData("perl -MSocket -e 'socket(S, PF_INET6, SOCK_STREAM, 0); connect(S, pack_sockaddr_in6(80, pack(\"n8\", 0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)))'")]
    public async Task What_is_sent_to_others_is_told_also_without_a_trace_and_without_a_word(string command)
    {
        using var world = new LayerFixture("untraced");
        using var run = await world.Run($"{{ {command}; }} > /dev/null 2>&1; true");
        Assert.Equal(RefusalKind.Network, run.Refused?.Kind);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_server_that_a_command_starts_for_itself_is_reached(string way)
    {
        using var world = new LayerFixture(way);
        const string Script = """
            use IO::Socket::INET;
            my $server = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no server: $!";
            my $port = $server->sockport;
            if (!fork) { my $client = $server->accept; print $client "served\n"; exit 0 }
            my $mine = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die "no answer: $!";
            print scalar <$mine>;
            """;
        world.Files.Put("serve.pl", Script);
        using var run = await world.Run("perl serve.pl");
        Assert.Equal("served\n", run.Answer.Text);
        Assert.Null(run.Refused);
    }

    [Fact]
    public async Task A_command_that_may_fetch_reaches_others()
    {
        using var world = new LayerFixture();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var run = await world.Run($"echo told > /dev/tcp/127.0.0.1/{port}", new LayerOptions { MayFetch = true });
        Assert.True(listener.Pending());
        Assert.Null(run.Refused);
    }

    [Theory]
    [MemberData(nameof(Traced))]
    public async Task A_socket_outside_is_not_reached_wherever_it_lies(string way)
    {
        using var world = new LayerFixture(way);
        // One in a place that is layered, one where it is covered.
        foreach (var path in (string[])[Path.Combine(world.Files.OutsidePath, "s"), Path.Combine(AppContext.BaseDirectory, $"s{Environment.ProcessId}{way}")])
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen();
            using var run = await world.Run($"perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Peer => \"{path}\") ? print \"in\" : print \"out\"'");
            File.Delete(path);
            Assert.Equal("out", run.Answer.Text);
            Assert.False(socket.Poll(0, SelectMode.SelectRead));
            Assert.Equal((RefusalKind.Outside, $"connects to a socket outside the workspace ({path})"), (run.Refused!.Kind, run.Refused.Reason));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_abstract_socket_is_not_reached(string way)
    {
        using var world = new LayerFixture(way);
        var name = "coagent-test-" + Environment.ProcessId + way;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("\0" + name));
        socket.Listen();
        using var run = await world.Run($"perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un(\"\\0{name}\")) ? print \"in\" : print \"out\"'");
        Assert.Equal("out", run.Answer.Text);
        Assert.False(socket.Poll(0, SelectMode.SelectRead));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_process_outside_is_neither_seen_nor_ended(string way)
    {
        using var world = new LayerFixture(way);
        using var other = Process.Start(new ProcessStartInfo("sleep", "1000"))!;
        using var run = await world.Run($"kill -9 {other.Id} 2> /dev/null; kill -9 -1; ls -d /proc/[0-9]* | wc -l");
        Assert.False(other.HasExited);
        other.Kill();
        if (way != "untraced")
        {
            Assert.Equal(RefusalKind.Processes, run.Refused?.Kind);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_a_command_can_do_with_privileges_is_nothing(string way)
    {
        using var world = new LayerFixture(way);
        var root = world.Root;
        using var run = await world.Run($$"""
            exec 2> /dev/null
            for try in "mount -o remount,rw /" "mount -t tmpfs x /mnt" "umount {{root}}" "umount -l /proc" "mknod d b 8 0" "cat /proc/1/environ" \
              "ls /proc/1/root/" "unshare -U -r true" "sh -c 'echo 5 > /proc/sys/kernel/pid_max'" "sh -c 'echo x > /proc/sys/kernel/core_pattern'" \
              "test -b /dev/sda" "test -b /dev/vda" "nsenter -t 1 -m true" "ip link add x type dummy" "chroot /proc/1/root true" "ls {{root}}/.coagent"; do
              eval "$try" > /dev/null && echo "did: $try"
            done
            grep -E 'CapEff|NoNewPrivs' /proc/self/status | tr -s '\t\n' ' '
            """);
        Assert.Equal($"CapEff: {(way == "privileged" ? "00000000a00405fb" : "0000000000000000")} NoNewPrivs: 1 ", run.Answer.Text);
        Assert.Equal("journal", world.Files.Content(".coagent/journal"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Processes_are_bounded_and_none_is_left(string way)
    {
        using var world = new LayerFixture(way, WorkspaceLimits.Default with { ProcessesMax = 310 });
        if (!world.Support.HasOwnProcessNumbers)
        {
            return; // The kernel counts them from 6.14 on; before, only time ends them.
        }

        using var run = await world.Run("perl -e 'while (defined($p = fork)) { if (!$p) { sleep 1000; exit } push @all, $p } print scalar @all; kill 9, @all'");
        Assert.InRange(int.Parse(run.Answer.Text, System.Globalization.CultureInfo.InvariantCulture), 200, 309);
    }

    [Theory]
    [MemberData(nameof(Traced))]
    public async Task A_ring_that_a_trace_would_not_see_is_refused(string way)
    {
        using var world = new LayerFixture(way);
        using var run = await world.Run("perl -e '$r = syscall(425, 8, 0); print $r < 0 ? \"refused: $!\" : \"made\"'");
        Assert.Equal("refused: Function not implemented", run.Answer.Text);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("copy")]
    public async Task What_is_written_beyond_the_bound_ends_the_command_and_is_told(string way)
    {
        using var world = new LayerFixture(way, WorkspaceLimits.Default with { LayerBytesMax = 1 << 20 });
        using var one = await world.Run("head -c 3000000 /dev/zero > big; echo $?");
        Assert.Equal(RefusalKind.Size, one.Refused?.Kind);
        using var many = await world.Run("for i in 1 2 3 4; do head -c 500000 /dev/zero > part$i; done");
        Assert.Equal(RefusalKind.Size, many.Refused?.Kind);
        using var endless = await world.Run("while :; do i=$((i + 1)); head -c 500000 /dev/zero > part$i; done", timeout: TimeSpan.FromMinutes(1));
        Assert.Equal(RefusalKind.Size, endless.Refused?.Kind);
        Assert.False(endless.TimedOut);
        using var less = await world.Run("head -c 1000000 /dev/zero > fits");
        Assert.Null(less.Refused);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_is_left_of_what_outlives_its_command(string way)
    {
        using var world = new LayerFixture(way);
        using var run = await world.Run(
            "env -i setsid sh -c 'trap \"\" TERM; while :; do sleep 1000; done' > /dev/null 2>&1 & echo begun", timeout: TimeSpan.FromSeconds(1));
        Assert.True(run.TimedOut);
        Assert.StartsWith("begun\nthe command ended, but processes that it left running", run.Answer.Text, StringComparison.Ordinal);
    }
}
