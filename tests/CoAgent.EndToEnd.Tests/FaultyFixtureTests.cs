using System.Net;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Each faulty server shows its fault, so that a proxy that survives it has survived something.</summary>
public sealed class FaultyFixtureTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-faulty-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("exit-mid-call")]
    [InlineData("half-answer")]
    [InlineData("exit-after-initialize")]
    public async Task A_server_that_dies_leaves_the_call_without_an_answer(string mode)
    {
        await using var client = RawStdioClient.StartFixture("faulty", mode);
        await client.InitializeAsync(None);

        await Assert.ThrowsAnyAsync<IOException>(() => client.CallAsync("echo", """{"text":"x"}""", None));

        Assert.Equal(3, await client.Process.WaitForExitAsync(None));
    }

    [Fact]
    public async Task A_fault_that_happens_once_is_gone_at_the_second_start()
    {
        var once = Path.Combine(folder.FullName, "once");
        await using var first = RawStdioClient.StartFixture("faulty", "exit-at-start", "--once", once);
        Assert.Equal(3, await first.Process.WaitForExitAsync(None));
        await first.Process.WaitForStderrAsync("cannot start", None);

        await using var second = RawStdioClient.StartFixture("faulty", "exit-at-start", "--once", once);
        await second.InitializeAsync(None);

        Assert.Equal("x", (await second.CallAsync("echo", """{"text":"x"}""", None)).FirstText);
    }

    [Theory]
    [InlineData("double-answer", 1)]
    [InlineData("unknown-id-answer", 3)]
    [InlineData("garbage", 10)]
    public async Task Noise_around_an_answer_is_not_claimed_by_the_call(string mode, int strayCount)
    {
        await using var client = RawStdioClient.StartFixture("faulty", mode);
        await client.InitializeAsync(None);

        var answer = await client.CallAsync("echo", """{"text":"x"}""", None);

        Assert.Equal("x", answer.FirstText);
        for (var stray = 0; stray < strayCount; stray++)
        {
            Assert.False((await client.ReceiveAsync(None)).IsNotification);
        }
    }

    [Fact]
    public async Task A_call_that_is_never_answered_does_not_hold_others()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "never-answers");
        await client.InitializeAsync(None);
        var never = client.CallAsync("echo", """{"text":"x"}""", None);

        var ping = await client.RequestAsync("ping", "{}", None);

        Assert.Equal("{}", ping.Result.GetRawText());
        Assert.False(never.IsCompleted);
    }

    [Fact]
    public async Task Lines_can_end_as_on_Windows()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "crlf");

        var answer = await client.InitializeAsync(None);

        Assert.Equal((byte)'\r', answer.Bytes[^1]);
    }

    [Fact]
    public async Task A_line_can_have_64_megabytes()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "long-line");
        await client.InitializeAsync(None);

        var answer = await client.CallAsync("echo", "{}", None);

        Assert.True(answer.Bytes.Length > 64 * 1024 * 1024);
    }

    [Fact]
    public async Task Stderr_is_flooded_before_the_answer()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "flood-stderr", "--megabytes", "8");
        await client.InitializeAsync(None);

        await client.CallAsync("echo", """{"text":"x"}""", None);

        Assert.True(client.Process.Stderr.Length > 500_000);
    }

    [Fact]
    public async Task A_server_that_ignores_the_end_of_input_stays_until_it_is_killed()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "ignore-eof");
        await client.InitializeAsync(None);

        await using (var terminate = TestProcess.Start("kill", ["-TERM", client.Process.Id.ToString()]))
        {
            await terminate.WaitForExitAsync(None);
        }

        Assert.Equal("alive", (await client.CallAsync("echo", """{"text":"alive"}""", None)).FirstText);
        client.Process.CloseInput();
        await client.Process.WaitForStderrAsync("The input ended; this server stays.", None);
        Assert.True(TestProcess.IsRunning(client.Process.Id));
        client.Process.Kill();
        await client.Process.WaitForExitAsync(None);
    }

    [Theory]
    [InlineData("echo")]
    [InlineData("conformance")]
    public async Task A_good_server_ends_with_its_input_and_with_SIGTERM(string verb)
    {
        await using var first = RawStdioClient.StartFixture(verb);
        await first.InitializeAsync(None);
        first.Process.CloseInput();
        Assert.Equal(0, await first.Process.WaitForExitAsync(None));

        await using var second = RawStdioClient.StartFixture(verb);
        await second.InitializeAsync(None);
        await using var terminate = TestProcess.Start("kill", ["-TERM", second.Process.Id.ToString()]);
        Assert.Equal(0, await second.Process.WaitForExitAsync(None));
    }

    [Fact]
    public async Task A_grandchild_runs_on_when_its_parent_is_killed()
    {
        var file = Path.Combine(folder.FullName, "grandchild");
        await using var client = RawStdioClient.StartFixture("faulty", "spawn-grandchild", "--grandchild-file", file);
        await client.InitializeAsync(None);
        var grandchild = int.Parse(await File.ReadAllTextAsync(file));

        client.Process.Kill();
        Assert.True(TestProcess.IsRunning(grandchild));

        TestProcess.Kill(grandchild);
        await TestProcess.WaitForEndOfAsync(grandchild, None);
    }

    [Fact]
    public async Task A_server_that_stops_reading_fills_its_input()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "stops-reading");
        await client.InitializeAsync(None);
        await client.SendRawAsync("""{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"echo"}}""", None);

        // More than any pipe and any buffer of the server holds.
        var stuck = client.SendRawAsync(new string('x', 4 * 1024 * 1024), None);
        client.Process.Kill();

        await Assert.ThrowsAnyAsync<IOException>(() => stuck);
    }

    [Theory]
    [InlineData("ask_sampling", "sampling/createMessage")]
    [InlineData("ask_elicitation", "elicitation/create")]
    [InlineData("ask_roots", "roots/list")]
    public async Task A_modern_server_asks_in_rounds(string tool, string method)
    {
        await using var client = RawStdioClient.StartFixture("faulty", "modern-only");
        var call = $$"""
            "name":"{{tool}}","arguments":{}
            """.Trim();

        var first = await client.RequestAsync("tools/call", ModernMeta.Params(call), None);
        var state = first.Result.GetProperty("requestState").GetRawText();
        var second = await client.RequestAsync(
            "tools/call",
            ModernMeta.Params(call + ",\"requestState\":" + state + ",\"inputResponses\":{\"asked\":{\"roots\":[]}}"),
            None);

        Assert.Equal(method, first.Result.GetProperty("inputRequests").GetProperty("asked").GetProperty("method").GetString());
        Assert.Equal("""{"roots":[]}""", second.FirstText);
    }

    [Fact]
    public async Task A_modern_server_refuses_the_handshake_and_names_its_version()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "modern-only");

        var refused = await client.RequestAsync("initialize", """{"protocolVersion":"2025-11-25"}""", None);

        Assert.Equal(-32022, refused.ErrorCode);
        Assert.Equal(
            """{"supported":["2026-07-28"],"requested":"2025-11-25"}""", refused.Error.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task A_modern_server_tells_a_subscription_what_it_asked_for_and_no_more()
    {
        await using var client = RawStdioClient.StartFixture("faulty", "modern-only");
        await client.SendRawAsync(
            """{"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen","params":"""
            + ModernMeta.Params("\"notifications\":{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"test://a\"]}") + "}",
            None);
        var acknowledged = await client.ReceiveAsync(None);

        await client.RequestAsync("tools/call", ModernMeta.Params("\"name\":\"change_prompts\""), None);
        await client.RequestAsync("tools/call", ModernMeta.Params("\"name\":\"change_resource\",\"arguments\":{\"uri\":\"test://a\"}"), None);
        await client.RequestAsync("tools/call", ModernMeta.Params("\"name\":\"change_tools\""), None);

        Assert.Equal("notifications/subscriptions/acknowledged", acknowledged.Method);
        Assert.Equal("notifications/resources/updated", (await client.ReceiveAsync(None)).Method);
        Assert.Equal("notifications/tools/list_changed", (await client.ReceiveAsync(None)).Method);
    }

    [Theory]
    [InlineData("legacy-only")]
    [InlineData("crash-on-discover")]
    public async Task An_old_server_does_not_answer_the_probe(string mode)
    {
        await using var client = RawStdioClient.StartFixture("faulty", mode);

        var probe = client.RequestAsync("server/discover", ModernMeta.Params(), None);

        if (mode == "legacy-only")
        {
            Assert.Equal(-32601, (await probe).ErrorCode);
        }
        else
        {
            await Assert.ThrowsAnyAsync<IOException>(() => probe);
        }
    }

    [Fact]
    public async Task A_session_expires_once()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "faulty-http", "expire-session", "--calls", "2");
        using var client = new RawHttpClient(fixture.Url);
        await client.InitializeAsync(None);
        await client.CallAsync("echo", """{"text":"1"}""", None);
        await client.CallAsync("echo", """{"text":"2"}""", None);

        await using var expired = await client.SendRequestAsync("tools/call", """{"name":"echo"}""", None);
        await client.InitializeAsync(None);

        Assert.Equal(HttpStatusCode.NotFound, expired.Status);
        Assert.Equal("3", (await client.CallAsync("echo", """{"text":"3"}""", None)).FirstText);
    }

    [Fact]
    public async Task A_connection_drops_in_the_middle_of_a_stream()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "faulty-http", "drop-mid-call");
        using var client = new RawHttpClient(fixture.Url);
        await client.InitializeAsync(None);

        await using var response = await client.SendRequestAsync("tools/call", """{"name":"echo"}""", None);

        Assert.Equal("notifications/message", (await response.NextAsync(None))!.Method);
        await Assert.ThrowsAnyAsync<IOException>(() => response.NextAsync(None));
    }

    [Theory]
    [InlineData("500", HttpStatusCode.InternalServerError)]
    [InlineData("401", HttpStatusCode.Unauthorized)]
    [InlineData("not-json", HttpStatusCode.OK)]
    public async Task A_call_fails_with_its_status(string mode, HttpStatusCode status)
    {
        await using var fixture = await HttpFixture.StartAsync(None, "faulty-http", mode);
        using var client = new RawHttpClient(fixture.Url);
        await client.InitializeAsync(None);

        await using var response = await client.SendRequestAsync("tools/call", """{"name":"echo"}""", None);

        Assert.Equal(status, response.Status);
    }
}
