using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Effects;

namespace CoAgent.Tests.Pipeline;

/// <summary>What agents are told of calls that are ordered: notices, gates, receipts, views.</summary>
public sealed class OrderedCallTests
{
    private const string ReadA = """{"key":"a"}""";

    [Fact]
    public async Task A_late_write_beneath_a_read_is_told_with_the_readers_next_result()
    {
        await using var stage = await CallStage.StartAsync();
        await ReadThenChangeAsync(stage);

        var next = await stage.CallAsync("second", "get", """{"key":"b"}""");

        var notice = Assert.Single(next.Notices()!.Value.EnumerateArray());
        Assert.Equal("stale", notice.GetProperty("kind").GetString());
        Assert.Equal(["kv:a"], notice.GetProperty("objects").EnumerateArray().Select(static id => id.GetString()));
        Assert.Equal("new", notice.GetProperty("now").GetString());
        Assert.Equal("first", notice.GetProperty("cause").GetProperty("agent").GetString());
        Assert.StartsWith("[coagent ", next.Texts()[0], StringComparison.Ordinal);
        Assert.EndsWith("\n", next.Texts()[0], StringComparison.Ordinal);
        Assert.Equal("", next.Texts()[1]);
        Assert.Equal("read", next.Status());
        Assert.False(next.IsError());
        Assert.Null((await stage.CallAsync("second", "get", """{"key":"b"}""")).Notices());
    }

    [Fact]
    public async Task A_write_before_a_notice_is_seen_is_not_made_and_made_when_it_is_issued_again()
    {
        await using var stage = await CallStage.StartAsync();
        await ReadThenChangeAsync(stage);

        var gated = await stage.CallAsync("second", "put", """{"key":"b","value":"from old"}""");
        Assert.Equal("gated", gated.Status());
        Assert.True(gated.IsError());
        Assert.False(stage.World.Texts.ContainsKey("b"));
        Assert.Contains("Made again, it passes", Assert.Single(gated.Texts()));
        Assert.NotNull(gated.Notices());

        var again = await stage.CallAsync("second", "put", """{"key":"b","value":"from old"}""");
        Assert.Equal("applied", again.Status());
        Assert.Equal("from old", stage.World.Texts["b"]);
    }

    [Fact]
    public async Task With_acknowledgement_a_write_is_made_once_its_notice_is_settled()
    {
        await using var stage = await CallStage.StartAsync(static options => options with { Gate = GateMode.Ack });
        await ReadThenChangeAsync(stage);
        var gated = await stage.CallAsync("second", "put", """{"key":"b","value":"x"}""");
        Assert.Contains("coagent_resolve", gated.Texts()[^1]);
        Assert.Equal("gated", (await stage.CallAsync("second", "put", """{"key":"b","value":"x"}""")).Status());

        var id = gated.Notices()!.Value[0].GetProperty("id").GetString();
        var resolved = await stage.OwnAsync("second", "coagent_resolve", $$"""{"notice":"{{id}}","decision":"revised"}""");

        Assert.Equal("settled", resolved.Own().GetProperty("state").GetString());
        Assert.Equal("applied", (await stage.CallAsync("second", "put", """{"key":"b","value":"x"}""")).Status());
    }

    [Fact]
    public async Task A_read_beneath_a_later_write_is_answered_as_it_was_and_says_so()
    {
        await using var stage = await CallStage.StartAsync();
        stage.World.Texts["a"] = "old";
        await stage.CallAsync("first", "get", """{"key":"other"}""", rank: 1);
        await stage.CallAsync("second", "put", """{"key":"a","value":"later"}""", rank: 2);

        var read = await stage.CallAsync("first", "get", ReadA, rank: 1);

        Assert.Equal("old", Assert.Single(read.Texts()));
        Assert.Equal("version", read.Record().GetProperty("view").GetString());
        Assert.Equal("later", stage.World.Texts["a"]);
    }

