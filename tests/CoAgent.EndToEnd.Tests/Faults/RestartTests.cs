using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.Faults;

/// <summary>A server that crashed is there again at the next call, as its client had set it up.</summary>
public sealed class RestartTests
{
    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_crashed_server_is_restarted_at_the_next_call_and_told_what_its_client_had_said(string way)
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        await proxy.StartAsync();
        await using var client = await proxy.ConnectAsync(way, """{"roots":{}}""");
        await client.RequestAsync("logging/setLevel", """{"level":"info"}""");
        await client.RequestAsync("logging/setLevel", """{"level":"error"}""");
        await client.RequestAsync("resources/subscribe", """{"uri":"test://kept"}""");
        await client.RequestAsync("resources/subscribe", """{"uri":"test://left"}""");
        await client.RequestAsync("resources/unsubscribe", """{"uri":"test://left"}""");
        var crashed = await client.CallAsync("die");

        var again = await client.CallAsync("pid");

        Assert.Equal("unknown", ServerFaultTests.StatusOf(crashed));
        Assert.Contains("exited with code 7", crashed.FirstText);
        var told = server.ToldTo(int.Parse(again.FirstText));
        Assert.Equal(
            ["initialize", "notifications/initialized", "logging/setLevel", "resources/subscribe", "tools/call"],
            told.Select(message => message.Method));
        Assert.Equal("""{"roots":{}}""", told[0].Params.GetProperty("capabilities").GetRawText());
        Assert.Equal("error", told[2].Params.GetProperty("level").GetString());
        Assert.Equal("test://kept", told[3].Params.GetProperty("uri").GetString());
        Assert.Equal(2, server.Started.Count);
    }

    [Fact]
    public async Task Calls_that_find_a_server_dead_together_start_it_once()
    {
        await using var proxy = new ProxyUnderTest();
        var server = new ShellServer(proxy, "shell");
        await proxy.StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        await client.CallAsync("die");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => client.CallAsync("pid")));

        Assert.Single(answers.Select(answer => answer.FirstText).Distinct());
        Assert.Equal(2, server.Started.Count);
    }

    [Fact]
    public async Task A_server_that_fails_at_its_first_start_is_tried_again()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.With("late", "faulty", "exit-at-start", "--once", proxy.File("once")).StartAsync();

        await using var client = await proxy.ConnectAsync("http");

        Assert.Equal("x", (await client.CallAsync("echo", """{"text":"x"}""")).FirstText);
    }
}
