using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>A legacy client uses a server that speaks the modern era only.</summary>
public sealed class ErasBridgeTests
{
    private const string Discovery = """
        {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{},"logging":{}},"instructions":"Be \u0041.","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"modern","version":"1"}}}
        """;

    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<Route> Routes => [Route.HttpToStdio, Route.HttpToHttp, Route.StdioToStdio];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task The_handshake_is_answered_from_the_discovery(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "modern-only");

        var initialized = await served.Client.InitializeAsync(None);
        var listed = await served.Client.RequestAsync("tools/list", "{}", None);
        var called = await served.Client.CallAsync("echo", """{"text":"hi"}""", None);

        Assert.Equal("2025-11-25", initialized.Result.GetProperty("protocolVersion").GetString());
        Assert.Equal("coagent-modern-fixture", initialized.Result.GetProperty("serverInfo").GetProperty("name").GetString());
        Assert.True(initialized.Result.GetProperty("capabilities").GetProperty("resources").GetProperty("subscribe").GetBoolean());
        Assert.NotEqual(0, listed.Result.GetProperty("tools").GetArrayLength());
        Assert.Equal("hi", called.FirstText);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Input_that_the_server_asks_for_is_asked_of_the_client(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "modern-only");
        served.Client.OnRequest = request => request.Method switch
        {
            "sampling/createMessage" => """
                "result":{"role":"assistant","content":{"type":"text","text":"\u0041"},"model":"m","n":1e400}
                """.Trim(),
            "elicitation/create" => """
                "result":{"action":"accept","content":{"name":"é"}}
                """.Trim(),
            "roots/list" => """
                "result":{"roots":[{"uri":"file:///r"}]}
                """.Trim(),
            _ => null,
        };
        await served.Client.InitializeAsync(None, """{"sampling":{},"elicitation":{},"roots":{}}""");

        var sampled = await served.Client.CallAsync("ask_sampling", "{}", None);
        var elicited = await served.Client.CallAsync("ask_elicitation", "{}", None);
        var rooted = await served.Client.CallAsync("ask_roots", "{}", None);

        Assert.Equal("""{"role":"assistant","content":{"type":"text","text":"\u0041"},"model":"m","n":1e400}""", sampled.FirstText);
        Assert.Equal("""{"action":"accept","content":{"name":"é"}}""", elicited.FirstText);
        Assert.Equal("""{"roots":[{"uri":"file:///r"}]}""", rooted.FirstText);
        Assert.Equal(
            "Your name?",
            served.Client.Received.Single(message => message.Method == "elicitation/create").Params.GetProperty("message").GetString());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_client_that_refuses_an_input_gets_an_error_that_names_it(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "modern-only");
        served.Client.OnRequest = _ => """
            "error":{"code":-32601,"message":"no"}
            """.Trim();
        await served.Client.InitializeAsync(None);

        var refused = await served.Client.CallAsync("ask_sampling", "{}", None);
        var called = await served.Client.CallAsync("echo", """{"text":"hi"}""", None);

        Assert.Contains("'asked'", refused.Error.GetProperty("message").GetString());
        Assert.Equal("hi", called.FirstText);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Changes_reach_the_client_unasked_and_updates_once_it_has_subscribed(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "modern-only");
        await served.Client.InitializeAsync(None);

        await served.Client.RequestAsync("resources/subscribe", """{"uri":"test://watched"}""", None);
        await served.Client.CallAsync("change_tools", "{}", None);
        await served.Client.NextAsync("notifications/tools/list_changed", None);
        await served.Client.CallAsync("change_prompts", "{}", None);
        await served.Client.NextAsync("notifications/prompts/list_changed", None);
        await served.Client.CallAsync("change_resources", "{}", None);
        await served.Client.NextAsync("notifications/resources/list_changed", None);
        await served.Client.CallAsync("change_resource", "{}", None);
        var updated = await served.Client.NextAsync("notifications/resources/updated", None);
        await served.Client.RequestAsync("resources/unsubscribe", """{"uri":"test://watched"}""", None);
        await served.Client.CallAsync("change_resource", "{}", None);
        await served.Client.CallAsync("change_tools", "{}", None);
        await served.Client.NextAsync("notifications/tools/list_changed", None);

        Assert.Equal("test://watched", updated.Params.GetProperty("uri").GetString());
        Assert.Single(served.Client.Received, message => message.Method == "notifications/resources/updated");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_request_carries_what_the_modern_era_wants_and_the_log_level_that_was_set(Route route)
    {
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.Rule("initialize", """{"jsonrpc":"2.0","id":${id},"error":{"code":-32022,"message":"modern only"}}"""),
            RawRoute.ResultRule("server/discover", Discovery),
            RawRoute.ResultRule("tool:any", """{"resultType":"complete","content":[]}"""));
        var initialized = await raw.Client.InitializeAsync(None, """{"roots":{"x":1e400}}""");

        await raw.Client.RequestAsync("logging/setLevel", """{"level":"warning"}""", None);
        await raw.Client.AskAsync("""{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"any","_meta":{"vendor":1.0}}}""", None);
        var ponged = await raw.Client.RequestAsync("ping", "{}", None);

        Assert.StartsWith("\"Be \\u0041.\\n\\n", initialized.Result.GetProperty("instructions").GetRawText(), StringComparison.Ordinal);
        Assert.EndsWith(
            """
            "params":{"name":"any","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"raw-client","version":"1.0.0"},"io.modelcontextprotocol/clientCapabilities":{"roots":{"x":1e400}},"io.modelcontextprotocol/logLevel":"warning","vendor":1.0}}}
            """.Trim(),
            raw.Recorded.Single(line => line.Contains("tools/call", StringComparison.Ordinal)));
        Assert.Equal("{}", ponged.Result.GetRawText());
        Assert.DoesNotContain(raw.Recorded, line => line.Contains("setLevel", StringComparison.Ordinal) || line.Contains("ping", StringComparison.Ordinal));
    }
}
