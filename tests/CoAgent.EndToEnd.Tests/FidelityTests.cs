using System.Text;
using System.Text.RegularExpressions;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>What passes through the proxy arrives byte for byte, but for the id and what the proxy adds to the result of a call.</summary>
public sealed class FidelityTests
{
    private const int LargeBytes = 10 * 1024 * 1024;

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string Deep = new string('[', 500) + new string(']', 500);

    public static TheoryData<Route> Routes => [Route.HttpToStdio, Route.HttpToHttp, Route.StdioToStdio];

    // What the server sends for a call, and what the client must get; <call> is the proxy's own member.
    private static readonly (string Sent, string Expected)[] CallAnswers =
    [
        ("""{"jsonrpc":"2.0","id":${id},"result":{}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>}}}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{ "content" : [ ] }}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>}, "content" : [ ] }}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{"_meta":null,"content":[]}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>},"content":[]}}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{"content":[],"_meta":{}}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"content":[],"_meta":{<call>}}}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{"content":[],"_meta":{"vendor/x":{"deep":[1e400,-0.0]},"y":"\u0041"}}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"content":[],"_meta":{<call>,"vendor/x":{"deep":[1e400,-0.0]},"y":"\u0041"}}}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{"_meta":{"coagent/call":{"status":"applied"},"a":1,"coagent/notices":[7],"b":2,"co\u0061gent/x":3}}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>,"a":1,"b":2}}}"""),
        ("""{"vendor":{"z":1,"a":[]},"result":{"zz":1,"content":[{"beam":1e400,"type":"hologram","x-odd":null}],"aa":123456789012345678901234567890},"id":${id},"jsonrpc":"2.0","tail":true}""",
            """{"vendor":{"z":1,"a":[]},"result":{"_meta":{<call>},"zz":1,"content":[{"beam":1e400,"type":"hologram","x-odd":null}],"aa":123456789012345678901234567890},"id":${id},"jsonrpc":"2.0","tail":true}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"\u0041\/\ud83d\ude00 \ud800 é 😀 日本 \"\\"}],"isError":false}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>},"content":[{"type":"text","text":"\u0041\/\ud83d\ude00 \ud800 é 😀 日本 \"\\"}],"isError":false}}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"no"}],"isError":true,"structuredContent":{"n":1.00}}}""",
            """{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>},"content":[{"type":"text","text":"no"}],"isError":true,"structuredContent":{"n":1.00}}}"""),
        ($$$$"""{"jsonrpc":"2.0","id":${id},"result":{"deep":{{{{Deep}}}}}}""",
            $$$$"""{"jsonrpc":"2.0","id":${id},"result":{"_meta":{<call>},"deep":{{{{Deep}}}}}}"""),
        ("""{"jsonrpc":"2.0","id":${id},"error":{"code":-32050,"message":"\u006eo","data":{"n":1e400,"x":[1.0,{}]},"more":1},"vendor":[]}""",
            """{"jsonrpc":"2.0","id":${id},"error":{"code":-32050,"message":"\u006eo","data":{"n":1e400,"x":[1.0,{}]},"more":1},"vendor":[]}"""),
        ("""{"jsonrpc":"2.0","id":${id},"result":null}""", """{"jsonrpc":"2.0","id":${id},"result":null}"""),
    ];

    // Requests with places for the client's id and progress token, which the proxy replaces by its own.
    private static readonly string[] Requests =
    [
        """{"jsonrpc":"2.0","id":<id>,"method":"tools/call","params":{"name":"any"}}""",
        """{"vendor":{"b":1,"a":2},"params":{"zeta":[1e400,-0.0,1E5],"name":"any","arguments":{"n":123456789012345678901234567890,"f":1.0},"alpha":null},"method":"tools/call","id":<id>,"jsonrpc":"2.0","tail":false}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"tools/call","params":{"name":"any","arguments":{"t":"\u0041\/\ud83d\ude00 \ud800 é 😀 日本 \"\\","":{"":[]}}}}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"tools/call","params":{"_meta":{"vendor/x":1.0,"progressToken":<token>,"coagent/agent":"tester"},"name":"any","arguments":{}}}""",
        """{ "jsonrpc" : "2.0" , "id" : <id> , "method" : "tools/call" , "params" : { "name" : "any" , "arguments" : { } } }""",
        $$$$"""{"jsonrpc":"2.0","id":<id>,"method":"tools/call","params":{"name":"any","arguments":{"deep":{{{{Deep}}}}}}}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"vendor/do","params":[1e400,{"b":1,"a":2}]}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"vendor/do"}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"resources/read","params":{"uri":"vendor:\/\/x\u0041","odd":{}}}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"prompts/get","params":{"name":"p\u0041","arguments":{"z":"1"}}}""",
        """{"jsonrpc":"2.0","id":<id>,"method":"completion/complete","params":{"ref":{"type":"vendor","x":1.0}}}""",
    ];

