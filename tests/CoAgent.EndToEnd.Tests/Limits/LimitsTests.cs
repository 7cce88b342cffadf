using System.Net;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.Limits;

/// <summary>Each limit at its edge: the last that is taken, and the first that is refused.</summary>
public sealed class LimitsTests
{
    private const int BytesMax = 65_536;
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_message_of_exactly_the_limit_is_taken_and_one_byte_more_is_refused(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = $$""" "limits":{"messageBytesMax":{{BytesMax}}} """ };
        await proxy.WithScript("small", """{"on":"tool:take","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[]}}"]}""").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var taken = await SayAsync(client, Call(BytesMax));
        var refused = await SayAsync(client, Call(BytesMax + 1));

        Assert.False(taken.IsError);
        Assert.Contains("65,536", refused.Error.GetProperty("message").GetString());
        Assert.Contains("\"messageBytesMax\"", refused.Error.GetProperty("message").GetString());
        Assert.False((await client.CallAsync("take")).IsError);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_message_may_be_longer_than_by_default_where_the_limit_is_raised(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"messageBytesMax":83886080} """ };
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var big = await client.CallAsync("big", """{"bytes":50000000}""");
        var echoed = await client.CallAsync("echo", $$"""{"text":"{{new string('x', 40_000_000)}}"}""");

        Assert.Equal(50_000_000, big.FirstText.Length);
        Assert.Equal(40_000_000, echoed.FirstText.Length);
    }

    [Fact]
    public async Task An_answer_of_exactly_the_limit_is_passed_on_and_one_byte_more_is_not()
    {
        await using var proxy = new ProxyUnderTest { Settings = $$""" "limits":{"messageBytesMax":{{BytesMax}}} """ };
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        await client.CallAsync("big", """{"bytes":1}""");
        // What the server puts around the text of a call whose id there has one digit.
        var around = """{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":""}],"isError":false,"resultType":"complete"}}""".Length;
        var fits = 0;
        for (var bytes = BytesMax - around - 40; bytes <= BytesMax && fits == 0; bytes++)
        {
            var answer = await client.CallAsync("big", $$"""{"bytes":{{bytes}}}""");
            if (answer.Result.TryGetProperty("isError", out var isError) && isError.GetBoolean())
            {
                fits = bytes - 1;
                Assert.Contains("is 65,537 bytes long; at most 65,536 are passed on", answer.FirstText);
            }
        }

        Assert.NotEqual(0, fits);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_message_may_nest_to_the_limit_and_no_deeper(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"nestingLevelsMax":16} """ };
        await proxy.WithScript("deep", """{"on":"tool:take","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[]}}"]}""").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        // The envelope, params and arguments are three levels.
        var taken = await SayAsync(client, Nested(levels: 16 - 3));
        var refused = await SayAsync(client, Nested(levels: 16 - 3 + 1));

        Assert.False(taken.IsError);
        Assert.Equal("5", refused.Id);
        Assert.Contains("nests deeper than 16 levels", refused.Error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task As_many_calls_as_may_be_open_are_taken_and_the_next_is_told_to_wait(string way)
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"openCallsPerSessionMax":3} """ };
        await proxy.WithScript("slow", """{"on":"tool:slow"}""").StartAsync();
        await using var client = await proxy.ConnectAsync(way);
        await using var other = await proxy.ConnectAsync(way);
        await OpenAsync(proxy, client, count: 3);

        var refused = await client.RequestAsync("tools/list", "{}");
        await client.NotifyAsync("notifications/cancelled", """{"requestId":"open-0"}""");
        await proxy.WaitForRecordAsync("slow", message => message.Method == "notifications/cancelled");
        var taken = await client.RequestAsync("tools/list", "{}");

        Assert.Contains("wait for some of them (\"openCallsPerSessionMax\")", refused.Error.GetProperty("message").GetString());
        Assert.False(taken.IsError);
        Assert.False((await other.RequestAsync("tools/list", "{}")).IsError);
    }

    // An id that is used twice counts twice: else one id would get round the limit.
    [Fact]
    public async Task Calls_with_one_id_count_each()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"openCallsPerSessionMax":3} """ };
        await proxy.WithScript("slow", """{"on":"tool:slow"}""").StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");
        const string Slow = """{"jsonrpc":"2.0","id":"same","method":"tools/call","params":{"name":"slow"}}""";

        for (var call = 0; call < 4; call++)
        {
            await client.Stdio!.SendRawAsync(Slow, None);
        }

        var refused = await client.Stdio!.ReceiveAsync(None);
        Assert.Equal("\"same\"", refused.Id);
        Assert.Contains("\"openCallsPerSessionMax\"", refused.Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task As_many_sessions_as_may_be_are_opened_and_the_next_waits_for_one_to_end()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"sessionsMax":2} """ };
        await proxy.With("echo", "echo").StartAsync();
        await using var first = await proxy.ConnectAsync("http");
        await using var second = await proxy.ConnectAsync("stdio");

        using var third = proxy.Http();
        await using var refused = await third.SendRequestAsync("initialize", """{"protocolVersion":"2025-11-25","capabilities":{}}""", None);
        await using var bridge = proxy.Bridge();
        var exitCode = await bridge.Process.WaitForExitAsync(None);
        await first.LeaveAsync();
        await using var next = await proxy.ConnectAsync("http");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Contains("2 sessions already (\"sessionsMax\"", (await refused.AnswerAsync(None)).Error.GetProperty("message").GetString());
        Assert.NotEqual(0, exitCode);
        await bridge.Process.WaitForStderrAsync("2 sessions already (\"sessionsMax\"", None);
        Assert.Equal("x", (await next.CallAsync("echo", """{"text":"x"}""")).FirstText);
    }

    [Fact]
    public async Task Request_headers_are_taken_to_the_limit_and_no_further()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"requestHeaderBytesMax":2048} """ };
        await proxy.With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("http");
        const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

        await using var taken = await client.Http!.PostAsync(Ping, None, [("X-Filler", new string('x', 1024))]);
        await using var refused = await client.Http.PostAsync(Ping, None, [("X-Filler", new string('x', 2048))]);

        Assert.Equal(HttpStatusCode.OK, taken.Status);
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, refused.Status);
        Assert.Equal("{}", (await client.RequestAsync("ping", "{}")).Result.GetRawText());
    }

    [Fact]
    public async Task A_request_line_is_taken_to_the_limit_and_no_further()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "limits":{"requestLineBytesMax":1024} """ };
        await proxy.With("echo", "echo").StartAsync();
        var around = "POST /mcp?q= HTTP/1.1\r\n".Length;

        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(proxy, "?q=" + new string('q', 1024 - around)));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, await StatusOfAsync(proxy, "?q=" + new string('q', 1024 - around + 1)));
    }

    private static async Task<HttpStatusCode> StatusOfAsync(ProxyUnderTest proxy, string query)
    {
        using var client = proxy.Http(query);
        await using var response = await client.SendModernAsync("tools/list", "", None);
        return response.Status;
    }

    private static async Task OpenAsync(ProxyUnderTest proxy, ProxyClient client, int count)
    {
        for (var call = 0; call < count; call++)
        {
            _ = client.CallAsync("slow", id: $"\"open-{call}\"");
        }

        await ProxyUnderTest.WaitForAsync(
            () => proxy.Recorded("slow").Count(message => message.Method == "tools/call") == count ? client : null,
            $"{count} open calls");
    }

    private static Task<RawMessage> SayAsync(ProxyClient client, string request) => client.Stdio is { } stdio
        ? stdio.RequestRawAsync("5", request, None)
        : client.SayAsync(request);

    private static string Call(int bytes)
    {
        const string Before = """{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"take","arguments":{"x":" """;
        const string After = "\"}}}";
        return Before + new string('x', bytes - Before.Length - After.Length) + After;
    }

    private static string Nested(int levels) =>
        """{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"take","arguments":{"x":"""
        + new string('[', levels) + new string(']', levels) + "}}}";
}
