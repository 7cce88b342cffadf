using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Two servers look like one, in either era and over either way in.</summary>
public sealed class ErasMergedTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-merged-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_legacy_client_sees_both_servers_offers_in_the_order_of_the_configuration(bool overHttp)
    {
        await using var workspace = await StartAsync(Script("a", isModern: true), Script("b", isModern: true));
        await using var client = workspace.NewClient(overHttp);

        var initialized = await client.InitializeAsync(None);

        Assert.Equal("2025-11-25", initialized.Result.GetProperty("protocolVersion").GetString());
        Assert.Equal("coagent", initialized.Result.GetProperty("serverInfo").GetProperty("name").GetString());
        await AssertOffersAsync((method, members) => client.RequestAsync(method, $"{{{members}}}", None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_modern_client_sees_both_servers_offers_in_the_order_of_the_configuration(bool overHttp)
    {
        await using var workspace = await StartAsync(Script("a", isModern: true), Script("b", isModern: true));
        await using var client = workspace.NewClient(overHttp);

        var discovered = await client.RequestModernAsync("server/discover", "", None);

        Assert.Equal("2026-07-28", discovered.Result.GetProperty("supportedVersions")[0].GetString());
        Assert.Equal(
            """{"tools":{"listChanged":true},"a":{"on":true},"b":{"on":true}}""",
            discovered.Result.GetProperty("capabilities").GetRawText());
        Assert.StartsWith("I am a.\n\nI am b.\n\n", discovered.Result.GetProperty("instructions").GetString(), StringComparison.Ordinal);
        await AssertOffersAsync((method, members) => client.RequestModernAsync(method, members, None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_gets_one_acknowledgement_first_and_then_the_changes_of_both(bool overHttp)
    {
        await using var workspace = await StartAsync(Script("a", isModern: true), Script("b", isModern: true));
        await using var client = workspace.NewClient(overHttp);
        var parameters = ModernMeta.Params("\"notifications\":{\"toolsListChanged\":true}");

        _ = client.AskAsync($$"""{"jsonrpc":"2.0","id":"mine","method":"subscriptions/listen","params":{{parameters}}}""", None);
        await client.NextAsync("notifications/tools/list_changed", None);
        await client.NextAsync("notifications/tools/list_changed", None);

        var notifications = client.Received.Where(message => message.IsNotification).ToArray();
        Assert.Equal(
            ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed", "notifications/tools/list_changed"],
            notifications.Select(message => message.Method));
        var agreed = notifications[0].Params.GetProperty("notifications");
        Assert.True(agreed.GetProperty("toolsListChanged").GetBoolean());
        Assert.Equal(
            ["test://a", "test://b"], agreed.GetProperty("resourceSubscriptions").EnumerateArray().Select(uri => uri.GetString()).Order());
        Assert.All(notifications, message => Assert.Equal(
            "mine", message.Params.GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetString()));
    }

    [Fact]
    public async Task A_server_that_says_nothing_to_a_listener_does_not_keep_it_from_the_others()
    {
        await using var workspace = await ServedWorkspace.StartAsync(
            None,
            ServedWorkspace.Server.Stdio("a", "raw", "--script", Script("a", isModern: true)),
            ServedWorkspace.Server.Stdio("mute", "raw", "--script", MuteScript()));
        await using var client = workspace.NewClient(overHttp: true);

        _ = client.RequestModernAsync("subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}", None);
        var acknowledged = await client.NextAsync("notifications/subscriptions/acknowledged", None);
        await client.NextAsync("notifications/tools/list_changed", None);

        Assert.True(acknowledged.Params.GetProperty("notifications").GetProperty("toolsListChanged").GetBoolean());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_of_both_eras_falls_back_where_one_server_is_legacy(bool overHttp)
    {
        await using var workspace = await StartAsync(Script("a", isModern: true), Script("b", isModern: false));
        await using var client = workspace.NewClient(overHttp);

        var probed = await client.RequestModernAsync("server/discover", "", None);
        var initialized = await client.InitializeAsync(None);

        Assert.Equal(-32601, probed.ErrorCode);
        Assert.False(initialized.IsError);
        await AssertOffersAsync((method, members) => client.RequestAsync(method, $"{{{members}}}", None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_legacy_client_reaches_a_modern_only_server_beside_a_legacy_one(bool overHttp)
    {
        await using var workspace = await ServedWorkspace.StartAsync(
            None,
            ServedWorkspace.Server.Stdio("modern", "faulty", "modern-only"),
            ServedWorkspace.Server.Stdio("b", "raw", "--script", Script("b", isModern: false)));
        await using var client = workspace.NewClient(overHttp);
        client.OnRequest = _ => "\"result\":{\"roots\":[]}";
        await client.InitializeAsync(None, """{"roots":{}}""");
        await client.RequestAsync("tools/list", "{}", None);

        var asked = await client.CallAsync("ask_roots", "{}", None);
        var called = await client.CallAsync("tool_b", "{}", None);

        Assert.Equal("""{"roots":[]}""", asked.FirstText);
        Assert.Equal("b", called.FirstText);
    }

    private static async Task AssertOffersAsync(Func<string, string, Task<RawMessage>> ask)
    {
        var tools = await ask("tools/list", "");
        var prompts = await ask("prompts/list", "");
        var resources = await ask("resources/list", "");
        var templates = await ask("resources/templates/list", "");

        Assert.Equal(
            """[{"name":"tool_a","inputSchema":{},"n":1e400},{"name":"same","inputSchema":{}},{"name":"tool_b","inputSchema":{},"n":1e400},{"name":"b_same","inputSchema":{}}]""",
            OwnTools.Without(tools.Result.GetProperty("tools").GetRawText()));
        Assert.Equal(
            """[{"name":"prompt_a","x":"\u0041"},{"name":"ask"},{"name":"prompt_b","x":"\u0041"},{"name":"b_ask"}]""",
            prompts.Result.GetProperty("prompts").GetRawText());
        Assert.Equal(
            """[{"uri":"test://a","name":"r"},{"uri":"test://b","name":"r"}]""", resources.Result.GetProperty("resources").GetRawText());
        Assert.Equal(
            """[{"uriTemplate":"a://{id}","name":"t"},{"uriTemplate":"b://{id}","name":"t"}]""",
            templates.Result.GetProperty("resourceTemplates").GetRawText());
        foreach (var (method, members, expected) in Questions())
        {
            var answer = await ask(method, members);
            Assert.True(answer.Text.Contains($"\"{expected}\"", StringComparison.Ordinal), $"{method} {members}: {answer.Text}");
        }
    }

    // Each question, and which server must have answered it, under which name.
    private static IEnumerable<(string Method, string Members, string Expected)> Questions() =>
    [
        ("tools/call", "\"name\":\"tool_a\"", "a"),
        ("tools/call", "\"name\":\"tool_b\"", "b"),
        ("tools/call", "\"name\":\"same\"", "same of a"),
        ("tools/call", "\"name\":\"b_same\"", "same of b"),
        ("prompts/get", "\"name\":\"prompt_b\"", "prompt of b"),
        ("prompts/get", "\"name\":\"b_ask\"", "prompt of b"),
        ("resources/read", "\"uri\":\"test://a\"", "resource of a"),
        ("resources/read", "\"uri\":\"test://b\"", "resource of b"),
        ("resources/read", "\"uri\":\"b://7\"", "resource of b"),
        ("completion/complete", "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"prompt_b\"},\"argument\":{}", "completion of b"),
        ("completion/complete", "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"b_ask\"},\"argument\":{}", "completion of b"),
        ("completion/complete", "\"ref\":{\"type\":\"ref/prompt\",\"name\":\"prompt_a\"},\"argument\":{}", "completion of a"),
        ("completion/complete", "\"ref\":{\"type\":\"ref/resource\",\"uri\":\"b://{id}\"},\"argument\":{}", "completion of b"),
        ("vendor/only_b", "\"x\":1", "only b"),
    ];

    private static Task<ServedWorkspace> StartAsync(string a, string b) => ServedWorkspace.StartAsync(
        None,
        ServedWorkspace.Server.Stdio("a", "raw", "--script", a),
        ServedWorkspace.Server.Stdio("b", "raw", "--script", b));

    private string Script(string name, bool isModern)
    {
        var file = Path.Combine(folder.FullName, $"{name}.jsonl");
        File.WriteAllLines(file, isModern ? [.. Offers(name), .. Modern(name)] : Offers(name));
        return file;
    }

    private string MuteScript()
    {
        var file = Path.Combine(folder.FullName, "mute.jsonl");
        File.WriteAllLines(file, [RawRoute.Rule("subscriptions/listen")]);
        return file;
    }

    private static string[] Offers(string name) =>
    [
        Result("tools/list", $$$"""{"tools":[{"name":"tool_{{{name}}}","inputSchema":{},"n":1e400},{"name":"same","inputSchema":{}}],"resultType":"complete"}"""),
        Result("prompts/list", $$"""{"prompts":[{"name":"prompt_{{name}}","x":"\u0041"},{"name":"ask"}],"resultType":"complete"}"""),
        Result("resources/list", $$"""{"resources":[{"uri":"test://{{name}}","name":"r"}],"resultType":"complete"}"""),
        Result("resources/templates/list", $$"""{"resourceTemplates":[{"uriTemplate":"{{name}}://{id}","name":"t"}],"resultType":"complete"}"""),
        Result($"tool:tool_{name}", $$"""{"content":[{"type":"text","text":"{{name}}"}],"resultType":"complete"}"""),
        Result("tool:same", $$"""{"content":[{"type":"text","text":"same of {{name}}"}],"resultType":"complete"}"""),
        Result("prompts/get", $$"""{"description":"prompt of {{name}}","resultType":"complete"}"""),
        Result("resources/read", $$"""{"contents":[],"x":"resource of {{name}}","resultType":"complete"}"""),
        Result("completion/complete", $$$"""{"completion":{"values":["completion of {{{name}}}"]},"resultType":"complete"}"""),
        Result($"vendor/only_{name}", $$"""{"x":"only {{name}}","resultType":"complete"}"""),
    ];

    private static string[] Modern(string name) =>
    [
        Result("server/discover", $$$$"""
            {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true},"{{{{name}}}}":{"on":true}},"instructions":"I am {{{{name}}}}."}
            """.Trim()),
        RawRoute.Rule(
            "subscriptions/listen",
            """{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":${id}}}}""",
            $$$$"""{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":${id}},"notifications":{"toolsListChanged":true,"resourceSubscriptions":["test://{{{{name}}}}"]}}}"""),
    ];

    private static string Result(string on, string result) => RawRoute.ResultRule(on, result);
}
