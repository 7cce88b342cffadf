using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Pipeline;
using CoAgent.Tests.Pipeline;

namespace CoAgent.Tests.OwnTools;

public sealed class OwnToolCallTests
{
    [Fact]
    public async Task A_status_says_who_one_is_what_is_new_and_who_else_is_here()
    {
        await using var stage = await CallStage.StartAsync();
        var before = await stage.OwnAsync("second", "coagent_status");
        Assert.Contains("no open transaction", Assert.Single(before.Texts()));
        await stage.CallAsync("first", "get", """{"key":"x"}""", rank: 1);
        await stage.CallAsync("second", "get", """{"key":"a"}""", rank: 2);
        await stage.CallAsync("first", "put", """{"key":"a","value":"new"}""");

        var status = await stage.OwnAsync("second", "coagent_status");

        Assert.Equal(("second", 2), (status.Own().GetProperty("agent").GetString(), status.Own().GetProperty("rank").GetInt32()));
        Assert.Equal("stale", status.Own().GetProperty("notices")[0].GetProperty("kind").GetString());
        Assert.Equal("first", status.Own().GetProperty("others")[0].GetProperty("agent").GetString());
        Assert.Equal("get", status.Own().GetProperty("calls")[0].GetProperty("tool").GetString());
        var words = Assert.Single(status.Texts());
        Assert.Contains("You are second in transaction t2, rank 2.", words);
        Assert.Contains(status.Own().GetProperty("marker").GetString()!, words);
        Assert.Contains("first (rank 1, open)", words);
        Assert.False(status.Result().TryGetProperty("structuredContent", out _));
    }

    [Fact]
    public async Task A_finish_is_held_and_reopened_by_a_notice()
    {
        await using var stage = await CallStage.StartAsync();
        await stage.CallAsync("first", "get", """{"key":"x"}""", rank: 1);
        await stage.CallAsync("second", "get", """{"key":"a"}""", rank: 2);
        using var exchange = CallStage.Exchange("coagent_finish", """{"wait":300}""", """{"progressToken":7}""");
        var finishing = stage.OwnTools.InvokeAsync(exchange, OwnTool.Finish, CoAgent.Protocol.Order.AgentId.Create("second"));
        await stage.Servers.Time.WhenSetAsync(HeldProgress.Period).WaitAsync(TimeSpan.FromSeconds(30));
        await stage.Running.SnapshotAsync();
        stage.Servers.Time.Advance(HeldProgress.Period);
        Assert.NotEmpty(exchange.Related);
        Assert.False(finishing.IsCompleted);

        await stage.CallAsync("first", "put", """{"key":"a","value":"new"}""");

        var reopened = CallStage.Read(await finishing.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("waiting", reopened.Own().GetProperty("state").GetString());
        Assert.Equal([1], reopened.Own().GetProperty("for").EnumerateArray().Select(static rank => rank.GetInt32()));
        Assert.NotNull(reopened.Notices());
        Assert.StartsWith("[coagent ", reopened.Texts()[0], StringComparison.Ordinal);
        Assert.Contains("call coagent_finish again", reopened.Texts()[1]);
    }

    [Fact]
    public async Task A_finish_without_a_transaction_is_finished()
    {
        await using var stage = await CallStage.StartAsync();
        Assert.Equal("finished", (await stage.OwnAsync("nobody", "coagent_finish")).Own().GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_finish_that_waits_long_enough_says_for_whom()
    {
        await using var stage = await CallStage.StartAsync();
        await stage.CallAsync("first", "get", """{"key":"x"}""", rank: 1);
        await stage.CallAsync("second", "get", """{"key":"a"}""", rank: 2);

        var waiting = await stage.OwnAsync("second", "coagent_finish", """{"wait":"0"}""");

        Assert.Equal("waiting", waiting.Own().GetProperty("state").GetString());
        Assert.Contains("rank 1", Assert.Single(waiting.Texts()));
        Assert.False(waiting.IsError());
    }

    [Fact]
    public async Task An_undo_takes_back_puts_back_what_lies_above_and_tells_what_changed()
    {
        await using var stage = await CallStage.StartAsync();
        var put = await stage.CallAsync("me", "put", """{"key":"a","value":"x"}""");
        await stage.CallAsync("me", "get", """{"key":"a"}""");
        var id = put.Record().GetProperty("id").GetString();

        var undone = await stage.OwnAsync("me", "coagent_undo", $$"""{"calls":"{{id}}"}""");

        Assert.Equal("takenBack", undone.Own().GetProperty("calls")[0].GetProperty("fate").GetString());
        Assert.Equal("c2", undone.Own().GetProperty("changed")[0].GetProperty("call").GetString());
        Assert.Contains($"{id}: taken back.", undone.Texts()[^1]);
        Assert.False(stage.World.Texts.ContainsKey("a"));
        Assert.Contains("no call of yours", (await stage.OwnAsync("me", "coagent_undo", """{"calls":["c99"]}""")).Texts()[0]);
    }

    [Theory]
    [InlineData("coagent_undo", "{}")]
    [InlineData("coagent_undo", """{"calls":["x1"]}""")]
    [InlineData("coagent_undo", """{"calls":[]}""")]
    [InlineData("coagent_resolve", """{"notice":"n1","decision":"maybe"}""")]
    [InlineData("coagent_resolve", """{"notice":1,"decision":"keep"}""")]
    [InlineData("coagent_resolve", """{"notice":"n77","decision":"keep"}""")]
    [InlineData("coagent_finish", """{"wait":"long"}""")]
    [InlineData("coagent_finish", """{"wait":-1}""")]
    public async Task What_is_wrong_with_the_arguments_is_told(string tool, string arguments)
    {
        await using var stage = await CallStage.StartAsync();
        await stage.CallAsync("me", "get", """{"key":"a"}""");
        var answer = await stage.OwnAsync("me", tool, arguments);
        Assert.True(answer.IsError());
        Assert.NotEmpty(Assert.Single(answer.Texts()));
    }
}
