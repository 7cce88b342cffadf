using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>Logs on stdout corrupt the stream; the end of stdin leaves proxy and child alive; an open GET stream delays the start.</summary>
public sealed class BridgeTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("garbage")]
    [InlineData("flood-stderr")]
    [InlineData("exit-mid-call")]
    public async Task Nothing_but_protocol_leaves_a_bridge_whatever_its_server_says(string fault)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("noisy", "faulty", fault).StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        await client.CallAsync("echo", """{"text":"x"}""");

        await client.LeaveAsync();
        await client.Stdio!.Ended;

        Assert.Equal(2, client.Stdio.Received.Count);
        Assert.All(client.Stdio.Received, message => Assert.Equal("2.0", message.Root.GetProperty("jsonrpc").GetString()));
    }

    [Fact]
    public async Task A_bridge_that_starts_its_daemon_says_nothing_but_protocol()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.StartAsync();
        await using (var stop = TestProcess.StartCoagent(["stop", "--workspace", proxy.Folder]))
        {
            Assert.Equal(0, await stop.WaitForExitAsync(None));
        }

        await using var client = await proxy.ConnectAsync("stdio");
        await using (var stop = TestProcess.StartCoagent(["stop", "--workspace", proxy.Folder]))
        {
            await client.LeaveAsync();
            Assert.Equal(0, await stop.WaitForExitAsync(None));
        }

        await client.Stdio!.Ended;
        Assert.Equal("2.0", Assert.Single(client.Stdio.Received).Root.GetProperty("jsonrpc").GetString());
    }

    [Fact]
    public async Task The_end_of_stdin_ends_the_bridge_and_the_children_of_its_session()
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        await proxy.StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        await using var other = await proxy.ConnectAsync("stdio");
        var child = int.Parse((await client.CallAsync("pid")).FirstText);

        client.Stdio!.Process.CloseInput();

        Assert.Equal(0, await client.Stdio.Process.WaitForExitAsync(None));
        await TestProcess.WaitForEndOfAsync(child, None);
        Assert.Equal(1, server.RunningCount);
        Assert.False((await other.CallAsync("pid")).IsError);
    }

    [Fact]
    public async Task A_server_that_ignores_the_end_of_its_input_ends_with_its_session()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("stubborn", "faulty", "ignore-eof").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        var child = int.Parse((await client.CallAsync("pid")).FirstText);

        await client.LeaveAsync();

        await TestProcess.WaitForEndOfAsync(child, None);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_server_whose_stream_stays_silent_does_not_delay_the_start(string way)
    {
        await using var upstream = await HttpFixture.StartAsync(None, "faulty-http", "silent-stream");
        await using var proxy = new ProxyUnderTest();
        await proxy.WithUrl("silent", upstream.Url).StartAsync();

        await using var client = await proxy.ConnectAsync(way);

        Assert.Equal("x", (await client.CallAsync("echo", """{"text":"x"}""")).FirstText);
    }

    [Fact]
    public async Task A_client_gets_its_stream_open_before_there_is_anything_to_say()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("http");

        await using var stream = await client.Http!.GetAsync(None);

        Assert.True(stream.IsEventStream);
        Assert.Equal("x", (await client.CallAsync("echo", """{"text":"x"}""")).FirstText);
    }
}
