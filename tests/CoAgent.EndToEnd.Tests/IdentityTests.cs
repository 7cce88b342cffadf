using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Who calls, and at which rank: every source of a name beats the next one, and every result tells both.</summary>
public sealed class IdentityTests
{
    private const string List = "list_directory";
    private const string Here = """{"path":"."}""";

    private const string FullMeta =
        """
        "coagent/agent":"by-meta","vscode.conversationId":"by-vscode","threadId":"by-thread"
        """;

    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>The sources of a stdio client, strongest first: each case has all that are weaker than the one that must win.</summary>
    public static TheoryData<string, string?, string?, string, string?, string?> StdioSources => new()
    {
        { "by-option", "by-option", "by-variable", FullMeta, "by-claude", "by-copilot" },
        { "by-variable", null, "by-variable", FullMeta, "by-claude", "by-copilot" },
        { "by-meta", null, null, FullMeta, "by-claude", "by-copilot" },
        { "claude:by-claude", null, null, "\"vscode.conversationId\":\"by-vscode\",\"threadId\":\"by-thread\"", "by-claude", "by-copilot" },
        { "copilot:by-copilot", null, null, "\"vscode.conversationId\":\"by-vscode\",\"threadId\":\"by-thread\"", null, "by-copilot" },
        { "vscode:by-vscode", null, null, "\"vscode.conversationId\":\"by-vscode\",\"threadId\":\"by-thread\"", null, null },
        { "thread:by-thread", null, null, "\"threadId\":\"by-thread\"", null, null },
        { "pid:", null, null, "\"other\":1", null, null },
    };

    [Theory]
    [MemberData(nameof(StdioSources))]
    public async Task Each_source_of_a_stdio_client_beats_the_next_one(
        string agent, string? option, string? variable, string meta, string? claude, string? copilot)
    {
        await using var workspace = Files();
        await using var client = workspace.Connect(
            new Dictionary<string, string?>
            {
                ["COAGENT_AGENT"] = variable,
                ["CLAUDE_CODE_SESSION_ID"] = claude,
                ["COPILOT_AGENT_SESSION_ID"] = copilot,
            },
            option is null ? [] : ["--agent", option]);
        await client.InitializeAsync(None);

        var call = CallOf(await client.CallAsync(List, Here, None, meta));

        Assert.StartsWith(agent, call.GetProperty("agent").GetString());
    }

    [Fact]
    public async Task Each_source_of_an_http_client_beats_the_next_one()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        (string, string)[] header = [("CoAgent-Agent", "by-header")];

