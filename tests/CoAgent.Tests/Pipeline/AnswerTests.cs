using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Coordination;

namespace CoAgent.Tests.Pipeline;

public sealed class AnswerTests
{
    private static readonly ToolFootprint Write = new(["f:a"], ["f:a"], IsReversible: true);
    private static readonly ToolFootprint Read = new(["f:a"], [], IsReversible: true);
    private static readonly ToolFootprint Command = Write with { IsErrorAnOutcome = true };

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
        Assert.Equal(write, StatusOf(await AnswerAsync(Result(result), Write)));
        Assert.Equal(read, StatusOf(await AnswerAsync(Result(result), Read)));
        Assert.Equal(command, StatusOf(await AnswerAsync(Result(result), Command)));
    }

    [Theory]
    [InlineData(FaultStage.Starting, "failed", "did not take effect")]
    [InlineData(FaultStage.Sending, "failed", "did not take effect")]
    [InlineData(FaultStage.Waiting, "unknown", "unknown whether")]
    [InlineData(FaultStage.Answering, "unknown", "unknown whether")]
    [InlineData(FaultStage.Cancelled, "unknown", "unknown whether")]
    internal async Task A_call_without_an_answer_failed_or_is_unknown(FaultStage stage, string status, string words)
    {
        using var answer = await AnswerAsync(new Reply.Faulted(new ServerFault(stage, "It broke.")), Write);
        Assert.Equal(status, StatusOf(answer));
        var result = answer.RootElement.GetProperty("result");
        Assert.True(result.GetProperty("isError").GetBoolean());
        Assert.Contains(words, result.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_result_keeps_its_own_bytes_and_gets_the_clients_id()
    {
        var reply = Result("""{"b":1.50,"a":"\u00e9","_meta":{"x":1}}""");
        var text = await TextAsync(reply, Write);
        Assert.StartsWith("""{"jsonrpc":"2.0","id":"é1","result":{"b":1.50,"a":"\u00e9","_meta":{"coagent/call":{"id":""", text, StringComparison.Ordinal);
        Assert.EndsWith(""","x":1}}}""", text, StringComparison.Ordinal);
        Assert.Contains("\"agent\":\"me\"", text);
        Assert.Contains("\"rank\":1,\"n\":3,", text);
    }

    [Fact]
    public async Task An_error_and_a_result_that_is_no_object_pass_as_they_are()
    {
        var error = new Reply.Answered(Frame("""{"jsonrpc":"2.0","id":9,"error":{"code":-32602,"message":"no"}}"""));
        Assert.Equal("""{"jsonrpc":"2.0","id":"é1","error":{"code":-32602,"message":"no"}}""", await TextAsync(error, Write));
        Assert.Equal("""{"jsonrpc":"2.0","id":"é1","result":[1]}""", await TextAsync(Result("[1]"), Write));
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

    private static async Task<JsonDocument> AnswerAsync(Reply reply, ToolFootprint footprint) => JsonDocument.Parse(await TextAsync(reply, footprint));

    private static async Task<string> TextAsync(Reply reply, ToolFootprint footprint)
    {
        await using var running = new RunningCoordinator();
        var handle = await running.BeginAsync("me");
        using var exchange = new RecordingExchange("""{"jsonrpc":"2.0","id":"é1","method":"tools/call","params":{"name":"t"}}""");
        var started = handle.NextCall()!.Value;
        var record = new CallRecord(started.Id, handle.Transaction, 3, footprint);
        return Encoding.UTF8.GetString(CallAnswer.From(exchange, reply, record).ToMemory().Span);
    }

    private static string? StatusOf(JsonDocument answer) =>
        answer.RootElement.GetProperty("result").GetProperty("_meta").GetProperty("coagent/call").GetProperty("status").GetString();

    private static Reply.Answered Result(string result) => new(Frame($$"""{"jsonrpc":"2.0","id":9,"result":{{result}}}"""));

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));
}
