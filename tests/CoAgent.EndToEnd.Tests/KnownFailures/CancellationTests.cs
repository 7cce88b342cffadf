using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>Cancellation that is lost or carries the wrong id: fastmcp#4124, Kuadrant/mcp-gateway#422.</summary>
public sealed class CancellationTests
{
    // Nothing is sent: the call stays open until somebody cancels it.
    private const string SlowRule = """{"on":"tool:slow"}""";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_cancellation_reaches_the_server_with_the_id_that_the_server_knows()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript("slow", SlowRule).StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        _ = client.CallAsync("slow", id: "\"mine\"");
        var call = await proxy.WaitForRecordAsync("slow", message => message.Method == "tools/call");

        await client.NotifyAsync("notifications/cancelled", """{"requestId":"mine","reason":"enough"}""");

        var cancelled = await proxy.WaitForRecordAsync("slow", message => message.Method == "notifications/cancelled");
        Assert.NotEqual("\"mine\"", call.Id);
        Assert.Equal(call.Id, cancelled.Params.GetProperty("requestId").GetRawText());
    }

    [Fact]
    public async Task A_closed_response_cancels_the_call_at_the_server()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript("slow", SlowRule).StartAsync();
        await using var client = await proxy.ConnectAsync("http");
        using var closing = new CancellationTokenSource();
        var response = client.Http!.SendRequestAsync("tools/call", """{"name":"slow"}""", closing.Token);
        var call = await proxy.WaitForRecordAsync("slow", message => message.Method == "tools/call");

        await closing.CancelAsync();

        var cancelled = await proxy.WaitForRecordAsync("slow", message => message.Method == "notifications/cancelled");
        Assert.Equal(call.Id, cancelled.Params.GetProperty("requestId").GetRawText());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
    }

    [Fact]
    public async Task A_cancellation_reaches_a_server_over_HTTP_with_the_id_that_the_server_knows()
    {
        await using var proxy = new ProxyUnderTest();
        await using var upstream = await HttpFixture.StartAsync(
            None, "faulty-http", "never-answers", "--record", proxy.File("slow.record"));
        await proxy.WithUrl("slow", upstream.Url).StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        _ = client.CallAsync("echo", id: "\"mine\"");
        var call = await proxy.WaitForRecordAsync("slow", message => message.Method == "tools/call");

        await client.NotifyAsync("notifications/cancelled", """{"requestId":"mine"}""");

        var cancelled = await proxy.WaitForRecordAsync("slow", message => message.Method == "notifications/cancelled");
        Assert.Equal(call.Id, cancelled.Params.GetProperty("requestId").GetRawText());
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_cancellation_of_id_1_leaves_the_id_1_of_63_others_running(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"echo":{"scope":"shared"}} """ };
        await proxy.With("echo", "echo").StartAsync();
        var clients = await proxy.ConnectAsync(way, 64);
        var ended = clients[0].CallAsync("sleep", """{"milliseconds":600000}""", id: "1");
        var others = clients[1..].Select(client => client.CallAsync("sleep", """{"milliseconds":3000}""", id: "1")).ToArray();

        await clients[0].NotifyAsync("notifications/cancelled", """{"requestId":1}""");

        Assert.All(await Task.WhenAll(others), answer => Assert.Equal("slept", answer.FirstText));
        Assert.False(ended.IsCompletedSuccessfully, ended.IsCompletedSuccessfully ? $"Answered though cancelled: {(await ended).Text}" : "");
        Assert.Equal("{}", (await clients[0].RequestAsync("ping", "{}", id: "2")).Result.GetRawText());
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }
}