    [Fact]
    public async Task What_cannot_be_taken_back_waits_with_progress_until_lower_ranks_have_finished()
    {
        await using var stage = await CallStage.StartAsync();
        await stage.CallAsync("first", "get", ReadA, rank: 1);
        using var exchange = CallStage.Exchange("send", """{"value":"mail"}""", """{"progressToken":"p\u0041"}""");
        var sending = stage.CallAsync("second", exchange, "send", rank: 2);
        await stage.Servers.Time.WhenSetAsync(HeldProgress.Period).WaitAsync(TimeSpan.FromSeconds(30));
        stage.Servers.Time.Advance(HeldProgress.Period);
        stage.Servers.Time.Advance(HeldProgress.Period);
        Assert.False(sending.IsCompleted);
        Assert.True(exchange.Related.Count >= 2, "one word at once, one with each period");
        using var first = JsonDocument.Parse(exchange.Related[0]);
        using var second = JsonDocument.Parse(exchange.Related[1]);
        Assert.Equal("\"p\\u0041\"", first.RootElement.GetProperty("params").GetProperty("progressToken").GetRawText());
        Assert.Contains("rank 1", first.RootElement.GetProperty("params").GetProperty("message").GetString());
        Assert.True(
            first.RootElement.GetProperty("params").GetProperty("progress").GetDouble()
            < second.RootElement.GetProperty("params").GetProperty("progress").GetDouble());
        Assert.Empty(stage.World.Sent);

        Assert.Equal("finished", (await stage.OwnAsync("first", "coagent_finish")).Own().GetProperty("state").GetString());

        Assert.Equal("applied", (await sending).Status());
        Assert.Equal(["mail"], stage.World.Sent);
        Assert.False((await stage.CallAsync("second", "get", ReadA)).Record().GetProperty("writes").EnumerateArray().Any());
    }

    [Fact]
    public async Task A_deferred_call_answers_with_a_receipt_and_is_made_when_its_turn_comes()
    {
        await using var stage = await CallStage.StartAsync(static options => options with { Irreversible = IrreversibleMode.Defer });
        await stage.CallAsync("first", "get", ReadA, rank: 1);

        var receipt = await stage.CallAsync("second", "send", """{"value":"mail"}""", rank: 2);

        Assert.Equal("deferred", receipt.Status());
        Assert.False(receipt.IsError());
        Assert.StartsWith("Receipt", Assert.Single(receipt.Texts()), StringComparison.Ordinal);
        Assert.False(receipt.Record().GetProperty("reversible").GetBoolean());
        Assert.Empty(stage.World.Sent);
        await stage.OwnAsync("first", "coagent_finish");
        Assert.Equal("finished", (await stage.OwnAsync("second", "coagent_finish")).Own().GetProperty("state").GetString());
        Assert.Equal(["mail"], stage.World.Sent);
    }

    [Theory]
    [InlineData(false, "failed", "did not take effect")]
    [InlineData(true, "failed", "was taken back")]
    public async Task A_call_without_an_answer_did_not_happen_when_it_can_be_taken_back(bool mayHaveHappened, string status, string words)
    {
        await using var stage = await CallStage.StartAsync();
        stage.World.Texts["a"] = "old";
        stage.World.Instead = _ => mayHaveHappened ? new Execution.Unknown("It broke.") : new Execution.NotDone("It broke.");

        var answer = await stage.CallAsync("me", "put", """{"key":"a","value":"new"}""");

        Assert.Equal(status, answer.Status());
        Assert.True(answer.IsError());
        Assert.Contains(words, Assert.Single(answer.Texts()));
        Assert.False(answer.Record().GetProperty("executed").GetBoolean());
        Assert.Equal("old", stage.World.Texts["a"]);
    }

