using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>
/// What a server says of its own accord is lost (ContextForge#4302, envoy/ai-gateway#1619); what it asks is dropped or
/// hangs (litellm#23761).
/// </summary>
public sealed class ServerVoiceTests
{
    private const int MessageCount = 200;
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task Notifications_come_all_and_in_order_before_the_answer(string way)
    {
        var said = string.Join(',', Enumerable.Range(0, MessageCount)
            .Select(number => $$$"""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":{{{number}}} } }""")
            .Append("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""")
            .Append("""{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}""")
            .Select(line => System.Text.Json.JsonSerializer.Serialize(line)));
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript("talkative", $$"""{"on":"tool:talk","send":[{{said}}]}""").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var (before, _) = await client.CallWithProgressAsync("talk", "{}", token: "1", id: "1");

        Assert.Equal(
            [.. Enumerable.Repeat("notifications/message", MessageCount), "notifications/tools/list_changed"],
            before.Select(message => message.Method!));
        Assert.Equal(
            Enumerable.Range(0, MessageCount),
            before.Take(MessageCount).Select(message => message.Params.GetProperty("data").GetInt32()));
    }

    [Fact]
    public async Task What_a_server_says_to_an_HTTP_client_that_listens_to_nothing_waits_for_its_stream()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript(
            "early", """{"on":"notifications/initialized","send":["{\"jsonrpc\":\"2.0\",\"method\":\"notifications/early\"}"]}""").StartAsync();
        await using var client = await proxy.ConnectAsync("http");

        await using var stream = await client.Http!.GetAsync(None);

        Assert.Equal("notifications/early", (await stream.NextAsync(None))!.Method);
    }

    // Each server asks under the same id, in the middle of a call of the same id.
    [Theory]
    [InlineData("stdio", "sampling/createMessage")]
    [InlineData("stdio", "elicitation/create")]
    [InlineData("http", "sampling/createMessage")]
    [InlineData("http", "elicitation/create")]
    public async Task A_server_that_asks_in_the_middle_of_a_call_is_answered_by_the_client_that_called(string way, string method)
    {
        await using var proxy = new ProxyUnderTest();
        var ask = System.Text.Json.JsonSerializer.Serialize($$"""{"jsonrpc":"2.0","id":"s1","method":"{{method}}","params":{"from":${arguments} } }""");
        await proxy.WithScript(
            "asking",
            $$"""{"on":"tool:ask","send":[{{ask}}]}""",
            """{"on":"answer:\"s1\"","send":["{\"jsonrpc\":\"2.0\",\"id\":${id@tool:ask},\"result\":{\"content\":[],\"heard\":${result} } }"]}""").StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            await using var client = await proxy.ConnectAsync(way, """{"sampling":{},"elicitation":{}}""");
            var answer = way == "http" ? await AskOverHttpAsync(client, number) : await AskOverStdioAsync(client, number);
            Assert.Equal(number, answer.Result.GetProperty("heard").GetProperty("number").GetInt32());
        }));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_client_that_refuses_to_be_asked_ends_the_wait(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript(
            "asking",
            """{"on":"tool:ask","send":["{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"sampling/createMessage\",\"params\":{}}"]}""",
            """{"on":"answer:7","send":["{\"jsonrpc\":\"2.0\",\"id\":${id@tool:ask},\"error\":${error} }"]}""").StartAsync();
        await using var client = await proxy.ConnectAsync(way);
        const string Refusal = """ "error":{"code":-32601,"message":"no sampling here"} """;

        RawMessage answer;
        if (client.Stdio is { } stdio)
        {
            stdio.OnRequest = _ => Refusal;
            answer = await client.CallAsync("ask");
        }
        else
        {
            await using var response = await client.Http!.SendRequestAsync("tools/call", """{"name":"ask"}""", None);
            var asked = await response.NextAsync("sampling/createMessage", None);
            await using var accepted = await client.Http.PostAsync($$"""{"jsonrpc":"2.0","id":{{asked.Id}},{{Refusal}}}""", None);
            answer = await response.AnswerAsync(None);
        }

        Assert.Equal("no sampling here", answer.Error.GetProperty("message").GetString());
    }

    private static Task<RawMessage> AskOverStdioAsync(ProxyClient client, int number)
    {
        client.Stdio!.OnRequest = asked =>
            $$""" "result":{"number":{{asked.Params.GetProperty("from").GetProperty("number")}}} """;
        return client.CallAsync("ask", $$"""{"number":{{number}}}""", id: "1");
    }

    private static async Task<RawMessage> AskOverHttpAsync(ProxyClient client, int number)
    {
        await using var response = await client.Http!.SendRequestAsync(
            "tools/call", $$$"""{"name":"ask","arguments":{"number":{{{number}}} } }""", None, id: "1");
        while (await response.NextAsync(None) is { } message)
        {
            if (message.IsAnswer)
            {
                return message;
            }

            var from = message.Params.GetProperty("from").GetProperty("number");
            await using var accepted = await client.Http.PostAsync(
                $$$"""{"jsonrpc":"2.0","id":{{{message.Id}}},"result":{"number":{{{from}}} } }""", None);
        }

        throw new EndOfStreamException("The call was not answered.");
    }
}
