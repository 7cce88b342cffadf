using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>A client behind <c>coagent connect</c> does not notice that its daemon was restarted, except for calls that were under way.</summary>
public sealed class BridgeTests
{
    private const string SubscribedUri = "note://a";

    // Answers the set-up of a client, with a notification before and after, and records all that it is told.
    private const string StatefulScript =
        """
        {"on":"initialize","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{},\"logging\":{},\"resources\":{\"subscribe\":true}},\"serverInfo\":{\"name\":\"stateful\",\"version\":\"1\"}}}"]}
        {"on":"logging/setLevel","send":["{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"error\",\"data\":\"before\"}}","{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{}}","{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"error\",\"data\":\"after\"}}"]}
        {"on":"resources/subscribe","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{}}","{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\"note://a\"}}"]}
        {"on":"resources/unsubscribe","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{}}"]}
        {"on":"tool:slow","send":["{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"error\",\"data\":\"started\"}}"]}
        {"on":"tool:quick","send":["{\"jsonrpc\":\"2.0\",\"id\":${id},\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"quick\"}]}}"]}
        """;

    private const string SilentListRule =
        """
        {"on":"tools/list","send":["{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"error\",\"data\":\"listing\"}}"]}
        """;

    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_idle_bridge_returns_to_a_new_daemon_and_sets_up_again_what_its_client_set_up(bool isStoppedInOrder)
    {
        await using var workspace = Stateful();
        await using var first = await workspace.ServeAsync(None);
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);
        await client.RequestAsync("logging/setLevel", """{"level":"error"}""", None);
        await client.RequestAsync("resources/subscribe", """{"uri":"note://a"}""", None);
        await client.RequestAsync("resources/subscribe", """{"uri":"note://b"}""", None);
        await client.RequestAsync("resources/unsubscribe", """{"uri":"note://b"}""", None);
        await client.ReceiveAsync("notifications/resources/updated", None);
        await client.ReceiveAsync("notifications/resources/updated", None);

        await EndAsync(first, isStoppedInOrder);
        await using var second = await workspace.ServeAsync(None);

