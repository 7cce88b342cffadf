using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>What one client is or sets reaches another: ContextForge#4205, fastmcp#1068.</summary>
public sealed class LeakTests
{
    private const int ClientCount = 64;

    [Fact]
    public async Task Capabilities_log_level_and_subscriptions_of_a_client_reach_its_own_server_alone()
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        await proxy.StartAsync();

        var pids = await Task.WhenAll(Enumerable.Range(0, ClientCount).Select(async number =>
        {
            await using var client = await proxy.ConnectAsync("http", $$$"""{"experimental":{"only":{"number": {{{number}}} } } }""");
            await client.RequestAsync("logging/setLevel", $$"""{"level":"level-{{number}}"}""");
            await client.RequestAsync("resources/subscribe", $$"""{"uri":"test://{{number}}"}""");
            await client.NotifyAsync("notifications/roots/list_changed", $$"""{"number":{{number}}}""");
            return int.Parse((await client.CallAsync("pid")).FirstText);
        }));

        Assert.Equal(ClientCount, pids.Distinct().Count());
        foreach (var (pid, number) in pids.Select((pid, number) => (pid, number)))
        {
            var told = server.ToldTo(pid);
            Assert.Equal(
                ["initialize", "notifications/initialized", "logging/setLevel", "resources/subscribe", "notifications/roots/list_changed", "tools/call"],
                told.Select(message => message.Method));
            Assert.Equal(
                number,
                told[0].Params.GetProperty("capabilities").GetProperty("experimental").GetProperty("only").GetProperty("number").GetInt32());
            Assert.Equal($"level-{number}", told[2].Params.GetProperty("level").GetString());
            Assert.Equal($"test://{number}", told[3].Params.GetProperty("uri").GetString());
            Assert.Equal(number, told[4].Params.GetProperty("number").GetInt32());
        }
    }

    [Fact]
    public async Task A_wrapped_server_has_the_environment_of_its_own_client()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.StartAsync();

        var seen = await Task.WhenAll(Enumerable.Range(0, 4).Select(async number =>
        {
            await using var client = new RawStdioClient(TestProcess.StartCoagent(
                ["wrap", "--workspace", proxy.Folder, "--name", "echo", "--", "dotnet", Repository.FixtureAssembly, "echo"],
                environment: new Dictionary<string, string?> { ["SECRET_OF_ONE"] = $"secret {number}" }));
            await client.InitializeAsync(CancellationToken.None);
            return (await client.CallAsync("environment", """{"name":"SECRET_OF_ONE"}""", CancellationToken.None)).FirstText;
        }));

        Assert.Equal(["secret 0", "secret 1", "secret 2", "secret 3"], seen);
    }

    [Fact]
    public async Task What_a_server_logs_for_one_client_no_other_hears()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("echo", "echo").StartAsync();
        var clients = await proxy.ConnectAsync("stdio", 8);

        await Task.WhenAll(clients.Select((client, number) => client.CallAsync("log", $$"""{"text":"for {{number}}"}""")));
        await Task.WhenAll(clients.Select(client => client.RequestAsync("ping", "{}")));

        Assert.All(clients.Select((client, number) => (client, number)), pair =>
        {
            var heard = Assert.Single(pair.client.Stdio!.Notifications);
            Assert.Equal($"for {pair.number}", heard.Params.GetProperty("data").GetString());
        });
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }
}
