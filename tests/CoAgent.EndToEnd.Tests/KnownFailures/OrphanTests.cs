using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>Children and sessions that nobody ends: metamcp#162, supergateway#108, sparfenyuk/mcp-proxy#237, punkpeye/mcp-proxy#79.</summary>
public sealed class OrphanTests
{
    private const int ClientCount = 64;

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task Clients_that_come_and_go_leave_no_child_and_no_session(string way)
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        await proxy.StartAsync();
        var clients = await proxy.ConnectAsync(way, ClientCount);
        var answers = await Task.WhenAll(clients.Select(client => client.CallAsync("pid")));
        Assert.Equal(ClientCount, answers.Select(answer => answer.FirstText).Distinct().Count());
        Assert.Equal(ClientCount, server.RunningCount);

        await Task.WhenAll(clients.Select(client => client.LeaveAsync()));

        await server.WaitForEndOfAllAsync();
        Assert.Equal(ClientCount, server.Started.Count);
        Assert.Equal(0, server.RunningCount);
        Assert.Equal(0, (await proxy.StatusAsync()).GetProperty("sessions").GetArrayLength());
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Bridges_that_are_killed_leave_no_child_and_no_session()
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        await proxy.StartAsync();
        var clients = await proxy.ConnectAsync("stdio", 8);
        Assert.Equal(8, server.RunningCount);

        foreach (var client in clients)
        {
            client.Stdio!.Process.Kill();
        }

        await server.WaitForEndOfAllAsync();
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_daemon_that_is_killed_takes_its_children_along()
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        proxy.With("family", "faulty", "spawn-grandchild", "--grandchild-file", proxy.File("grandchild"));
        await proxy.StartAsync();
        var clients = await proxy.ConnectAsync("http", 8);
        Assert.Equal(8, server.RunningCount);
        var grandchild = int.Parse(await File.ReadAllTextAsync(proxy.File("grandchild")));
        Assert.True(TestProcess.IsRunning(grandchild));

        proxy.Daemon.Kill();

        await server.WaitForEndOfAllAsync();
        await TestProcess.WaitForEndOfAsync(grandchild, CancellationToken.None);
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }
}
