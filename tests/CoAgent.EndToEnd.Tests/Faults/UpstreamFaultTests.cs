using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.Faults;

/// <summary>Servers over HTTP that misbehave at a call.</summary>
public sealed class UpstreamFaultTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    // An error of the 500s does not say whether the server had done it; one of the 400s says that it has not.
    [Theory]
    [InlineData("drop-mid-call", "unknown", "broke before its answer was complete")]
    [InlineData("exit-mid-call", "unknown", "broke before its answer was complete")]
    [InlineData("never-answers", "unknown", "did not answer within 00:00:02")]
    [InlineData("not-json", "unknown", "sent no valid answer")]
    [InlineData("500", "unknown", "answered HTTP 500")]
    [InlineData("401", "failed", "Check its headers in the configuration")]
    public async Task Its_client_is_told_what_is_known_and_others_go_on(string fault, string status, string words)
    {
        await using var upstream = await HttpFixture.StartAsync(None, "faulty-http", fault);
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"bad":{"prefix":"bad_","timeout":2}} """ };
        await proxy.With("good", "echo").WithUrl("bad", upstream.Url).StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        await using var other = await proxy.ConnectAsync("http");

        var answer = await client.CallAsync("bad_echo");

        Assert.True(answer.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("'bad'", answer.FirstText);
        Assert.Contains(words, answer.FirstText);
        Assert.Equal(status, ServerFaultTests.StatusOf(answer));
        Assert.DoesNotContain(upstream.Url.Authority, answer.FirstText);
        Assert.Equal("x", (await other.CallAsync("echo", """{"text":"x"}""")).FirstText);
    }

    [Fact]
    public async Task A_server_that_nobody_listens_for_fails_its_calls_as_not_sent()
    {
        var upstream = await HttpFixture.StartAsync(None, "echo");
        await upstream.DisposeAsync();
        await using var proxy = new ProxyUnderTest();
        await proxy.WithUrl("gone", upstream.Url).StartAsync();
        using var client = proxy.Http();

        var answer = await client.CallModernAsync("echo", "{}", None);

        Assert.Contains("The server 'gone' could not be reached. Check that it runs and that its url is right.", answer.FirstText);
        Assert.Equal("failed", ServerFaultTests.StatusOf(answer));
    }
}
