using System.Text;
using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Downstream;

/// <summary>A legacy client before a server that speaks the modern era only.</summary>
public sealed class EraBridgeTests : IAsyncLifetime
{
    private const string Refusal = """error:{"code":-32022,"message":"modern only"}""";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ScriptedServers _servers = new();
    private readonly RecordingOwner _owner = new();
    private readonly ServerLink _link;
    private Func<JsonRpcFrame, string?> _answer = static _ => """{"resultType":"complete"}""";

    public EraBridgeTests()
    {
        _link = _servers.Link(_owner);
        _servers.Answer = request => request.Method switch
        {
            "initialize" => Refusal,
            "server/discover" => """{"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"instructions":"hi","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"m","version":"2"}}}""",
            "subscriptions/listen" => null,
            _ => _answer(request),
        };
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync().AsTask().WaitAsync(Bound);
        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task The_handshake_is_answered_from_what_the_server_says_of_itself()
    {
        var ready = Assert.IsType<Opening.Ready>(await _link.OpenAsync().WaitAsync(Bound));
        var members = InitializeMembers.Of(ready.InitializeAnswer!);
        Assert.Equal("2025-06-18", members.ProtocolVersion);
        Assert.Equal("""{"tools":{}}""", Text(members.Capabilities));
        Assert.Equal("""{"name":"m","version":"2"}""", Text(members.Info));
        Assert.Equal("\"hi\"", Text(members.Instructions));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","params":{}""")]
    [InlineData(""","params":{"_meta":null}""")]
    [InlineData(""","params":{"_meta":{"progressToken":3}}""")]
    public async Task Every_request_has_the_metadata_of_the_modern_era(string parameters)
    {
        await SendAsync("resources/list", parameters);
        var sent = await (await _servers.StartedAsync()).ReceivedAsync("resources/list");
        var meta = MetaMembers.Of(sent);
        Assert.Equal("2026-07-28", sent.TextOf(meta.ProtocolVersion));
        Assert.Equal("""{"roots":{}}""", sent.KeyOf(meta.ClientCapabilities));
        Assert.Equal("""{"name":"c","version":"1"}""", sent.KeyOf(meta.ClientInfo));
    }

    [Theory]
    [InlineData(""","params":{"name":"t"}""")]
    [InlineData(""","params":{"name":"t","_meta":{}}""")]
    [InlineData(""","params":{"name":"t","_meta":{"progressToken":3,"x":1}}""")]
    [InlineData(""","params":{"name":"t","_meta":7}""")]
    public async Task Input_that_the_server_needs_is_asked_of_the_client_and_brought_in_a_retry(string parameters)
    {
        _owner.Answer = static (method, json) => method == "elicitation/create" && json == """{"message":"Name?"}""" ? """{"action":"accept"}""" : null;
        _answer = static request => request.Members.InputResponses.Exists
            ? """{"resultType":"complete","content":[]}"""
            : """{"resultType":"input_required","requestState":"s\u0031","inputRequests":{"who":{"method":"elicitation/create","params":{"message":"Name?"}}}}""";
        var answered = Assert.IsType<Reply.Answered>(await SendAsync("tools/call", parameters));
        Assert.Equal("complete", answered.Frame.TextOf(answered.Frame.Members.ResultType));

        var server = await _servers.StartedAsync();
        await server.ReceivedAsync("tools/call");
        var retry = await server.ReceivedAsync("tools/call");
        using var json = JsonDocument.Parse(retry.Utf8);
        var sent = json.RootElement.GetProperty("params");
        Assert.Equal("""{"who":{"action":"accept"}}""", sent.GetProperty("inputResponses").GetRawText());
        Assert.Equal("s1", sent.GetProperty("requestState").GetString());
        Assert.Equal("t", sent.GetProperty("name").GetString());
        Assert.Equal("2026-07-28", sent.GetProperty("_meta").GetProperty("io.modelcontextprotocol/protocolVersion").GetString());
    }

