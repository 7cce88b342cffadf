using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using CoAgent.Workspace;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Workspace;

/// <summary>The server on a pair of streams, spoken to in raw lines, in both eras of the protocol.</summary>
public sealed class ServerTests : IAsyncLifetime, IDisposable
{
    private const string Modern =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}}";

    private const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private readonly WorkspaceFixture _workspace = new();
    private readonly Pipe _toServer = new();
    private readonly Pipe _fromServer = new();
    private readonly CancellationTokenSource _stop = new();
    private StreamReader _answers = null!;
    private Task _serving = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _answers = new StreamReader(_fromServer.Reader.AsStream());
        _serving = new WorkspaceServer(_workspace.Tools, NullLoggerFactory.Instance)
            .RunAsync(_toServer.Reader.AsStream(), _fromServer.Writer.AsStream(), _stop.Token);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_legacy_client_initializes_lists_and_calls()
    {
        await Send(Initialize);
        var initialized = (await Receive())["result"]!;
        Assert.Equal("2025-06-18", (string)initialized["protocolVersion"]!);
        Assert.Equal("coagent-workspace", (string)initialized["serverInfo"]!["name"]!);
        Assert.NotNull(initialized["capabilities"]!["tools"]);
        await Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        AssertTools((await Receive())["result"]!["tools"]!.AsArray());
        await Send("""{"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"write_file","arguments":{"path":"ä.txt","content":"1\n\"2\""}}}""");
        AssertAnswer(await Receive(), "w", "wrote 5 bytes to ä.txt", isError: false);
        await Send("""{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read_file","arguments":{"path":"none"}}}""");
        AssertAnswer(await Receive(), 3, "none does not exist; list_directory shows what does.", isError: true);
        Assert.Equal("1\n\"2\"", _workspace.Content("ä.txt"));
    }

    [Fact]
    public async Task A_modern_client_discovers_lists_and_calls_without_a_handshake()
    {
        await SendModern(1, "server/discover");
        var discovered = (await Receive())["result"]!;
        Assert.Contains("2026-07-28", discovered["supportedVersions"]!.AsArray().Select(version => (string)version!));
        Assert.Equal("complete", (string)discovered["resultType"]!);
        await SendModern(2, "tools/list");
        var list = (await Receive())["result"]!;
        AssertTools(list["tools"]!.AsArray());
        Assert.Equal(3_600_000, (long)list["ttlMs"]!);
        Assert.Equal("public", (string)list["cacheScope"]!);
        Assert.Equal("complete", (string)list["resultType"]!);
        await SendModern(3, "tools/call", """ "name":"create_directory","arguments":{"path":"d"}""");
        var called = await Receive();
        AssertAnswer(called, 3, "d is there", isError: false);
        Assert.Equal("complete", (string)called["result"]!["resultType"]!);
    }

    [Fact]
    public async Task A_modern_client_may_call_at_once()
    {
        await SendModern(1, "tools/call", """ "name":"bash","arguments":{"command":"exit 7"}""");
        AssertAnswer(await Receive(), 1, "exit code 7", isError: true);
    }

    [Fact]
    public async Task The_era_is_the_connections_and_a_second_connection_may_have_the_other()
    {
        await SendModern(1, "server/discover");
        Assert.NotNull((await Receive())["result"]);
        await Send(Initialize);
        Assert.Equal(-32601, (int)(await Receive())["error"]!["code"]!);

        Pipe toSecond = new(), fromSecond = new();
        var second = new WorkspaceServer(_workspace.Tools, NullLoggerFactory.Instance)
            .RunAsync(toSecond.Reader.AsStream(), fromSecond.Writer.AsStream(), _stop.Token);
        await toSecond.Writer.WriteAsync(Encoding.UTF8.GetBytes(Initialize + "\n"));
        using var answers = new StreamReader(fromSecond.Reader.AsStream());
        var initialized = JsonNode.Parse((await answers.ReadLineAsync(WorkspaceFixture.Bound()))!)!;
        Assert.Equal("2025-06-18", (string)initialized["result"]!["protocolVersion"]!);
        await toSecond.Writer.CompleteAsync();
        await second.WaitAsync(WorkspaceFixture.Bound());
    }

    [Fact]
    public async Task A_tool_that_is_not_there_is_a_protocol_error()
    {
        await Send(Initialize);
        await Receive();
        await Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nope","arguments":{}}}""");
        Assert.Equal(-32602, (int)(await Receive())["error"]!["code"]!);
        await Send("""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"read_file"}}""");
        var missing = (await Receive())["result"]!;
        Assert.True((bool)missing["isError"]!);
        Assert.Contains("needs the argument 'path'", (string)missing["content"]![0]!["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_are_answered_as_they_end_and_a_cancelled_one_is_ended()
    {
        await Send(Initialize);
        await Receive();
        await _workspace.Succeed("bash", new { command = "mkfifo ready" });
        await Send("""{"jsonrpc":"2.0","id":"long","method":"tools/call","params":{"name":"bash","arguments":{"command":"echo $$ > ready; exec sleep 1000"}}}""");
        var process = (await File.ReadAllTextAsync(_workspace.At("ready"), WorkspaceFixture.Bound())).Trim();
        await Send("""{"jsonrpc":"2.0","id":"short","method":"tools/call","params":{"name":"list_directory","arguments":{"path":"."}}}""");
        AssertAnswer(await Receive(), "short", "ready", isError: false);
        await Send("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"long","reason":"enough"}}""");
        await _workspace.Succeed("bash", new { command = $"while kill -0 {process} 2> /dev/null; do sleep 0.01; done" });
        await Send("""{"jsonrpc":"2.0","id":"after","method":"tools/call","params":{"name":"bash","arguments":{"command":"echo on"}}}""");
        AssertAnswer(await Receive(), "after", "on\n", isError: false);
    }

    [Fact]
    public async Task Hundreds_of_calls_at_once_each_get_their_own_answer()
    {
        await Send(Initialize);
        await Receive();
        for (var id = 1; id <= 300; id++)
        {
            _workspace.Put($"{id}.txt", $"content of {id}");
            await Send("""{"jsonrpc":"2.0","id":#,"method":"tools/call","params":{"name":"read_file","arguments":{"path":"#.txt"}}}"""
                .Replace("#", $"{id}", StringComparison.Ordinal));
        }

        var answers = new Dictionary<int, string>();
        while (answers.Count < 300)
        {
            var answer = await Receive();
            answers.Add((int)answer["id"]!, (string)answer["result"]!["content"]![0]!["text"]!);
        }

        Assert.All(answers, answer => Assert.Equal($"content of {answer.Key}", answer.Value));
    }

    [Fact]
    public async Task The_end_of_the_input_ends_the_server_and_the_commands_that_run()
    {
        await Send(Initialize);
        await Receive();
        await _workspace.Succeed("bash", new { command = "mkfifo ready" });
        await Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"bash","arguments":{"command":"echo $$ > ready; exec sleep 1000"}}}""");
        var process = (await File.ReadAllTextAsync(_workspace.At("ready"), WorkspaceFixture.Bound())).Trim();
        await _toServer.Writer.CompleteAsync();
        await _serving.WaitAsync(WorkspaceFixture.Bound());
        Assert.False(File.Exists($"/proc/{process}/cmdline") && File.ReadAllText($"/proc/{process}/cmdline").Length > 0);
    }

    [Fact]
    public async Task Cancelling_the_server_ends_it()
    {
        await Send(Initialize);
        await Receive();
        await _stop.CancelAsync();
        await _serving.WaitAsync(WorkspaceFixture.Bound());
    }

    [Fact]
    public void Every_schema_is_closed_and_describes_each_argument()
    {
        foreach (var tool in WorkspaceTools.All.Select(tool => tool.Definition))
        {
            var schema = tool.InputSchema;
            Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
            Assert.Equal(
                tool.Parameters.Where(parameter => parameter.Required).Select(parameter => parameter.Name),
                schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!));
            Assert.All(schema.GetProperty("properties").EnumerateObject(), property =>
                Assert.NotEqual("", property.Value.GetProperty("description").GetString()));
        }
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(WorkspaceFixture.Bound());
    }

    public void Dispose()
    {
        _answers.Dispose();
        _stop.Dispose();
        _workspace.Dispose();
    }

    private static void AssertTools(JsonArray tools)
    {
        Assert.Equal(
            [
                "read_file", "write_file", "edit_file", "list_directory", "find_files", "search",
                "create_directory", "delete_file", "move_file", "copy_file", "bash",
            ],
            tools.Select(tool => (string)tool!["name"]!));
        var bash = tools[^1]!;
        Assert.Equal("object", (string)bash["inputSchema"]!["type"]!);
        Assert.Equal(3600, (int)bash["inputSchema"]!["properties"]!["timeout"]!["maximum"]!);
        Assert.True((bool)bash["annotations"]!["openWorldHint"]!);
        Assert.True((bool)tools[0]!["annotations"]!["readOnlyHint"]!);
        Assert.False((bool)tools[1]!["annotations"]!["readOnlyHint"]!);
    }

    private static void AssertAnswer(JsonNode answer, JsonNode id, string text, bool isError)
    {
        Assert.True(JsonNode.DeepEquals(id, answer["id"]), answer.ToJsonString());
        Assert.Equal(text, (string)answer["result"]!["content"]![0]!["text"]!);
        Assert.Equal(isError, (bool)answer["result"]!["isError"]!);
    }

    private Task SendModern(int id, string method, string parameters = "") =>
        Send($"{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"{method}\",\"params\":{{{(parameters.Length > 0 ? parameters + "," : "")}{Modern}}}}}");

    private async Task Send(string message)
    {
        await _toServer.Writer.WriteAsync(Encoding.UTF8.GetBytes(message + "\n"), WorkspaceFixture.Bound());
    }

    private async Task<JsonNode> Receive() =>
        JsonNode.Parse(await _answers.ReadLineAsync(WorkspaceFixture.Bound()) ?? throw new EndOfStreamException())!;
}