    private static readonly string[] Ids =
        ["1.0", "\"\"", "-7", "123456789012345678901234567890", "1e2", "\"ünï 😀\"", "\"\\u0041\\/b\"", "\"a\\\"b\"", "\"7\"", "7"];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task The_answer_to_a_call_keeps_every_byte(Route route)
    {
        var rules = CallAnswers.Select((answer, index) => RawRoute.Rule($"tool:t{index}", answer.Sent));
        await using var raw = await RawRoute.StartAsync(route, None, rules);
        await raw.Client.InitializeAsync(None);

        for (var index = 0; index < CallAnswers.Length; index++)
        {
            var legacy = await raw.Client.AskAsync(
                $$$"""{"jsonrpc":"2.0","id":{{{index}}},"method":"tools/call","params":{"name":"t{{{index}}}"}}""", None);

            Assert.Equal(CallAnswers[index].Expected.Replace("${id}", $"{index}"), RawRoute.WithoutCall(legacy));
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task The_answer_to_a_call_keeps_every_byte_in_the_modern_era(Route route)
    {
        var rules = CallAnswers.Select((answer, index) => RawRoute.Rule($"tool:t{index}", answer.Sent));
        await using var raw = await RawRoute.StartAsync(route, None, rules);

        for (var index = 0; index < CallAnswers.Length; index++)
        {
            var members = $"\"name\":\"t{index}\"";
            var modern = await raw.Client.AskAsync(
                $$"""{"jsonrpc":"2.0","id":"m{{index}}","method":"tools/call","params":{{ModernMeta.Params(members)}}}""", None);

            Assert.Equal(CallAnswers[index].Expected.Replace("${id}", $"\"m{index}\""), RawRoute.WithoutCall(modern));
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_request_reaches_the_server_with_every_byte_but_its_id_and_token(Route route)
    {
        await using var raw = await RawRoute.StartAsync(route, None, RawRoute.Rule("tool:any", """{"jsonrpc":"2.0","id":${id},"result":{}}"""));
        await raw.Client.InitializeAsync(None);

        foreach (var request in Requests)
        {
            await raw.Client.AskAsync(request.Replace("<id>", "\"my-\\u0041\"").Replace("<token>", "\"my token\""), None);

            AssertSame(request, raw.Recorded[^1]);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_modern_request_reaches_the_server_with_every_byte_but_its_id_and_token(Route route)
    {
        await using var raw = await RawRoute.StartAsync(route, None, RawRoute.Rule("tool:any", """{"jsonrpc":"2.0","id":${id},"result":{}}"""));
        var parameters =
            $$"""{"zeta":1e400,"name":"any",{{ModernMeta.Member(more: "\"progressToken\":<token>,\"vendor/x\":[1.0]")}},"arguments":{"t":"\u0041\/é"},"alpha":{{Deep}}}""";
        var request = $$"""{"tail":{"b":1,"a":2},"params":{{parameters}},"id":<id>,"method":"tools/call","jsonrpc":"2.0"}""";

        await raw.Client.AskAsync(request.Replace("<id>", "1.0").Replace("<token>", "\"t\""), None);

        AssertSame(request, raw.Recorded[^1]);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task An_id_comes_back_as_it_was_written(Route route)
    {
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.Rule("tool:any", """{"jsonrpc":"2.0","id":${id},"result":{}}"""),
            RawRoute.Rule("vendor/do", """{"jsonrpc":"2.0","id":${id},"result":{"x":1}}"""));
        await raw.Client.InitializeAsync(None);

        foreach (var id in Ids)
        {
            var called = await raw.Client.AskAsync($$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"any"}}""", None);
            var done = await raw.Client.AskAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"vendor/do"}""", None);

            Assert.StartsWith($$"""{"jsonrpc":"2.0","id":{{id}},"result":""", called.Text);
            Assert.Equal($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"x":1}}""", done.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Calls_with_ids_that_differ_in_spelling_alone_are_not_mixed_up(Route route)
    {
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.Rule("tool:first"),
            RawRoute.Rule("tool:second", """{"jsonrpc":"2.0","id":${id},"result":{"n":2}}""", """{"jsonrpc":"2.0","id":${id@tool:first},"result":{"n":1}}"""));
        await raw.Client.InitializeAsync(None);

        var first = raw.Client.AskAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"first"}}""", None);
        await RecordedAsync(raw, "\"first\"");
        var second = await raw.Client.AskAsync("""{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"second"}}""", None);

        Assert.Equal("""{"jsonrpc":"2.0","id":1.0,"result":{"_meta":{<call>},"n":2}}""", RawRoute.WithoutCall(second));
        Assert.Equal("""{"jsonrpc":"2.0","id":1,"result":{"_meta":{<call>},"n":1}}""", RawRoute.WithoutCall(await first));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task What_no_version_of_the_protocol_knows_passes_both_ways(Route route)
    {
        const string Hello = """{"params":[1e400,{"b":1,"a":2}],"jsonrpc":"2.0","method":"vendor/hello","x":"\u0041"}""";
        const string Done = """{"jsonrpc":"2.0","result":{"said":"\u0041","_meta":{"coagent/x":1}},"id":${id},"x":1.0}""";
        const string Note = """{"x":{"b":1,"a":2},"method":"vendor\/note","params":{"n":1e400},"jsonrpc":"2.0"}""";
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.Rule("vendor/do", Hello, """{"jsonrpc":"2.0","id":"s\u0041","method":"vendor/ask","params":{"z":1.0,"a":"\/"},"more":[]}"""),
            RawRoute.Rule("answer:\"s\\u0041\"", Done.Replace("${id}", "${id@vendor/do}")));
        var asked = "";
        raw.Client.OnRequest = request =>
        {
            asked = request.Text.Replace($"\"id\":{request.Id}", "\"id\":<id>");
            return "\"result\":{\"odd\":1e400,\"t\":\"\\u0041\"},\"more\":1.0";
        };
        await raw.Client.InitializeAsync(None);

        await raw.Client.TellAsync(Note, None);
        var done = await raw.Client.AskAsync("""{"jsonrpc":"2.0","id":"v","method":"vendor/do"}""", None);
        var hello = await raw.Client.NextAsync("vendor/hello", None);

        Assert.Equal(Hello, hello.Text);
        Assert.Equal(Done.Replace("${id}", "\"v\""), done.Text);
        Assert.Equal("""{"jsonrpc":"2.0","id":<id>,"method":"vendor/ask","params":{"z":1.0,"a":"\/"},"more":[]}""", asked);
        Assert.Contains(Note, raw.Recorded);
        Assert.Contains("""{"jsonrpc":"2.0","id":"s\u0041","result":{"odd":1e400,"t":"\u0041"},"more":1.0}""", raw.Recorded);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Two_hundred_progress_messages_come_in_order_before_the_result(Route route)
    {
        const int Count = 200;
        var progress = Enumerable.Range(1, Count).Select(step =>
            $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":{{{step}}}.0,"progressToken":${progressToken},"vendor":"\u0041"},"x":1}""");
        await using var raw = await RawRoute.StartAsync(
            route, None, RawRoute.Rule("tool:any", [.. progress, """{"jsonrpc":"2.0","id":${id},"result":{}}"""]));
        await raw.Client.InitializeAsync(None);

        await raw.Client.AskAsync(
            """{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"any","_meta":{"progressToken":"tok\u0041"}}}""", None);

        var received = raw.Client.Received.TakeLast(Count + 1).ToArray();
        Assert.Equal(
            Enumerable.Range(1, Count).Select(step =>
                $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":{{{step}}}.0,"progressToken":"tok\u0041","vendor":"\u0041"},"x":1}"""),
            received.SkipLast(1).Select(message => message.Text));
        Assert.True(received[^1].IsAnswer);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Ten_megabytes_pass_each_way(Route route)
    {
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.Rule("tool:big", $$$"""{"jsonrpc":"2.0","id":${id},"result":{"text":"${repeat:{{{LargeBytes}}}:x}"}}"""),
            RawRoute.Rule("tool:small", """{"jsonrpc":"2.0","id":${id},"result":{}}"""));
        await raw.Client.InitializeAsync(None);
        var argument = new string('é', LargeBytes / 2);

        var answer = await raw.Client.CallAsync("big", "{}", None);
        await raw.Client.CallAsync("small", $$"""{"text":"{{argument}}"}""", None);

        Assert.Equal(LargeBytes, answer.Result.GetProperty("text").GetString()!.Length);
        Assert.EndsWith($$$$"""{"name":"small","arguments":{"text":"{{{{argument}}}}"}}}""", raw.Recorded[^1]);
    }

    [Theory]
    [InlineData(Route.HttpToStdio)]
    [InlineData(Route.HttpToHttp)]
    public async Task A_body_of_many_lines_reaches_the_server_as_one(Route route)
    {
        await using var raw = await RawRoute.StartAsync(route, None, RawRoute.Rule("tool:any", """{"jsonrpc":"2.0","id":${id},"result":{}}"""));
        await raw.Client.InitializeAsync(None);
        const string Pretty =
            "{\r\n  \"jsonrpc\": \"2.0\",\n  \"id\": <id>,\n  \"method\": \"tools/call\",\n  \"params\": {\n    \"name\": \"any\",\n    \"arguments\": { \"t\": \"a\\nb\" }\n  }\n}";

        await raw.Client.AskAsync(Pretty.Replace("<id>", "3"), None);

        AssertSame(Pretty.Replace('\r', ' ').Replace('\n', ' '), raw.Recorded[^1]);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_result_of_a_call_tells_what_the_call_was(Route route)
    {
        await using var raw = await RawRoute.StartAsync(
            route, None,
            RawRoute.Rule("tools/list", """{"jsonrpc":"2.0","id":${id},"result":{"tools":[{"name":"look","inputSchema":{},"annotations":{"readOnlyHint":true}},{"name":"act","inputSchema":{}}]}}"""),
            RawRoute.Rule("tool:look", """{"jsonrpc":"2.0","id":${id},"result":{}}"""),
            RawRoute.Rule("tool:act", """{"jsonrpc":"2.0","id":${id},"result":{}}"""),
            RawRoute.Rule("tool:fail", """{"jsonrpc":"2.0","id":${id},"result":{"isError":true}}"""));
        await raw.Client.InitializeAsync(None);
        await raw.Client.RequestAsync("tools/list", "{}", None);
        string[] tools = ["look", "act", "fail"];
        var records = new List<string>();
        foreach (var tool in tools)
        {
            var answer = await raw.Client.AskAsync(
                $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{{tool}}}}","_meta":{"coagent/agent":"tester"}}}""", None);
            records.Add(answer.Result.GetProperty("_meta").GetProperty("coagent/call").GetRawText());
        }

        Assert.Equal(
            [
                """{"id":"c1","agent":"tester","transaction":"t1","rank":1,"n":1,"status":"read","view":"live","reads":["mcp:fixture/**"],"writes":[],"reversible":true,"known":false,"why":"Nobody has described the tools of its server.","declare":"coagent catalog draft fixture look"}""",
                """{"id":"c2","agent":"tester","transaction":"t1","rank":1,"n":2,"status":"applied","view":"live","reads":["mcp:fixture/**"],"writes":["mcp:fixture/**"],"reversible":false,"known":false,"why":"Nobody has described the tools of its server.","declare":"coagent catalog draft fixture act"}""",
                """{"id":"c3","agent":"tester","transaction":"t1","rank":1,"n":3,"status":"failed","view":"live","reads":["mcp:fixture/**"],"writes":["mcp:fixture/**"],"reversible":false,"known":false,"why":"Nobody has described the tools of its server.","declare":"coagent catalog draft fixture fail"}""",
            ],
            records);
    }

    // The places of id and token hold one and the same number of the proxy's.
    private static void AssertSame(string request, string recorded)
    {
        var expected = new StringBuilder(Regex.Escape(request));
        expected.Replace("<id>", "(?<number>[0-9]+)").Replace("<token>", "(?<token>[0-9]+)");
        var found = Regex.Match(recorded, $"^{expected}$", RegexOptions.Singleline);

        Assert.True(found.Success, $"sent: {request}\ngot:  {recorded}");
        Assert.True(!found.Groups["token"].Success || found.Groups["token"].Value == found.Groups["number"].Value);
    }

    private static async Task RecordedAsync(RawRoute raw, string text)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        using var bound = new CancellationTokenSource(Bound.Patience);
        while (!raw.Recorded.Any(line => line.Contains(text, StringComparison.Ordinal)))
        {
            await look.WaitForNextTickAsync(bound.Token);
        }
    }
}