    [Fact]
    public async Task A_client_that_gives_no_input_makes_the_request_an_error()
    {
        _answer = static _ => """{"resultType":"input_required","inputRequests":{"who":{"method":"elicitation/create"}}}""";
        var answered = Assert.IsType<Reply.Answered>(await SendAsync("tools/call", ""","params":{"name":"t"}"""));
        Assert.Equal(FrameKind.Error, answered.Frame.Kind);
        Assert.Contains("who", answered.Frame.KeyOf(answered.Frame.Body));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"who":5}""")]
    [InlineData("""{"who":{"params":{}}}""")]
    [InlineData("""{"who":{"method":5}}""")]
    public async Task Input_that_cannot_be_asked_for_is_the_servers_fault(string inputs)
    {
        _answer = _ => $$"""{"resultType":"input_required","inputRequests":{{inputs}}}""";
        var fault = Assert.IsType<Reply.Faulted>(await SendAsync("tools/call", ""","params":{"name":"t"}""")).Fault;
        Assert.Equal(FaultStage.Answering, fault.Stage);
    }

    [Fact]
    public async Task A_server_that_asks_without_end_is_stopped()
    {
        var count = 0;
        _answer = _ =>
        {
            count++;
            return """{"resultType":"input_required","requestState":"again"}""";
        };
        var fault = Assert.IsType<Reply.Faulted>(await SendAsync("tools/call", ""","params":{"name":"t"}""")).Fault;
        Assert.Equal((FaultStage.Answering, EraBridge.RoundsMax), (fault.Stage, count));
    }

    [Fact]
    public async Task A_log_level_stands_in_every_request_from_then_on()
    {
        await SendAsync("logging/setLevel", ""","params":{"level":"warning"}""");
        await SendAsync("tools/list");
        using var json = JsonDocument.Parse((await (await _servers.StartedAsync()).ReceivedAsync("tools/list")).Utf8);
        var meta = json.RootElement.GetProperty("params").GetProperty("_meta");
        Assert.Equal("warning", meta.GetProperty("io.modelcontextprotocol/logLevel").GetString());
    }

    [Fact]
    public async Task What_a_legacy_client_gets_unasked_comes_from_one_subscription_that_is_renewed()
    {
        await _link.OpenAsync().WaitAsync(Bound);
        var server = await _servers.StartedAsync();
        var first = await server.ReceivedAsync("subscriptions/listen");
        var subscribed = SendAsync("resources/subscribe", ""","params":{"uri":"file:///a"}""");
        var second = await server.ReceivedAsync("subscriptions/listen");
        Assert.Contains("""["file:///a"]""", second.KeyOf(second.Members.Notifications));
        var closed = await server.ReceivedAsync("notifications/cancelled");
        Assert.Equal(first.IdKey, closed.KeyOf(closed.Members.RequestId));

        await server.SayAsync($$$$"""{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":{{{{second.IdKey}}}}}}}""");
        Assert.IsType<Reply.Answered>(await subscribed.WaitAsync(Bound)); // answered when the server listens, not before
        await server.SayAsync($$$$"""{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"file:///a","_meta":{"io.modelcontextprotocol/subscriptionId":{{{{second.IdKey}}}}}}}""");
        Assert.Equal("files notifications/resources/updated", await _owner.NotifiedAsync());
    }

    [Fact]
    public async Task A_ping_is_answered_without_the_server()
    {
        Assert.IsType<Reply.Answered>(await SendAsync("ping"));
        Assert.IsType<Reply.Answered>(await SendAsync("tools/list"));
        var server = await _servers.StartedAsync();
        Assert.Equal("tools/list", (await server.ReceivedAsync("tools/list")).Method);
    }

    private async Task<Reply> SendAsync(string method, string parameters = "") => await _link.RequestAsync(new RelayRequest(
        JsonRpcFrame.Parse(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"{{parameters}}}""")),
        Requester: null,
        TimeSpan.FromHours(1))).WaitAsync(Bound);

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