        Assert.Equal("by-url", await AgentOfHttpAsync(workspace, "/by-url", FullMeta, header));
        Assert.Equal("by-header", await AgentOfHttpAsync(workspace, "", FullMeta, header));
        Assert.Equal("by-meta", await AgentOfHttpAsync(workspace, "", FullMeta));
        Assert.Equal(
            "vscode:by-vscode",
            await AgentOfHttpAsync(workspace, "", "\"vscode.conversationId\":\"by-vscode\",\"threadId\":\"by-thread\""));
        Assert.Equal("thread:by-thread", await AgentOfHttpAsync(workspace, "", "\"threadId\":\"by-thread\""));
        var bySession = await AgentOfHttpAsync(workspace, "", "\"other\":1");
        Assert.StartsWith("http:", bySession);
        Assert.NotEqual(bySession, await AgentOfHttpAsync(workspace, "", "\"other\":1"));
    }

    [Fact]
    public async Task Bridges_of_one_client_process_are_one_agent()
    {
        await using var workspace = Files();
        await using var first = workspace.Connect();
        await using var second = workspace.Connect();
        await first.InitializeAsync(None);
        await second.InitializeAsync(None);

        var one = CallOf(await first.CallAsync(List, Here, None));
        var two = CallOf(await second.CallAsync(List, Here, None));

        Assert.Equal(one.GetProperty("agent").GetString(), two.GetProperty("agent").GetString());
        Assert.Equal(one.GetProperty("transaction").GetString(), two.GetProperty("transaction").GetString());
        Assert.Equal((1, 2), (one.GetProperty("n").GetInt32(), two.GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task A_result_tells_what_its_call_was()
    {
        await using var workspace = Files();
        await using var client = workspace.Connect("--agent", "coder", "--rank", "7");
        await client.InitializeAsync(None);

        var wrote = CallOf(await client.CallAsync("write_file", """{"path":"a.txt","content":"a"}""", None));
        var read = CallOf(await client.CallAsync("read_file", """{"path":"a.txt"}""", None));
        var failed = CallOf(await client.CallAsync("read_file", """{"path":"missing.txt"}""", None));

        Assert.Equal(
            ["id", "agent", "transaction", "rank", "n", "status", "view", "reads", "writes", "reversible"],
            wrote.EnumerateObject().Select(member => member.Name));
        Assert.Equal("applied", wrote.GetProperty("status").GetString());
        Assert.Equal("read", read.GetProperty("status").GetString());
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.All([wrote, read, failed], call =>
        {
            Assert.Equal("coder", call.GetProperty("agent").GetString());
            Assert.Equal("t1", call.GetProperty("transaction").GetString());
            Assert.Equal(7, call.GetProperty("rank").GetInt32());
            Assert.Equal("live", call.GetProperty("view").GetString());
        });
        Assert.Equal([1, 2, 3], new[] { wrote, read, failed }.Select(call => call.GetProperty("n").GetInt32()));
        Assert.Equal(["c1", "c2", "c3"], new[] { wrote, read, failed }.Select(call => call.GetProperty("id").GetString()));
        Assert.Contains(wrote.GetProperty("writes").EnumerateArray(), written => written.GetString()!.EndsWith("a.txt", StringComparison.Ordinal));
        Assert.Contains(read.GetProperty("reads").EnumerateArray(), seen => seen.GetString()!.EndsWith("a.txt", StringComparison.Ordinal));
        Assert.Empty(read.GetProperty("writes").EnumerateArray());
        Assert.True(wrote.GetProperty("reversible").GetBoolean());
    }

    [Fact]
    public async Task Agents_are_ranked_in_the_order_of_their_arrival()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);

        Assert.Equal(1, await RankAsync(workspace, "zoe"));
        Assert.Equal(2, await RankAsync(workspace, "adam"));
        Assert.Equal(1, await RankAsync(workspace, "zoe"));
        Assert.Equal(3, await RankAsync(workspace, "mia"));
    }

    [Fact]
    public async Task A_declared_order_holds_whoever_arrives_first()
    {
        await using var workspace = Files("""{"order":["planner","*","coder","tester"]}""");
        await using var daemon = await workspace.ServeAsync(None);

        var tester = await RankAsync(workspace, "tester");
        var stranger = await RankAsync(workspace, "stranger");
        var coder = await RankAsync(workspace, "coder");
        var later = await RankAsync(workspace, "later");
        var planner = await RankAsync(workspace, "planner");

        long[] ranks = [planner, stranger, later, coder, tester];
        Assert.Equal(ranks.Order(), ranks);
        Assert.Equal(5, ranks.Distinct().Count());
    }

    [Fact]
    public async Task A_rank_is_given_by_option_variable_url_or_header()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        await using var byOption = workspace.Connect("--agent", "a", "--rank", "40");
        await byOption.InitializeAsync(None);
        await using var byVariable = workspace.Connect(
            new Dictionary<string, string?> { ["COAGENT_AGENT"] = "b", ["COAGENT_RANK"] = "30" });
        await byVariable.InitializeAsync(None);

        Assert.Equal(40, RankOf(await byOption.CallAsync(List, Here, None)));
        Assert.Equal(30, RankOf(await byVariable.CallAsync(List, Here, None)));
        Assert.Equal(20, await RankAsync(workspace, "c?rank=20"));
        using var byHeader = workspace.Http("/d");
        await using var answer = await byHeader.PostAsync(ModernCall(), None, [.. ModernCallHeaders, ("CoAgent-Rank", "10")]);
        Assert.Equal(10, RankOf(await answer.AnswerAsync(None)));
    }

    [Fact]
    public async Task A_rank_that_is_taken_is_refused_on_the_handshake_and_on_every_call()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        Assert.Equal(2, await RankAsync(workspace, "first?rank=2"));
        await using var bridge = workspace.Connect("--agent", "second", "--rank", "2");
        using var http = workspace.Http("/third?rank=2");

        RawMessage[] refused =
        [
            await bridge.InitializeAsync(None),
            await bridge.CallAsync(List, Here, None),
            await bridge.CallAsync(List, Here, None),
            await http.RequestAsync("initialize", InitializeParams, None),
            await http.CallModernAsync(List, Here, None),
        ];

        Assert.All(refused, answer =>
        {
            Assert.Contains("Rank 2 is taken by agent first.", answer.Text);
            Assert.Contains("Free: 1, 3", answer.Text);
        });
        Assert.Equal([true, false, false, true, false], refused.Select(answer => answer.IsError));
        Assert.All(refused.Where(answer => !answer.IsError), answer =>
        {
            Assert.True(answer.Result.GetProperty("isError").GetBoolean());
            Assert.Equal("refused", CallOf(answer).GetProperty("status").GetString());
        });
    }

    [Fact]
    public async Task A_rank_below_a_finished_one_is_refused()
    {
        await using var workspace = Files("""{"disconnectGrace":"00:00:00"}""");
        await using var daemon = await workspace.ServeAsync(None);
        await using (var first = await SocketAsync(workspace, "first", ",\"rank\":5"))
        {
            await first.CallAsync(List, Here, None);
        }

        await WaitForEndedAsync(workspace, "first", "finished");
        await using var late = workspace.Connect("--agent", "late", "--rank", "4");

        var refused = await late.InitializeAsync(None);
        Assert.Contains("comes too late: rank 5 has finished", refused.Error.GetProperty("message").GetString());
        Assert.Contains("Free: 6-", refused.Text);
    }

    [Theory]
    [InlineData("?rank=0")]
    [InlineData("?rank=one")]
    [InlineData("/a%20b")]
    public async Task A_name_or_rank_that_is_none_is_refused_with_the_rule(string suffix)
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        using var http = workspace.Http(suffix);

        await using var response = await http.PostAsync(ModernCall(), None, ModernCallHeaders);

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.Status);
        Assert.Contains("whole number from 1", await response.TextAsync(None));
    }

    [Fact]
    public async Task An_agent_that_returns_within_the_grace_goes_on_with_its_transaction()
    {
        await using var workspace = Files("""{"disconnectGrace":"01:00:00"}""");
        await using var daemon = await workspace.ServeAsync(None);
        await using (var before = await SocketAsync(workspace, "coder"))
        {
            await before.CallAsync(List, Here, None);
        }

        await workspace.WaitForStatusAsync(
            status => StateOf(status, "coder") == "disconnected", "the disconnect", None);
        await using var after = await SocketAsync(workspace, "coder");
        var call = CallOf(await after.CallAsync(List, Here, None));

        Assert.Equal("t1", call.GetProperty("transaction").GetString());
        Assert.Equal(2, call.GetProperty("n").GetInt32());
    }

    // The other agent leaves later, so that once its grace is over the returned agent's would be, too.
    [Fact]
    public async Task An_agent_that_has_returned_keeps_its_transaction_also_when_it_does_not_call()
    {
        await using var workspace = Files("""{"disconnectGrace":"00:00:02"}""");
        await using var daemon = await workspace.ServeAsync(None);
        await using (var before = await SocketAsync(workspace, "coder"))
        {
            await before.CallAsync(List, Here, None);
        }

        await workspace.WaitForStatusAsync(status => StateOf(status, "coder") == "disconnected", "the disconnect", None);
        await using var after = await SocketAsync(workspace, "coder");
        await using (var other = await SocketAsync(workspace, "other"))
        {
            await other.CallAsync(List, Here, None);
        }

        // It ends by itself after those before it.
        await workspace.WaitForStatusAsync(status => StateOf(status, "other") == "unattended", "the end of the other's grace", None);

        Assert.Equal("t1", CallOf(await after.CallAsync(List, Here, None)).GetProperty("transaction").GetString());
    }

    [Fact]
    public async Task An_agent_that_stays_away_has_its_transaction_finished_or_aborted_as_configured()
    {
        foreach (var (policy, state) in new[] { ("finish", "finished"), ("abort", "aborted") })
        {
            await using var workspace = Files($$"""{"disconnectGrace":"00:00:00","onDisconnect":"{{policy}}"}""");
            await using var daemon = await workspace.ServeAsync(None);
            await using (var client = await SocketAsync(workspace, "coder"))
            {
                await client.CallAsync(List, Here, None);
            }

            await WaitForEndedAsync(workspace, "coder", state);
        }
    }

    [Fact]
    public async Task A_transaction_that_is_idle_for_its_lease_ends_and_the_next_call_begins_another()
    {
        await using var workspace = Files("""{"lease":"00:00:01"}""");
        await using var daemon = await workspace.ServeAsync(None);
        using var http = workspace.Http("/coder");
        await http.CallModernAsync(List, Here, None);

        await WaitForEndedAsync(workspace, "coder", "expired");
        var next = CallOf(await http.CallModernAsync(List, Here, None));

        Assert.Equal("t2", next.GetProperty("transaction").GetString());
        Assert.Equal(2, next.GetProperty("n").GetInt32()); // what it had read has moved along
        Assert.Equal(2, next.GetProperty("rank").GetInt32());
    }

    private static readonly (string, string)[] ModernCallHeaders =
        [("MCP-Protocol-Version", ModernMeta.Version), ("Mcp-Method", "tools/call"), ("Mcp-Name", List)];

    private const string InitializeParams =
        """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"raw-client","version":"1.0.0"}}""";

    private static TestWorkspace Files(string coagent = "{}") => TestWorkspace.With(coagent, ("files", TestWorkspace.Builtin));

    private static string ModernCall() =>
        $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{ModernMeta.Params($"\"name\":\"{List}\",\"arguments\":{Here}")}}}""";

    private static async Task<long> RankAsync(TestWorkspace workspace, string agentAndQuery)
    {
        using var client = workspace.Http("/" + agentAndQuery);
        return RankOf(await client.CallModernAsync(List, Here, None));
    }

    private static async Task<string?> AgentOfHttpAsync(
        TestWorkspace workspace, string suffix, string meta, params IEnumerable<(string, string)> headers)
    {
        using var client = workspace.Http(suffix);
        await using var begun = await client.PostAsync(
            $$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{InitializeParams}}}""", None, headers);
        _ = await begun.AnswerAsync(None);
        client.SessionId = begun.Header("Mcp-Session-Id");
        await using var called = await client.PostAsync(
            $$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"{{List}}","arguments":{{Here}},"_meta":{ {{meta}} } } }""",
            None,
            headers);
        return CallOf(await called.AnswerAsync(None)).GetProperty("agent").GetString();
    }

    private static Task<SocketClient> SocketAsync(TestWorkspace workspace, string agent, string more = "") =>
        SocketClient.ConnectAsync(workspace.FindDaemon()!, $"\"agent\":\"{agent}\"{more}", None);

    private static Task<JsonElement> WaitForEndedAsync(TestWorkspace workspace, string agent, string state) =>
        workspace.WaitForStatusAsync(
            status => status.GetProperty("endedTransactions").EnumerateArray().Any(ended =>
                ended.GetProperty("agent").GetString() == agent && ended.GetProperty("state").GetString() == state),
            $"the {state} transaction of {agent}",
            None);

    private static string? StateOf(JsonElement status, string agent) => status.GetProperty("transactions").EnumerateArray()
        .Where(open => open.GetProperty("agent").GetString() == agent)
        .Select(open => open.GetProperty("state").GetString())
        .SingleOrDefault();

    private static JsonElement CallOf(RawMessage answer) => answer.Result.GetProperty("_meta").GetProperty("coagent/call");

    private static long RankOf(RawMessage answer) => CallOf(answer).GetProperty("rank").GetInt64();
}
