using System.Net;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>The HTTP client that the proxy is tested with, against servers that are known to be right.</summary>
public sealed class RawHttpClientTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_session_lives_from_initialize_to_delete()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");
        using var client = new RawHttpClient(fixture.Url);

        await client.InitializeAsync(None);
        var called = await client.CallAsync("test_simple_text", "{}", None);
        await using var deleted = await client.DeleteAsync(None);
        await using var after = await client.SendRequestAsync("tools/list", "{}", None);

        Assert.Equal("This is a simple text response for testing.", called.FirstText);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal(HttpStatusCode.NotFound, after.Status);
    }

    [Fact]
    public async Task Unasked_messages_come_on_the_get_stream()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");
        using var client = new RawHttpClient(fixture.Url);
        await client.InitializeAsync(None);
        await using var stream = await client.GetAsync(None);
        await client.RequestAsync("resources/subscribe", """{"uri":"test://watched-resource"}""", None);

        await client.CallAsync("test_trigger_tool_change", "{}", None);
        var changed = await stream.NextAsync("notifications/tools/list_changed", None);
        await client.CallAsync("test_trigger_resource_change", "{}", None);
        var updated = await stream.NextAsync("notifications/resources/updated", None);

        Assert.True(changed.IsNotification);
        Assert.Equal("test://watched-resource", updated.Params.GetProperty("uri").GetString());
    }

    [Fact]
    public async Task Progress_comes_before_the_answer_on_one_stream()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "echo");
        using var client = new RawHttpClient(fixture.Url);
        await client.InitializeAsync(None);

        await using var response = await client.SendRequestAsync(
            "tools/call", """{"name":"progress","arguments":{"count":3},"_meta":{"progressToken":7}}""", None);
        var answer = await response.AnswerAsync(None);

        Assert.Equal("reported 3", answer.FirstText);
        Assert.Equal([1, 2, 3], response.Seen.SkipLast(1).Select(seen => seen.Params.GetProperty("progress").GetInt32()));
    }

    [Fact]
    public async Task The_modern_era_needs_no_session()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");
        using var client = new RawHttpClient(fixture.Url);

        var discovered = await client.RequestModernAsync("server/discover", "", None);
        var called = await client.CallModernAsync("test_simple_text", "{}", None);
        await using var unknown = await client.SendModernAsync("no/such", "", None);
        await using var mismatch = await client.SendModernAsync(
            "tools/call", "\"name\":\"test_simple_text\"", None, name: "another");

        Assert.Equal(ModernMeta.Version, discovered.Result.GetProperty("supportedVersions")[0].GetString());
        Assert.Equal("complete", called.Result.GetProperty("resultType").GetString());
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Equal(HttpStatusCode.BadRequest, mismatch.Status);
        Assert.Equal(-32020, (await mismatch.AnswerAsync(None)).ErrorCode);
    }

    [Fact]
    public async Task A_subscription_is_held_open_and_tells_of_changes()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");
        using var client = new RawHttpClient(fixture.Url);
        await using var stream = await client.SendModernAsync(
            "subscriptions/listen", "\"notifications\":{\"promptsListChanged\":true}", None, id: "\"sub\"");
        var acknowledged = await stream.NextAsync(None);

        await client.CallModernAsync("test_trigger_tool_change", "{}", None);
        await client.CallModernAsync("test_trigger_prompt_change", "{}", None);
        var changed = await stream.NextAsync(None);

        Assert.Equal("notifications/subscriptions/acknowledged", acknowledged!.Method);
        Assert.Equal("notifications/prompts/list_changed", changed!.Method);
        Assert.Equal(
            "\"sub\"",
            changed.Params.GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetRawText());
    }

    [Fact]
    public async Task Requests_from_elsewhere_are_refused()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");
        using var client = new RawHttpClient(fixture.Url);

        await using var refused = await client.PostAsync("{}", None, ("Origin", "http://evil.example.com"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    [Fact]
    public async Task A_token_is_asked_for_and_taken()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "echo", "--token", "secret");
        using var stranger = new RawHttpClient(fixture.Url);
        using var friend = new RawHttpClient(fixture.Url, token: "secret");

        await using var refused = await stranger.SendRequestAsync("ping", "{}", None);
        await friend.InitializeAsync(None);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal("hi", (await friend.CallAsync("echo", """{"text":"hi"}""", None)).FirstText);
    }

    [Fact]
    public async Task A_script_is_played_over_http_too()
    {
        var folder = Directory.CreateTempSubdirectory("coagent-raw-http-");
        try
        {
            var script = Path.Combine(folder.FullName, "script");
            var record = Path.Combine(folder.FullName, "record");
            await File.WriteAllTextAsync(script, """
                {"on":"tool:odd","send":["{\"jsonrpc\":\"2.0\",\"method\":\"vendor/x\",\"params\":1e400}","{\"id\":${id},\"result\":{ },\"more\":1.0}"]}
                {"on":"notifications/initialized","send":["{\"method\":\"vendor/unasked\"}"]}
                """);
            await using var fixture = await HttpFixture.StartAsync(None, "raw", "--script", script, "--record", record);
            using var client = new RawHttpClient(fixture.Url);
            await client.InitializeAsync(None);
            await using var stream = await client.GetAsync(None);
            await using var accepted = await client.NotifyAsync("notifications/initialized", "{}", None);

            await using var response = await client.SendRequestAsync("tools/call", """{"name":"odd"}""", None, id: "-1");
            var answer = await response.AnswerAsync(None);

            Assert.Equal("""{"method":"vendor/unasked"}""", (await stream.NextAsync(None))!.Text);
            Assert.Equal("""{"jsonrpc":"2.0","method":"vendor/x","params":1e400}""", response.Seen[0].Text);
            Assert.Equal("""{"id":-1,"result":{ },"more":1.0}""", answer.Text);
            Assert.EndsWith("\"id\":-1,\"method\":\"tools/call\",\"params\":{\"name\":\"odd\"}}\n", await File.ReadAllTextAsync(record));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_bytes_of_an_answer_are_kept()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "echo");
        using var client = new RawHttpClient(fixture.Url);
        await client.InitializeAsync(None);

        await using var response = await client.PostAsync(
            """{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"echo","arguments":{"text":"\u00e9\/"}}}""",
            None);

        Assert.Equal(
            """{"jsonrpc":"2.0","id":1.0,"result":{"content":[{"type":"text","text":"\u00e9\/"}]}}""",
            (await response.AnswerAsync(None)).Text);
    }
}
