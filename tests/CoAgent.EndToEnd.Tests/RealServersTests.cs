using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Servers that people use behave behind the proxy as they do without it.</summary>
public sealed class RealServersTests(NpmPackages packages) : IClassFixture<NpmPackages>
{
    private const string Capabilities = """{"sampling":{},"elicitation":{},"roots":{"listChanged":true}}""";

    // Each call of the reference server that needs nothing from the network and answers the same every time.
    private static readonly (string Tool, string Arguments)[] EverythingCalls =
    [
        ("echo", """{"message":"héllo \u0007 😀"}"""),
        ("get-annotated-message", """{"messageType":"error","includeImage":true}"""),
        ("get-resource-links", """{"count":4}"""),
        ("get-resource-reference", """{"resourceType":"Blob","resourceId":3}"""),
        ("get-structured-content", """{"location":"Chicago"}"""),
        ("get-sum", """{"a":2,"b":40}"""),
        ("get-tiny-image", "{}"),
        ("gzip-file-as-resource", """{"name":"a.gz","data":"data:text/plain;base64,aGVsbG8=","outputType":"resource"}"""),
        ("trigger-long-running-operation", """{"duration":0.3,"steps":3}"""),
        ("get-roots-list", "{}"),
        ("trigger-sampling-request", """{"prompt":"say it","maxTokens":7}"""),
        ("trigger-elicitation-request", "{}"),
        ("toggle-simulated-logging", "{}"),
        ("toggle-simulated-logging", "{}"),
        ("toggle-subscriber-updates", "{}"),
        ("toggle-subscriber-updates", "{}"),
        ("get-sum", """{"a":"two"}"""),
        ("no-such-tool", "{}"),
    ];

    private static readonly (string Method, string Parameters)[] EverythingRequests =
    [
        ("tools/list", "{}"),
        ("resources/list", "{}"),
        ("resources/templates/list", "{}"),
        ("resources/read", """{"uri":"demo://resource/static/document/features.md"}"""),
        ("resources/read", """{"uri":"demo://resource/none"}"""),
        ("resources/subscribe", """{"uri":"demo://resource/static/document/features.md"}"""),
        ("resources/unsubscribe", """{"uri":"demo://resource/static/document/features.md"}"""),
        ("prompts/list", "{}"),
        ("prompts/get", """{"name":"args-prompt","arguments":{"city":"Paris","state":"none"}}"""),
        ("prompts/get", """{"name":"resource-prompt","arguments":{"resourceType":"Text","resourceId":"2"}}"""),
        ("prompts/get", """{"name":"no-such-prompt"}"""),
        ("completion/complete", """{"ref":{"type":"ref/prompt","name":"completable-prompt"},"argument":{"name":"department","value":"S"}}"""),
        ("logging/setLevel", """{"level":"debug"}"""),
        ("no/such-method", "{}"),
    ];

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task The_filesystem_server_lists_writes_reads_and_edits_over_stdio_and_http()
    {
        await using var workspace = TestWorkspace.Empty();
        var directory = Directory.CreateDirectory(workspace.PathOf("tree")).FullName;
        workspace.Configure(TestWorkspace.Unordered, ("fs", TestWorkspace.Entry(packages.Node, packages.FilesystemServer, directory)));
        await using var direct = RawStdioClient.Start(packages.Node, [packages.FilesystemServer, directory]);
        await using var stdio = workspace.Connect();
        await direct.InitializeAsync(None);
        await stdio.InitializeAsync(None);
        using var http = workspace.Http();
        await http.InitializeAsync(None);
        var file = Path.Combine(directory, "a.txt");
        var path = JsonSerializer.Serialize(file);

        AssertSameTools(await direct.RequestAsync("tools/list", "{}", None), await stdio.RequestAsync("tools/list", "{}", None));
        AssertSameTools(await direct.RequestAsync("tools/list", "{}", None), await http.RequestAsync("tools/list", "{}", None));
        await stdio.CallAsync("write_file", $$"""{"path":{{path}},"content":"one\ntwo\n"}""", None);
        await http.CallAsync("edit_file", $$"""{"path":{{path}},"edits":[{"oldText":"two","newText":"2"}]}""", None);

        Assert.Equal("one\n2\n", await File.ReadAllTextAsync(file, None));
        var read = await stdio.CallAsync("read_text_file", $$"""{"path":{{path}}}""", None);
        Assert.Equal("one\n2\n", read.FirstText);
        Assert.Equal(
            Plain(await direct.CallAsync("read_text_file", $$"""{"path":{{path}}}""", None)), Plain(read));
        Assert.Contains("a.txt", (await http.CallAsync("list_directory", $$"""{"path":{{JsonSerializer.Serialize(directory)}}}""", None)).FirstText);
    }

