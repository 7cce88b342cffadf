using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>A ping that kills a running call (mcpproxy-go#1317); a fixed limit of 60 seconds that cuts long calls (litellm#39359).</summary>
public sealed class LongCallTests
{
    // The one test that takes its time: 65 seconds, on every way at once.
    [Fact]
    public async Task A_call_of_65_seconds_survives_on_every_way_with_pings_beside_it()
    {
        await using var upstream = await HttpFixture.StartAsync(CancellationToken.None, "echo");
        await using var stdio = new ProxyUnderTest();
        await using var http = new ProxyUnderTest();
        await stdio.With("echo", "echo").StartAsync();
        await http.WithUrl("echo", upstream.Url).StartAsync();

        await Task.WhenAll(
            SurvivesAsync(stdio, "http"), SurvivesAsync(stdio, "stdio"), SurvivesAsync(http, "http"), SurvivesAsync(http, "stdio"));
    }

    private static async Task SurvivesAsync(ProxyUnderTest proxy, string way)
    {
        await using var client = await proxy.ConnectAsync(way);
        var call = client.CallAsync("sleep", """{"milliseconds":65000}""");

        var ping = await client.RequestAsync("ping", "{}");
        var other = await client.CallAsync("echo", """{"text":"beside"}""");

        Assert.Equal(("{}", "beside"), (ping.Result.GetRawText(), other.FirstText));
        Assert.Equal("slept", (await call).FirstText);
    }
}
