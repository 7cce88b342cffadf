using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>With two clients connected, what a server asks and tells reaches the one that it is meant for.</summary>
public sealed class ErasTwoClientsTests
{
    private const string Capabilities = """{"sampling":{},"elicitation":{},"roots":{}}""";

    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<Route> Routes => [Route.HttpToStdio, Route.HttpToHttp, Route.StdioToStdio];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_server_asks_the_client_whose_call_it_serves(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "conformance");
        var (ann, ben) = await OpenTwoAsync(served);

        var calls = await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(_ => new[]
        {
            ann.CallAsync("test_sampling", """{"prompt":"who?"}""", None),
            ben.CallAsync("test_sampling", """{"prompt":"who?"}""", None),
            ann.CallAsync("test_elicitation", """{"message":"who?"}""", None),
            ben.CallAsync("test_elicitation", """{"message":"who?"}""", None),
        }));

        foreach (var round in calls.Chunk(4))
        {
            Assert.Equal("LLM response: ann", round[0].FirstText);
            Assert.Equal("LLM response: ben", round[1].FirstText);
            Assert.Contains("\"username\":\"ann\"", round[2].FirstText);
            Assert.Contains("\"username\":\"ben\"", round[3].FirstText);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_server_gets_the_roots_of_the_client_whose_call_it_serves(Route route)
    {
        var files = Directory.CreateTempSubdirectory("coagent-roots-");
        var script = await RawRoute.WriteScriptAsync(
            files, "roots",
            [
                RawRoute.Rule("tool:ann", """{"jsonrpc":"2.0","id":"for ann","method":"roots/list"}"""),
                RawRoute.Rule("tool:ben", """{"jsonrpc":"2.0","id":"for ben","method":"roots/list"}"""),
                RawRoute.Rule("answer:\"for ann\"", """{"jsonrpc":"2.0","id":${id@tool:ann},"result":${result}}"""),
                RawRoute.Rule("answer:\"for ben\"", """{"jsonrpc":"2.0","id":${id@tool:ben},"result":${result}}"""),
            ],
            None);
        await using (var served = await ServedRoute.StartAsync(route, None, "raw", "--script", script))
        {
            var (ann, ben) = await OpenTwoAsync(served);

            var answers = await Task.WhenAll(ann.CallAsync("ann", "{}", None), ben.CallAsync("ben", "{}", None));

            Assert.Equal(["ann", "ben"], answers.Select(answer => answer.Result.GetProperty("roots")[0].GetProperty("name").GetString()));
        }

        files.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Log_messages_and_progress_come_to_the_client_whose_call_logs(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "conformance");
        var (ann, ben) = await OpenTwoAsync(served);

        await ann.CallAsync("test_tool_with_logging", "{}", None);
        await ann.RequestAsync("tools/call", """{"name":"test_tool_with_progress","arguments":{},"_meta":{"progressToken":"p"}}""", None);
        await ben.CallAsync("test_simple_text", "{}", None);

        Assert.Equal(3, ann.Received.Count(message => message.Method == "notifications/message"));
        Assert.Equal(3, ann.Received.Count(message => message.Method == "notifications/progress"));
        Assert.DoesNotContain(ben.Received, message => message.IsNotification);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Updates_come_to_the_client_that_subscribed_and_list_changes_to_all_of_the_server(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "conformance");
        var (ann, ben) = await OpenTwoAsync(served);
        await ann.RequestAsync("resources/subscribe", """{"uri":"test://watched-resource"}""", None);

        // Over stdio each client has a server of its own, so each triggers its own changes.
        foreach (var client in new[] { ann, ben })
        {
            await client.CallAsync("test_trigger_resource_change", """{"uri":"test://watched-resource"}""", None);
            await client.CallAsync("test_trigger_tool_change", "{}", None);
            await client.CallAsync("test_trigger_prompt_change", "{}", None);
            await client.CallAsync("test_trigger_resource_list_change", "{}", None);
        }

        foreach (var client in new[] { ann, ben })
        {
            await client.NextAsync("notifications/tools/list_changed", None);
            await client.NextAsync("notifications/prompts/list_changed", None);
            await client.NextAsync("notifications/resources/list_changed", None);
        }

        Assert.Contains(ann.Received, message => message.Method == "notifications/resources/updated");
        Assert.DoesNotContain(ben.Received, message => message.Method == "notifications/resources/updated");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Completions_and_prompts_answer_who_asked(Route route)
    {
        await using var served = await ServedRoute.StartAsync(route, None, "conformance");
        var (ann, ben) = await OpenTwoAsync(served);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(_ => new[]
        {
            Complete(ann, "par"),
            Complete(ben, "te"),
            Prompt(ann, "ann"),
            Prompt(ben, "ben"),
        }));

        foreach (var round in answers.Chunk(4))
        {
            Assert.Equal("""["paris","park","party"]""", round[0].Result.GetProperty("completion").GetProperty("values").GetRawText());
            Assert.Equal("""["testing"]""", round[1].Result.GetProperty("completion").GetProperty("values").GetRawText());
            Assert.Contains("arg1='ann'", round[2].Text.Replace("\\u0027", "'"));
            Assert.Contains("arg1='ben'", round[3].Text.Replace("\\u0027", "'"));
        }
    }

    private static Task<RawMessage> Complete(RelayedClient client, string start) => client.RequestAsync(
        "completion/complete",
        $$$"""{"ref":{"type":"ref/prompt","name":"test_prompt_with_arguments"},"argument":{"name":"arg1","value":"{{{start}}}"}}""",
        None);

    private static Task<RawMessage> Prompt(RelayedClient client, string name) => client.RequestAsync(
        "prompts/get", $$$$"""{"name":"test_prompt_with_arguments","arguments":{"arg1":"{{{{name}}}}","arg2":"x"}}""", None);

    private static async Task<(RelayedClient Ann, RelayedClient Ben)> OpenTwoAsync(ServedRoute served)
    {
        var ann = await OpenAsync(served.Client, "ann");
        return (ann, await OpenAsync(served.NewClient(), "ben"));
    }

    private static async Task<RelayedClient> OpenAsync(RelayedClient client, string name)
    {
        client.OnRequest = request => request.Method switch
        {
            "sampling/createMessage" =>
                $$$"""
                "result":{"role":"assistant","content":{"type":"text","text":"{{{name}}}"},"model":"m","stopReason":"endTurn"}
                """.Trim(),
            "elicitation/create" =>
                $$$$"""
                "result":{"action":"accept","content":{"username":"{{{{name}}}}","email":"a@example.test"}}
                """.Trim(),
            "roots/list" =>
                $$"""
                "result":{"roots":[{"uri":"file:///r","name":"{{name}}"}]}
                """.Trim(),
            _ => null,
        };
        await client.InitializeAsync(None, Capabilities);
        return client;
    }
}