    [Fact]
    public async Task The_everything_server_answers_as_it_does_directly()
    {
        await using var workspace = TestWorkspace.With(("every", TestWorkspace.Entry(packages.Node, packages.EverythingServer, "stdio")));
        await using var direct = RawStdioClient.Start(packages.Node, [packages.EverythingServer, "stdio"]);
        await using var proxied = workspace.Connect();
        await OpenAsync(direct);
        await OpenAsync(proxied);

        foreach (var (method, parameters) in EverythingRequests)
        {
            var expected = await direct.RequestAsync(method, parameters, None, id: "\"r\"");
            var actual = await proxied.RequestAsync(method, parameters, None, id: "\"r\"");
            Assert.Equal(expected.Text, OwnTools.Without(actual.Text));
        }

        foreach (var (tool, arguments) in EverythingCalls)
        {
            var expected = await direct.CallAsync(tool, arguments, None, "\"progressToken\":\"p\"");
            var actual = await proxied.CallAsync(tool, arguments, None, "\"progressToken\":\"p\"");
            Assert.Equal(Plain(expected), Plain(actual));
        }

        Assert.Equal(ProgressOf(direct), ProgressOf(proxied));
        Assert.NotEmpty(ProgressOf(proxied));
        Assert.Contains("PATH", (await proxied.CallAsync("get-env", "{}", None)).FirstText);
        AssertEveryToolWasCalled(await proxied.RequestAsync("tools/list", "{}", None));
    }

    [Fact]
    public async Task The_memory_server_keeps_what_it_is_told()
    {
        await using var workspace = TestWorkspace.Empty();
        var entry = TestWorkspace.Entry(packages.Node, packages.MemoryServer)[..^1]
            + $$""","env":{"MEMORY_FILE_PATH":{{JsonSerializer.Serialize(workspace.PathOf("memory.jsonl"))}} } }""";
        workspace.Configure(TestWorkspace.Unordered, ("memory", entry));
        await using var direct = RawStdioClient.Start(packages.Node, [packages.MemoryServer]);
        await using var stdio = workspace.Connect();
        await direct.InitializeAsync(None);
        await stdio.InitializeAsync(None);
        using var http = workspace.Http();
        await http.InitializeAsync(None);

        AssertSameTools(await direct.RequestAsync("tools/list", "{}", None), await stdio.RequestAsync("tools/list", "{}", None));
        await stdio.CallAsync(
            "create_entities", """{"entities":[{"name":"Ada","entityType":"person","observations":["counts"]}]}""", None);
        var found = await http.CallAsync("search_nodes", """{"query":"Ada"}""", None);

        Assert.Contains("counts", found.FirstText);
        Assert.Contains("Ada", await File.ReadAllTextAsync(workspace.PathOf("memory.jsonl"), None));
    }

    [Fact]
    public async Task The_kubernetes_server_lists_the_same_tools()
    {
        await using var workspace = TestWorkspace.Empty();
        var kubeconfig = WriteKubeconfig(workspace);
        workspace.Configure(TestWorkspace.Unordered, ("kube", TestWorkspace.Entry(packages.Node, packages.KubernetesServer, "--kubeconfig", kubeconfig)));
        await using var direct = RawStdioClient.Start(packages.Node, [packages.KubernetesServer, "--kubeconfig", kubeconfig]);
        await using var stdio = workspace.Connect();
        await direct.InitializeAsync(None);
        await stdio.InitializeAsync(None);
        using var http = workspace.Http();
        await http.InitializeAsync(None);

        var expected = await direct.RequestAsync("tools/list", "{}", None);
        AssertSameTools(expected, await stdio.RequestAsync("tools/list", "{}", None));
        AssertSameTools(expected, await http.RequestAsync("tools/list", "{}", None));
    }

