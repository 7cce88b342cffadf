using CoAgent.Proxy.Wire;
using CoAgent.Tests.Effects;

namespace CoAgent.Tests.Pipeline;

/// <summary>Calls whose server asks for input before it goes on: nothing is latched meanwhile, and the retry is the same call.</summary>
public sealed class InputRoundTests
{
    private const string Asking = """{"resultType":"input_required","inputRequests":{"name":{"method":"elicitation/create","params":{}}},"requestState":"s"}""";
    private const string Retry =
        """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"put","arguments":{"key":"a","value":"x"},"inputResponses":{"name":{}},"requestState":"s"}}""";

    [Fact]
    public async Task The_retry_is_the_same_call_to_its_agent()
    {
        await using var stage = await StartAsync();
        await stage.CallAsync("me", "get", """{"key":"b"}""");

        var asked = await stage.CallAsync("me", "put", """{"key":"a","value":"x"}""");
        using var retry = new RecordingExchange(Retry);
        var done = await stage.CallAsync("me", retry, "put");

        Assert.Equal("held", asked.Status());
        Assert.Equal("s", asked.Result().GetProperty("requestState").GetString());
        Assert.Equal("applied", done.Status());
        Assert.Equal(asked.Record().GetProperty("id").GetString(), done.Record().GetProperty("id").GetString());
        Assert.Equal(2, done.Record().GetProperty("n").GetInt32());
        Assert.Equal(2, asked.Record().GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task Its_name_serves_to_take_it_back_and_stands_in_the_status()
    {
        await using var stage = await StartAsync();
        var asked = await stage.CallAsync("me", "put", """{"key":"a","value":"x"}""");
        using var retry = new RecordingExchange(Retry);
        await stage.CallAsync("me", retry, "put");
        var name = asked.Record().GetProperty("id").GetString();

        var status = await stage.OwnAsync("me", "coagent_status");
        var undone = await stage.OwnAsync("me", "coagent_undo", $$"""{"calls":["{{name}}"]}""");

        Assert.Contains(status.Own().GetProperty("calls").EnumerateArray(), call => call.GetProperty("call").GetString() == name);
        var fate = Assert.Single(undone.Own().GetProperty("calls").EnumerateArray());
        Assert.Equal((name, "takenBack"), (fate.GetProperty("call").GetString(), fate.GetProperty("fate").GetString()));
    }

    [Fact]
    public async Task Others_go_on_while_an_agent_thinks()
    {
        await using var stage = await StartAsync();
        await stage.CallAsync("me", "put", """{"key":"a","value":"x"}""");

        Assert.Equal("", Assert.Single((await stage.CallAsync("other", "get", """{"key":"a"}""")).Texts()));
    }

    // The first call of "put" asks, the one that brings the input is done; everything goes over MCP.
    private static async Task<CallStage> StartAsync()
    {
        var stage = await CallStage.StartAsync(profiles: new KeyProfiles(new KeyWorld()));
        var handshake = stage.Servers.Answer;
        stage.Servers.Effects = null;
        stage.Servers.Answer = request => !request.Is(MethodNames.ToolsCall) ? handshake(request)
            : request.TextOf(request.Members.Name) == "put" && !request.Members.InputResponses.Exists ? Asking
            : """{"content":[{"type":"text","text":""}]}""";
        return stage;
    }
}
