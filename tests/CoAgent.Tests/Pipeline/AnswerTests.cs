using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Pipeline;

public sealed class AnswerTests
{
    private static readonly ObjectPattern[] A = [ObjectPattern.Parse("f:a")];
    private static readonly ToolDeclaration Write = new(new CallDeclaration(Footprint.Create(A, A)));
    private static readonly ToolDeclaration Read = new(new CallDeclaration(Footprint.Create(A, [])));
    private static readonly ToolDeclaration Command = Write with { IsErrorAnOutcome = true };

    [Theory]
    [InlineData("""{"content":[]}""", "applied", "read", "applied")]
    [InlineData("""{"content":[],"isError":false}""", "applied", "read", "applied")]
    [InlineData("""{"content":[],"isError":true}""", "failed", "failed", "applied")]
    [InlineData("""{"isError":"true"}""", "applied", "read", "applied")]
    [InlineData("""{"resultType":"input_required","requestState":"s"}""", "held", "held", "held")]
    [InlineData("""{"resultType":"task","taskId":"t"}""", "unknown", "unknown", "unknown")]
    [InlineData("""{"task":{"taskId":"t"}}""", "unknown", "unknown", "unknown")]
    public async Task The_status_of_a_call_follows_from_its_result_and_footprint(string result, string write, string read, string command)
    {
        foreach (var protocol in new[] { CoordinationProtocol.None, CoordinationProtocol.Mtpo })
        {
            Assert.Equal(write, (await AnswerAsync(result, Write, protocol)).Status());
            Assert.Equal(read, (await AnswerAsync(result, Read, protocol)).Status());
            Assert.Equal(command, (await AnswerAsync(result, Command, protocol)).Status());
        }
    }

    [Fact]
    public async Task A_result_keeps_its_own_bytes_and_gets_the_clients_id()
    {
        await using var stage = await StartAsync("""{"b":1.50,"a":"\u00e9","_meta":{"x":1}}""", Write, CoordinationProtocol.None);
        var text = await TextAsync(stage);
        Assert.StartsWith("""{"jsonrpc":"2.0","id":"é1","result":{"b":1.50,"a":"\u00e9","_meta":{"coagent/call":{"id":""", text, StringComparison.Ordinal);
        Assert.EndsWith(""","x":1}}}""", text, StringComparison.Ordinal);
        Assert.Contains("\"agent\":\"me\"", text);
        Assert.Contains("\"rank\":1,\"n\":1,", text);
    }

    [Fact]
    public async Task An_error_and_a_result_that_is_no_object_pass_as_they_are()
    {
        await using var error = await StartAsync("""error:{"code":-32602,"message":"no"}""", Write, CoordinationProtocol.None);
        Assert.Equal("""{"jsonrpc":"2.0","id":"é1","error":{"code":-32602,"message":"no"}}""", await TextAsync(error));
        await using var list = await StartAsync("[1]", Write, CoordinationProtocol.None);
        Assert.Equal("""{"jsonrpc":"2.0","id":"é1","result":[1]}""", await TextAsync(list));
    }

    [Fact]
    public async Task A_call_whose_server_dies_is_unknown()
    {
        await using var stage = await StartAsync(result: null, Write, CoordinationProtocol.None);
        var call = stage.CallAsync("me", "t", "{}");
        var server = await stage.Servers.StartedAsync();
        await server.ReceivedAsync(MethodNames.ToolsCall);
        server.Die();
        var answer = await call;
        Assert.Equal("unknown", answer.Status());
        Assert.True(answer.IsError());
        Assert.Contains("unknown whether", Assert.Single(answer.Texts()));
    }

    [Fact]
    public void The_code_of_a_servers_error_is_kept_for_the_status_line()
    {
        using var exchange = new RecordingExchange("""{"jsonrpc":"2.0","id":1,"method":"m"}""");
        ClientAnswer.From(exchange, Frame("""{"jsonrpc":"2.0","id":9,"error":{"code":-32601,"message":"no"}}"""));
        Assert.Equal(-32601, exchange.ErrorCode);
        ClientAnswer.From(exchange, new Reply.Faulted(new ServerFault(FaultStage.Waiting, "?")));
        Assert.Equal(JsonRpcError.InternalError, exchange.ErrorCode);
    }

    [Fact]
    public void The_answer_to_a_subscription_names_it_as_its_client_does()
    {
        using var exchange = new RecordingExchange("""{"jsonrpc":"2.0","id":"s","method":"subscriptions/listen"}""");
        var answer = Frame("""{"jsonrpc":"2.0","id":9,"result":{"_meta":{"io.modelcontextprotocol/subscriptionId":9}}}""");
        Assert.Equal(
            """{"jsonrpc":"2.0","id":"s","result":{"_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}""",
            Encoding.UTF8.GetString(ClientAnswer.From(exchange, answer).ToMemory().Span));
    }

    [Fact]
    public void Capabilities_add_up_and_a_flag_that_one_sets_is_set()
    {
        string[] all = ["""{"tools":{"listChanged":false},"logging":{}}""", """{"tools":{"listChanged":true,"x":1},"resources":{"subscribe":true}}""", """{"tools":{"listChanged":false},"logging":null}""", "[]"];
        var merged = MergedCapabilities.Of(all.Select(static json => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json)));
        Assert.Equal("""{"tools":{"listChanged":true,"x":1},"logging":{},"resources":{"subscribe":true}}""", merged.ToJsonString());
    }

    // Ordered, the answer comes from the world; not ordered, over MCP: either way it says the same.
    private static async Task<JsonElement> AnswerAsync(string result, ToolDeclaration declaration, CoordinationProtocol protocol)
    {
        await using var stage = await StartAsync(result, declaration, protocol);
        return await stage.CallAsync("me", "t", "{}");
    }

    private static async Task<CallStage> StartAsync(string? result, ToolDeclaration declaration, CoordinationProtocol protocol)
    {
        var stage = await CallStage.StartAsync(options => options with { Protocol = protocol });
        var handshake = stage.Servers.Answer;
        stage.Servers.Answer = request => request.Is(MethodNames.ToolsCall) ? result : handshake(request);
        stage.Servers.Declare = (_, _) => declaration;
        stage.Servers.Effects = null;
        return stage;
    }

    private static async Task<string> TextAsync(CallStage stage)
    {
        using var exchange = CallStage.Exchange("t", "{}");
        var me = AgentId.Create("me");
        var answer = await stage.Calls.InvokeAsync(
            new ToolCall(exchange, new ConnectionIdentity(me, ClientKey: null, me, Rank: null), me, stage.Link, "t", IsRenamed: false));
        return Encoding.UTF8.GetString(answer.ToMemory().Span);
    }

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));
}