        Assert.Equal("before", LogOf(await client.ReceiveAsync("notifications/message", None)));
        Assert.Equal("after", LogOf(await client.ReceiveAsync("notifications/message", None)));
        var updated = await client.ReceiveAsync("notifications/resources/updated", None);
        Assert.Equal(SubscribedUri, updated.Params.GetProperty("uri").GetString());
        Assert.Equal("quick", (await client.CallAsync("quick", "{}", None)).FirstText);
        Assert.Equal(
            ["initialize", "notifications/initialized", "logging/setLevel", "resources/subscribe", "tools/call"],
            RecordedMethods(workspace));
        Assert.All(client.Received.Where(message => message.IsAnswer), answer => Assert.DoesNotContain("coagent-again", answer.Id!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_after_the_daemon_has_gone_starts_another_one(bool isStoppedInOrder)
    {
        await using var workspace = Stateful();
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);

        await EndAsync(daemon, isStoppedInOrder);
        var answer = await client.CallAsync("quick", "{}", None);

        Assert.Equal("quick", answer.FirstText);
        Assert.NotEqual(daemon.Process.Id, workspace.FindDaemon()!.Pid);
        Assert.Equal(["initialize", "notifications/initialized", "tools/call"], RecordedMethods(workspace));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_was_under_way_is_answered_as_unknown_and_not_repeated(bool isStoppedInOrder)
    {
        await using var workspace = Stateful();
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);
        var slow = client.CallAsync("slow", "{}", None);
        Assert.Equal("started", LogOf(await client.ReceiveAsync("notifications/message", None)));

        await EndAsync(daemon, isStoppedInOrder);
        var lost = await slow;
        var next = await client.CallAsync("quick", "{}", None);

        Assert.True(lost.Result.GetProperty("isError").GetBoolean());
        Assert.Contains("unknown whether", lost.FirstText);
        Assert.Equal("unknown", lost.Result.GetProperty("_meta").GetProperty("coagent/call").GetProperty("status").GetString());
        Assert.Equal("quick", next.FirstText);
        Assert.Equal(["initialize", "notifications/initialized", "tools/call"], RecordedMethods(workspace));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_list_that_was_under_way_is_answered_by_the_next_daemon(bool isStoppedInOrder)
    {
        await using var workspace = Stateful();
        workspace.Write("script", StatefulScript + "\n" + SilentListRule);
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);
        var list = client.RequestAsync("tools/list", "{}", None);
        Assert.Equal("listing", LogOf(await client.ReceiveAsync("notifications/message", None)));

        workspace.Write("script", StatefulScript);
        await EndAsync(daemon, isStoppedInOrder);
        var answer = await list;

        var names = answer.ToolsOfServers().Select(tool => tool.GetProperty("name").GetString());
        Assert.Equal(["slow", "quick"], names);
    }

    [Fact]
    public async Task Several_bridges_return_to_one_new_daemon()
    {
        await using var workspace = TestWorkspace.With(("files", TestWorkspace.Builtin));
        await using var daemon = await workspace.ServeAsync(None);
        var clients = Enumerable.Range(0, 4).Select(_ => workspace.Connect()).ToArray();
        try
        {
            await Task.WhenAll(clients.Select(client => client.InitializeAsync(None)));

            await daemon.KillAsync(None);
            var answers = await Task.WhenAll(clients.Select(client => client.CallAsync("list_directory", """{"path":"."}""", None)));

            Assert.All(answers, answer => Assert.Contains("mcp.json", answer.FirstText));
            Assert.Equal(4, (await workspace.StatusAsync(None)).GetProperty("sessions").GetArrayLength());
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Requests_piped_in_are_all_answered_before_the_bridge_ends()
    {
        await using var workspace = TestWorkspace.With(("echo", TestWorkspace.Fixture("echo")));
        var calls = Enumerable.Range(2, 30).Select(id =>
            $$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call","params":{"name":"echo","arguments":{"text":"{{id}}"} } }""");
        string[] lines =
        [
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"pipe","version":"1"}}}""",
            """{"jsonrpc":"2.0","method":"notifications/initialized"}""",
            .. calls,
            """{"jsonrpc":"2.0","id":32,"method":"tools/call","params":{"name":"sleep","arguments":{"milliseconds":500}}}""",
        ];

        var piped = await workspace.RunAsync(["connect"], None, string.Join('\n', lines) + "\n");

        Assert.Equal(0, piped.ExitCode);
        Assert.Equal("", piped.Error);
        var answered = piped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonElement.Parse(line).GetProperty("id").GetInt32());
        Assert.Equal(Enumerable.Range(1, 32), answered.Order());
    }

    [Fact]
    public async Task A_bridge_ends_with_its_client_and_the_daemon_stays()
    {
        await using var workspace = Stateful();
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);

        client.Process.CloseInput();

        Assert.Equal(0, await client.Process.WaitForExitAsync(None));
        await workspace.WaitForStatusAsync(
            status => status.GetProperty("sessions").GetArrayLength() == 0, "the end of the session", None);
        Assert.False(daemon.Process.HasExited);
    }

    private static TestWorkspace Stateful()
    {
        var workspace = TestWorkspace.Empty();
        var script = workspace.Write("script", StatefulScript);
        workspace.Configure(TestWorkspace.Unordered, ("stateful", TestWorkspace.Fixture("raw", "--script", script, "--record", workspace.PathOf("record"))));
        return workspace;
    }

    private static async Task EndAsync(TestDaemon daemon, bool isStoppedInOrder)
    {
        if (isStoppedInOrder)
        {
            Assert.Equal(0, await daemon.StopAsync(None));
        }
        else
        {
            await daemon.KillAsync(None);
        }
    }

    private static string? LogOf(RawMessage message) => message.Params.GetProperty("data").GetString();

    // What the server that runs now was told; an earlier one's record is overwritten.
    private static IEnumerable<string?> RecordedMethods(TestWorkspace workspace) =>
        File.ReadAllLines(workspace.PathOf("record")).Select(line => new RawMessage(System.Text.Encoding.UTF8.GetBytes(line)).Method);
}