    [Fact]
    public async Task A_call_that_may_have_happened_and_cannot_be_taken_back_is_unknown_and_closes_what_it_wrote()
    {
        await using var stage = await CallStage.StartAsync();
        stage.Servers.Declare = static (tool, arguments) =>
            new ToolDeclaration(KeyWorld.Declare(tool, arguments).Call with { IsInverseIdempotent = false });
        stage.World.Instead = _ => new Execution.Unknown("It broke.");

        var unknown = await stage.CallAsync("me", "put", """{"key":"a","value":"x"}""");
        var refused = await stage.CallAsync("me", "put", """{"key":"a","value":"x"}""");

        Assert.Equal("unknown", unknown.Status());
        Assert.True(unknown.IsError());
        Assert.StartsWith("It broke.\nIt is unknown whether", unknown.Texts()[0], StringComparison.Ordinal);
        Assert.Contains("coagent release q1", unknown.Texts()[0]);
        Assert.Equal("refused", refused.Status());
        Assert.True(refused.IsError());
        Assert.Contains("kv:a", refused.Texts()[0]);
        Assert.Contains("coagent release q1", refused.Texts()[0]);
    }

    [Fact]
    public async Task A_call_that_was_bound_too_early_is_bound_anew_and_its_agent_does_not_notice()
    {
        await using var stage = await CallStage.StartAsync();
        var attempts = 0;
        stage.World.Instead = _ => Interlocked.Increment(ref attempts) == 1
            ? new Execution.NotDone("The link leads elsewhere now; make it again.") : null;

        Assert.Equal("applied", (await stage.CallAsync("me", "put", """{"key":"a","value":"new"}""")).Status());
        Assert.Equal("new", stage.World.Texts["a"]);
    }

    [Fact]
    public async Task An_answer_that_is_lost_has_its_notices_told_again()
    {
        await using var stage = await CallStage.StartAsync();
        await ReadThenChangeAsync(stage);
        using var exchange = CallStage.Exchange("get", """{"key":"b"}""");
        var lost = await stage.CallAsync("second", exchange, "get");

        await exchange.WhenLost();

        var next = await stage.CallAsync("second", "get", """{"key":"b"}""");
        Assert.Equal(
            lost.Notices()!.Value[0].GetProperty("id").GetString(), next.Notices()!.Value[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Unordered_calls_go_straight_through_and_say_what_they_touch()
    {
        await using var stage = await CallStage.StartAsync(static options => options with { Protocol = CoordinationProtocol.None });
        stage.World.Texts["a"] = "over MCP it is not";
        var handshake = stage.Servers.Answer;
        stage.Servers.Answer = request => request.Is(MethodNames.ToolsCall) ? """{"content":[{"type":"text","text":"mcp"}]}""" : handshake(request);

        var read = await stage.CallAsync("second", "get", ReadA, rank: 2);
        var write = await stage.CallAsync("first", "put", """{"key":"a","value":"x"}""", rank: 1);
        var send = await stage.CallAsync("second", "send", """{"value":"x"}""");
        var next = await stage.CallAsync("second", "put", """{"key":"a","value":"x"}""");

        Assert.Equal(["read", "applied", "applied", "applied"], new[] { read, write, send, next }.Select(static answer => answer.Status()));
        Assert.Equal("mcp", Assert.Single(read.Texts()));
        Assert.Equal("kv:a", write.Record().GetProperty("writes")[0].GetString());
        Assert.Equal((2, 3), (next.Record().GetProperty("rank").GetInt32(), next.Record().GetProperty("n").GetInt32()));
        Assert.Null(next.Notices());
        Assert.Equal("finished", (await stage.OwnAsync("second", "coagent_finish")).Own().GetProperty("state").GetString());
        Assert.NotEqual(2, (await stage.CallAsync("second", "get", ReadA)).Record().GetProperty("rank").GetInt32());
    }

    /// <summary>The second agent reads what the first, before it, then changes.</summary>
    private static async Task ReadThenChangeAsync(CallStage stage)
    {
        stage.World.Texts["a"] = "old";
        await stage.CallAsync("first", "get", """{"key":"none"}""", rank: 1);
        Assert.Equal("old", (await stage.CallAsync("second", "get", ReadA, rank: 2)).Texts()[0]);
        Assert.Equal("applied", (await stage.CallAsync("first", "put", """{"key":"a","value":"new"}""", rank: 1)).Status());
    }
}
