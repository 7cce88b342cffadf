using System.Text;
using System.Text.Json;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Pipeline;

/// <summary>How a notice rides on a result, by client (mcp.md, "What reaches a model").</summary>
public sealed class NoticedResultTests
{
    private const string Structured = ""","structuredContent":{"n":1.50}""";

    [Theory]
    [InlineData("""{"x":1e400,"content":[ {"type":"text","text":"\u0041"} ],"_meta":{"coagent/call":1,"y":2},"isError":true}""",
        """{"content":[OURS, {"type":"text","text":"\u0041"} ],"_meta":{"m":0,"y":2},"x":1e400,"isError":true}""")]
    [InlineData("""{"content":[]}""", """{"content":[OURS],"_meta":{"m":0}}""")]
    [InlineData("""{"content":"odd","_meta":7}""", """{"content":[OURS],"_meta":{"m":0}}""")]
    public void The_block_comes_first_and_every_value_stays_as_it_is_spelled(string result, string expected) =>
        Assert.Equal(expected.Replace("OURS", """{"type":"text","text":"note\n"}"""), Edited(result, givesStructuredAsText: false));

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"{\"n\": 1.50}"}],"structuredContent":{"n":1.50}}""",
        """{"content":[OURS,{"type":"text","text":"{\"n\": 1.50}"}],"_meta":{"m":0}}""")]
    [InlineData("""{"structuredContent":{"n":1.50}}""", """{"content":[OURS,{"type":"text","text":"{\u0022n\u0022:1.50}"}],"_meta":{"m":0}}""")]
    public void Structured_content_is_given_as_text_once(string result, string expected) =>
        Assert.Equal(expected.Replace("OURS", """{"type":"text","text":"note\n"}"""), Edited(result, givesStructuredAsText: true));

    [Theory]
    [InlineData("copilot", true)]
    [InlineData("opencode", true)]
    [InlineData("gemini-cli-mcp-client", true)]
    [InlineData("claude-code", false)]
    [InlineData("codex-mcp-client", false)]
    [InlineData("somebody", false)]
    public async Task Structured_content_stays_for_clients_that_show_text_beside_it(string client, bool stays)
    {
        await using var stage = await NoticedAsync(client);
        var answer = await stage.CallAsync("second", "get", """{"key":"b"}""");
        Assert.StartsWith("[coagent ", answer.Texts()[0], StringComparison.Ordinal);
        Assert.Equal(stays, answer.Result().TryGetProperty("structuredContent", out _));
        Assert.Equal(stays ? 2 : 3, answer.Texts().Length);
    }

    [Theory]
    [InlineData(OutputSchemaMode.Keep)]
    [InlineData(OutputSchemaMode.Strip)]
    public async Task A_notice_that_a_schema_leaves_no_room_for_comes_with_another_result(OutputSchemaMode mode)
    {
        await using var stage = await NoticedAsync("claude-code", mode);
        stage.Link.Tools.Note(ListItems.Of(
            CallStage.Frame("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"get","outputSchema":{"type":"object"}}]}}"""), "tools"u8));

        var answer = await stage.CallAsync("second", "get", """{"key":"b"}""");

        Assert.Equal(mode == OutputSchemaMode.Keep, answer.Result().TryGetProperty("structuredContent", out _));
        Assert.Equal(mode == OutputSchemaMode.Strip, answer.Texts()[0].StartsWith("[coagent ", StringComparison.Ordinal));
        var gated = await stage.CallAsync("second", "put", """{"key":"b","value":"x"}""");
        Assert.Equal(mode == OutputSchemaMode.Keep ? "gated" : "applied", gated.Status());
    }

    private static async Task<CallStage> NoticedAsync(string client, OutputSchemaMode mode = OutputSchemaMode.Keep)
    {
        var stage = await CallStage.StartAsync(options => options with { OutputSchemas = mode });
        stage.ClientName = client;
        await stage.CallAsync("first", "get", """{"key":"x"}""", rank: 1);
        await stage.CallAsync("second", "get", """{"key":"a"}""", rank: 2);
        await stage.CallAsync("first", "put", """{"key":"a","value":"new"}""");
        stage.World.MoreMembers = Structured;
        return stage;
    }

    private static string Edited(string result, bool givesStructuredAsText)
    {
        var answer = JsonRpcFrame.Parse(JsonRpcError.Result("1"u8, Encoding.UTF8.GetBytes(result)));
        var edit = NoticedResult.Of(answer, "note\n", "\"m\":0"u8.ToArray(), givesStructuredAsText);
        var frame = JsonRpcFrame.Parse(new Splice(answer.Utf8, edit).ToMemory());
        return Encoding.UTF8.GetString(frame.Span(frame.Body));
    }
}
