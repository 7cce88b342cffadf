using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>
/// An upstream session that expires and is never opened again: agentgateway#3622, metamcp#294. One that is opened at every
/// call: ContextForge#6481, fastmcp#3466.
/// </summary>
public sealed class UpstreamSessionTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_expired_upstream_session_is_opened_again_once_and_the_call_is_answered()
    {
        await using var proxy = new ProxyUnderTest();
        await using var upstream = await StartExpiringAsync(proxy, calls: 2);
        await using var client = await proxy.ConnectAsync("http");

        for (var call = 1; call <= 6; call++)
        {
            var answer = await client.CallAsync("echo", $$"""{"text":"{{call}}"}""");
            Assert.Equal($"{call}", answer.FirstText);
        }

        Assert.Equal(2, InitializeCount(proxy));
    }

    [Fact]
    public async Task Calls_that_find_the_session_expired_together_open_it_again_once()
    {
        await using var proxy = new ProxyUnderTest();
        await using var upstream = await StartExpiringAsync(proxy, calls: 1);
        await using var client = await proxy.ConnectAsync("stdio");
        await client.CallAsync("echo", """{"text":"before"}""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 64)
            .Select(call => client.CallAsync("echo", $$"""{"text":"{{call}}"}""")));

        Assert.Equal(Enumerable.Range(0, 64).Select(call => $"{call}"), answers.Select(answer => answer.FirstText));
        Assert.Equal(2, InitializeCount(proxy));
    }

    [Fact]
    public async Task Many_calls_make_one_handshake()
    {
        await using var proxy = new ProxyUnderTest();
        await using var upstream = await StartExpiringAsync(proxy, calls: int.MaxValue - 1);
        await using var client = await proxy.ConnectAsync("http");

        await Task.WhenAll(Enumerable.Range(0, 64).Select(call => client.CallAsync("echo", $$"""{"text":"{{call}}"}""")));

        Assert.Equal(1, InitializeCount(proxy));
    }

    private static async Task<HttpFixture> StartExpiringAsync(ProxyUnderTest proxy, int calls)
    {
        var upstream = await HttpFixture.StartAsync(
            None, "faulty-http", "expire-session", "--calls", $"{calls}", "--record", proxy.File("upstream.record"));
        await proxy.WithUrl("upstream", upstream.Url).StartAsync();
        return upstream;
    }

    private static int InitializeCount(ProxyUnderTest proxy) =>
        proxy.Recorded("upstream").Count(message => message.Method == "initialize");
}
