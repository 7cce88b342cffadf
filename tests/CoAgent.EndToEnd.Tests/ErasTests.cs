using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Clients and servers of every era understand each other through the proxy.</summary>
public sealed class ErasTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<Route> Routes => [Route.HttpToStdio, Route.HttpToHttp, Route.StdioToStdio];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_modern_client_speaks_modern_with_a_modern_server(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "echo");

        var discovered = await served.Client.RequestModernAsync("server/discover", "", None);
        var called = await served.Client.CallModernAsync("echo", """{"text":"hi"}""", None);

        Assert.Equal("2026-07-28", discovered.Result.GetProperty("supportedVersions")[0].GetString());
        Assert.Equal("complete", called.Result.GetProperty("resultType").GetString());
        Assert.Equal("hi", called.FirstText);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_legacy_client_speaks_legacy_with_a_server_of_both_eras(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "echo");

        var initialized = await served.Client.InitializeAsync(None);
        var called = await served.Client.CallAsync("echo", """{"text":"hi"}""", None);

        Assert.Equal("2025-11-25", initialized.Result.GetProperty("protocolVersion").GetString());
        Assert.Equal("coagent-echo-fixture", initialized.Result.GetProperty("serverInfo").GetProperty("name").GetString());
        Assert.False(called.Result.TryGetProperty("resultType", out _));
        Assert.Equal("hi", called.FirstText);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_client_of_both_eras_falls_back_on_the_answer_of_a_legacy_server(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "legacy-only");

        var probed = await served.Client.RequestModernAsync("server/discover", "", None);
        var initialized = await served.Client.InitializeAsync(None);
        var called = await served.Client.CallAsync("echo", """{"text":"hi"}""", None);

        Assert.Equal(-32601, probed.ErrorCode);
        Assert.Equal("Method not found", probed.Error.GetProperty("message").GetString());
        Assert.Equal("2025-11-25", initialized.Result.GetProperty("protocolVersion").GetString());
        Assert.Equal("hi", called.FirstText);
    }

    [Theory]
    [InlineData(Route.HttpToStdio)]
    [InlineData(Route.HttpToHttp)]
    public async Task Over_http_the_status_tells_a_client_to_fall_back(Route route)
    {
        await using var fixture = await HttpFixture.StartAsync(None, "faulty-http", "legacy-only");
        await using var workspace = await ServedWorkspace.StartAsync(None, route == Route.HttpToHttp
            ? ServedWorkspace.Server.Http("fixture", fixture.Url)
            : ServedWorkspace.Server.Stdio("fixture", "faulty", "legacy-only"));
        using var client = new RawHttpClient(workspace.Url);

        await using var probed = await client.SendModernAsync("server/discover", "", None);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, probed.Status);
        Assert.Equal(-32601, (await probed.AnswerAsync(None)).ErrorCode);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_modern_retry_with_input_is_the_same_call(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "modern-only");

        var asked = await served.Client.CallModernAsync("ask_roots", "{}", None);
        var answered = await served.Client.CallModernAsync(
            "ask_roots", "{}", None, """
            "inputResponses":{"asked":{"roots":[]}},"requestState":"state of ask_roots"
            """);
        var next = await served.Client.CallModernAsync("echo", """{"text":"hi"}""", None);

        Assert.Equal("input_required", asked.Result.GetProperty("resultType").GetString());
        Assert.Equal("""{"roots":[]}""", answered.FirstText);
        Assert.Equal(["c1 1 held", "c1 1 applied"], new[] { asked, answered }.Select(CallOf));
        Assert.Equal("c3 3 applied", CallOf(next)); // to the coordinator the retry had a number of its own
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_modern_client_hears_of_changes_under_its_own_subscription_id(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "faulty", "modern-only");
        var parameters = ModernMeta.Params("""
            "notifications":{"toolsListChanged":true,"resourceSubscriptions":["test://watched"]}
            """);

        var listening = served.Client.AskAsync(
            $$"""{"jsonrpc":"2.0","id":"my \u0041","method":"subscriptions/listen","params":{{parameters}}}""", None);
        var acknowledged = await served.Client.NextAsync("notifications/subscriptions/acknowledged", None);
        await served.Client.CallModernAsync("change_prompts", "{}", None);
        await served.Client.CallModernAsync("change_tools", "{}", None);
        await served.Client.CallModernAsync("change_resource", "{}", None);
        var changed = await served.Client.NextAsync("notifications/tools/list_changed", None);
        var updated = await served.Client.NextAsync("notifications/resources/updated", None);

        Assert.False(listening.IsCompleted);
        Assert.All([acknowledged, changed, updated], message => Assert.Equal(
            "\"my \\u0041\"", message.Params.GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetRawText()));
        Assert.DoesNotContain(served.Client.Received, message => message.Method == "notifications/prompts/list_changed");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Results_and_methods_of_tasks_pass_and_their_progress_goes_on(Route route)
    {
        const string Task = """{"task":{"taskId":"x\u0041","status":"working","ttl":1e400},"vendor":1.0}""";
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.ResultRule("tool:long", Task),
            RawRoute.Rule(
                "tasks/get",
                """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${progressToken@tool:long},"progress":1}}""",
                """{"jsonrpc":"2.0","id":${id},"result":{"taskId":"x\u0041","status":"completed"}}"""),
            RawRoute.Rule("tasks/odd", """{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"what?","data":1.0}}"""));
        await raw.Client.InitializeAsync(None);

        var started = await raw.Client.AskAsync(
            """{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"long","task":{"ttl":60000},"_meta":{"progressToken":"mine"}}}""", None);
        var got = await raw.Client.AskAsync("""{"jsonrpc":"2.0","id":"b","method":"tasks/get","params":{"taskId":"x\u0041"}}""", None);
        var progress = await raw.Client.NextAsync("notifications/progress", None);
        var odd = await raw.Client.AskAsync("""{"jsonrpc":"2.0","id":"c","method":"tasks/odd","params":{}}""", None);

        Assert.Equal(
            """{"jsonrpc":"2.0","id":"a","result":{"_meta":{<call>},"task":{"taskId":"x\u0041","status":"working","ttl":1e400},"vendor":1.0}}""",
            RawRoute.WithoutCall(started));
        Assert.Equal("unknown", started.Result.GetProperty("_meta").GetProperty("coagent/call").GetProperty("status").GetString());
        Assert.Equal("""{"jsonrpc":"2.0","id":"b","result":{"taskId":"x\u0041","status":"completed"}}""", got.Text);
        Assert.Equal("mine", progress.Params.GetProperty("progressToken").GetString());
        Assert.Equal("""{"jsonrpc":"2.0","id":"c","error":{"code":-32601,"message":"what?","data":1.0}}""", odd.Text);
    }

    private static string CallOf(RawMessage answer)
    {
        var call = answer.Result.GetProperty("_meta").GetProperty("coagent/call");
        return $"{call.GetProperty("id")} {call.GetProperty("n")} {call.GetProperty("status")}";
    }
}
