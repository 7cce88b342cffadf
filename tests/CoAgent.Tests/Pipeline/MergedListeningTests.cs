using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;
using CoAgent.Tests.Downstream;

namespace CoAgent.Tests.Pipeline;

public sealed class MergedListeningTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ScriptedServers _servers = new() { Answer = static _ => null };
    private readonly ServerLink[] _links;
    private readonly RecordingExchange _exchange = new("""{"jsonrpc":"2.0","id":"s","method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true}}}""");

    public MergedListeningTests()
    {
        var owner = new RecordingOwner { InitializeRequest = null };
        _links = [_servers.Link(owner, "a"), _servers.Link(owner, "b")];
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var link in _links)
        {
            await link.DisposeAsync().AsTask().WaitAsync(Bound);
        }

        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task The_client_gets_one_acknowledgement_first_of_what_all_agreed_to()
    {
        var listening = new MergedListening([.. _links], _exchange, TimeProvider.System);
        var run = listening.RunAsync();
        var (first, firstId) = await HearAsync();
        var (second, secondId) = await HearAsync();
        await AcknowledgeAsync(first, firstId, """{"toolsListChanged":true,"resourceSubscriptions":["file:///a"]}""");
        await ChangeAsync(first, firstId, "notifications/tools/list_changed");
        await first.SayAsync("""{"jsonrpc":"2.0","id":99,"result":{}}""");
        Assert.Empty(_exchange.Related);
        await AcknowledgeAsync(second, secondId, """{"promptsListChanged":true,"resourceSubscriptions":["file:///a","file:///b"]}""");
        await ChangeAsync(second, secondId, "notifications/prompts/list_changed");
        await EndAsync(first, firstId);
        await EndAsync(second, secondId);
        await run.WaitAsync(Bound);

        Assert.Equal("notifications/subscriptions/acknowledged", MethodOf(_exchange.Related[0]));
        Assert.Equal(
            ["notifications/prompts/list_changed", "notifications/tools/list_changed"], // two servers: in either order
            _exchange.Related.Skip(1).Select(MethodOf).Order(StringComparer.Ordinal));
        using var acknowledged = JsonDocument.Parse(_exchange.Related[0]);
        var parameters = acknowledged.RootElement.GetProperty("params");
        Assert.Equal("s", parameters.GetProperty("_meta").GetProperty("io.modelcontextprotocol/subscriptionId").GetString());
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"toolsListChanged":true,"resourceSubscriptions":["file:///a","file:///b"],"promptsListChanged":true}"""),
            JsonNode.Parse(parameters.GetProperty("notifications").GetRawText())));
    }

    [Fact]
    public async Task A_server_that_agrees_and_dies_does_not_stand_for_one_that_has_not_agreed_yet()
    {
        var listening = new MergedListening([.. _links], _exchange, TimeProvider.System);
        var run = listening.RunAsync();
        var (first, firstId) = await HearAsync();
        var (second, secondId) = await HearAsync();
        await AcknowledgeAsync(first, firstId, """{"toolsListChanged":true}""");
        await EndAsync(first, firstId);
        await ChangeAsync(second, secondId, "notifications/prompts/list_changed");
        await AcknowledgeAsync(second, secondId, """{"promptsListChanged":true}""");
        await EndAsync(second, secondId);
        await run.WaitAsync(Bound);
        Assert.Equal(["notifications/subscriptions/acknowledged", "notifications/prompts/list_changed"], _exchange.Related.Select(MethodOf));
        Assert.Contains("promptsListChanged", _exchange.Related[0]);
    }

    [Fact]
    public async Task A_server_that_refuses_or_says_nothing_keeps_the_others_not_waiting()
    {
        var listening = new MergedListening([.. _links], _exchange, TimeProvider.System);
        var run = listening.RunAsync();
        var (first, firstId) = await HearAsync();
        var (second, secondId) = await HearAsync();
        await first.SayAsync($$$"""{"jsonrpc":"2.0","id":{{{firstId}}},"error":{"code":-32601,"message":"no"}}""");
        await AcknowledgeAsync(second, secondId, """{"toolsListChanged":true}""");
        await EndAsync(second, secondId);
        await run.WaitAsync(Bound);
        Assert.Equal(["notifications/subscriptions/acknowledged"], _exchange.Related.Select(MethodOf));
    }

    private async Task<(ScriptedServer Server, string Id)> HearAsync()
    {
        var server = await _servers.StartedAsync();
        return (server, (await server.ReceivedAsync("subscriptions/listen")).IdKey);
    }

    private static Task AcknowledgeAsync(ScriptedServer server, string id, string agreed) => server.SayAsync(
        $$$$$"""{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":{{{{{id}}}}}},"notifications":{{{{{agreed}}}}}}}""");

    private static Task ChangeAsync(ScriptedServer server, string id, string method) => server.SayAsync(
        $$$$"""{"jsonrpc":"2.0","method":"{{{{method}}}}","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":{{{{id}}}}}}}""");

    private static Task EndAsync(ScriptedServer server, string id) =>
        server.SayAsync($$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"resultType":"complete"}}""");

    private static string MethodOf(string json) => JsonRpcFrame.Parse(System.Text.Encoding.UTF8.GetBytes(json)).Method;
}