    [Fact]
    public async Task Four_real_servers_and_the_workspace_share_one_list_and_every_call_finds_its_server()
    {
        await using var workspace = TestWorkspace.Empty();
        var tree = Directory.CreateDirectory(workspace.PathOf("tree")).FullName;
        workspace.Configure(
            TestWorkspace.Unordered,
            ("fs", TestWorkspace.Entry(packages.Node, packages.FilesystemServer, tree)),
            ("every", TestWorkspace.Entry(packages.Node, packages.EverythingServer, "stdio")),
            ("memory", TestWorkspace.Entry(packages.Node, packages.MemoryServer)),
            ("kube", TestWorkspace.Entry(packages.Node, packages.KubernetesServer, "--kubeconfig", WriteKubeconfig(workspace))),
            ("files", TestWorkspace.Builtin));
        await using var client = workspace.Connect();
        await OpenAsync(client);

        var names = ToolsOf(await client.RequestAsync("tools/list", "{}", None)).Select(tool => tool.Name).ToArray();
        Assert.Equal(names.Distinct(), names);
        var kept = await client.CallAsync("get-sum", """{"a":1,"b":2}""", None);
        var remembered = await client.CallAsync("read_graph", "{}", None);
        var allowed = await client.CallAsync("list_allowed_directories", "{}", None);
        var shell = await client.CallAsync("bash", """{"command":"pwd"}""", None);

        Assert.Contains("3", kept.FirstText);
        Assert.Contains("entities", remembered.FirstText);
        Assert.Contains(tree, allowed.FirstText);
        Assert.Contains(workspace.Root, shell.FirstText);
        Assert.Contains(names, name => name.Contains("pods_list", StringComparison.Ordinal));

        // Two servers write files: each of the two names reaches its own.
        var second = Assert.Single(names, name => name != "write_file" && name.EndsWith("write_file", StringComparison.Ordinal));
        var first = JsonSerializer.Serialize(Path.Combine(tree, "x"));
        await client.CallAsync("write_file", $$"""{"path":{{first}},"content":"by fs"}""", None);
        await client.CallAsync(second, """{"path":"x","content":"by files"}""", None);
        Assert.Equal("by fs", await File.ReadAllTextAsync(Path.Combine(tree, "x"), None));
        Assert.Equal("by files", await File.ReadAllTextAsync(workspace.PathOf("x"), None));
    }

    private static async Task OpenAsync(RawStdioClient client)
    {
        client.OnRequest = request => request.Method switch
        {
            "roots/list" => """ "result":{"roots":[{"uri":"file:///somewhere","name":"somewhere"}]} """,
            "sampling/createMessage" =>
                """ "result":{"role":"assistant","content":{"type":"text","text":"said"},"model":"test","stopReason":"endTurn"} """,
            "elicitation/create" => """ "result":{"action":"decline"} """,
            _ => null,
        };
        await client.InitializeAsync(None, capabilities: Capabilities);

        // The server adds the tools that need the client one after the other, each with a word.
        while (!ToolsOf(await client.RequestAsync("tools/list", "{}", None)).Any(tool => tool.Name == "trigger-sampling-request"))
        {
            await client.ReceiveAsync("notifications/tools/list_changed", None);
        }

        await client.CallAsync("get-roots-list", "{}", None);
    }

    private static string WriteKubeconfig(TestWorkspace workspace) => workspace.Write(
        "kubeconfig",
        """
        apiVersion: v1
        kind: Config
        current-context: made-up
        clusters: [{name: made-up, cluster: {server: "http://127.0.0.1:1"}}]
        contexts: [{name: made-up, context: {cluster: made-up, user: made-up}}]
        users: [{name: made-up, user: {}}]
        """);

    private static (string Name, string Raw)[] ToolsOf(RawMessage answer) =>
        [.. answer.ToolsOfServers().Select(tool => (tool.GetProperty("name").GetString()!, tool.GetRawText()))];

    private static void AssertSameTools(RawMessage expected, RawMessage actual)
    {
        Assert.NotEmpty(ToolsOf(expected));
        Assert.Equal(ToolsOf(expected), ToolsOf(actual));
    }

    // A tool that the server learns later must not go untested unseen. What is left out needs tasks or opens a browser.
    private static void AssertEveryToolWasCalled(RawMessage list)
    {
        string[] leftOut =
        [
            "simulate-research-query", "trigger-elicitation-request-async", "trigger-sampling-request-async",
            "trigger-url-elicitation", "get-env",
        ];
        Assert.Empty(ToolsOf(list).Select(tool => tool.Name).Except(EverythingCalls.Select(call => call.Tool)).Except(leftOut));
    }

    private static string[] ProgressOf(RawStdioClient client) =>
        [.. client.Notifications.Where(message => message.Method == "notifications/progress").Select(message => message.Params.GetRawText())];

    // What the server said, without what the proxy adds.
    private static string Plain(RawMessage answer)
    {
        var message = JsonNode.Parse(answer.Bytes)!.AsObject();
        message.Remove("id");
        if (message["result"]?["_meta"] is JsonObject meta)
        {
            meta.Remove("coagent/call");
            if (meta.Count == 0)
            {
                message["result"]!.AsObject().Remove("_meta");
            }
        }

        return message.ToJsonString();
    }
}
