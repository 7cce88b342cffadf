using CoAgent.Protocol.Order;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Pipeline;

namespace CoAgent.Tests.Effects;

/// <summary>Calls of servers that are reached over MCP: through their clients' connections, and when those have gone.</summary>
public sealed class ForeignCallTests
{
    private const string PutA = """{"key":"a","value":"x"}""";

    [Fact]
    public async Task The_first_execution_carries_the_clients_own_bytes_and_the_replay_goes_through_a_connection_of_the_daemons_own()
    {
        await using var stage = await StartAsync(new KeyWorld());
        await stage.CallAsync("first", "get", """{"key":"z"}""", rank: 1);
        var own = await stage.Servers.StartedAsync();
        using var exchange = CallStage.Exchange("put", """{"key":"a", "value":"\u0078"}""");
        await stage.CallAsync("second", exchange, "put", rank: 2);
        await own.ReceivedAsync(MethodNames.ToolsCall); // the first agent's
        Assert.Contains("""{"key":"a", "value":"\u0078"}""", TextOf(await own.ReceivedAsync(MethodNames.ToolsCall)));

        await stage.CallAsync("first", "get", """{"key":"a"}""");
        await stage.CallAsync("first", "put", """{"key":"a","value":"beneath"}""");

        // The stage's client is no session: nobody is there for the replay but the daemon itself.
        var steward = await stage.Servers.StartedAsync();
        Assert.Contains("\"name\":\"coagent\"", TextOf(await steward.ReceivedAsync(MethodNames.Initialize)));
        var replayed = TextOf(await steward.ReceivedAsync(MethodNames.ToolsCall));
        Assert.Contains("\"name\":\"put\",\"arguments\":{\"key\":\"a\", \"value\":\"\\u0078\"}", replayed);
        Assert.DoesNotContain("_meta", replayed);
    }

    [Fact]
    public async Task A_server_is_described_by_the_name_that_it_gives_itself()
    {
        await using var known = await CallStage.StartAsync(profiles: new KeyProfiles(new KeyWorld()) { OwnName = "s" });
        known.Servers.Effects = null;
        Assert.Equal("s", await known.Link.OwnNameAsync());
        await using var unknown = await CallStage.StartAsync(profiles: new KeyProfiles(new KeyWorld()) { OwnName = "other" });
        unknown.Servers.Effects = null;
        Assert.Equal("s", await unknown.Link.OwnNameAsync());
    }

    [Fact]
    public async Task An_inverse_that_fails_is_run_again()
    {
        var world = new KeyWorld();
        var profiles = new KeyProfiles(world);
        await using var stage = await StartAsync(world, profiles);
        var put = await stage.CallAsync("me", "put", PutA);
        profiles.FailureCount = 2;
        var undo = stage.OwnAsync("me", "coagent_undo", $$"""{"calls":["{{put.Record().GetProperty("id").GetString()}}"]}""");
        while (!undo.IsCompleted)
        {
            stage.Servers.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("takenBack", (await undo).Own().GetProperty("calls")[0].GetProperty("fate").GetString());
        Assert.Equal(-1, profiles.FailureCount);
    }

    [Theory]
    [InlineData("""{"content":[]}""", ToolResultKind.Answer)]
    [InlineData("""{"content":[],"isError":true}""", ToolResultKind.ToolError)]
    [InlineData("""error:{"code":-32602,"message":"no"}""", ToolResultKind.ProtocolError)]
    internal async Task What_a_server_answers_is_told_as_it_is(string answer, ToolResultKind kind)
    {
        var open = new CoAgent.Proxy.Effects.OpenCalls();
        Assert.Null(open.Find(new CallId(1)));
        await using var stage = await StartAsync(new KeyWorld(), answer: answer);
        var told = await stage.CallAsync("me", "put", PutA);
        Assert.Equal(kind == ToolResultKind.ProtocolError, told.TryGetProperty("error", out _));
        if (kind != ToolResultKind.ProtocolError)
        {
            Assert.Equal(kind == ToolResultKind.Answer ? "applied" : "failed", told.Status());
        }
    }

    private static async Task<CallStage> StartAsync(KeyWorld world, KeyProfiles? profiles = null, string? answer = null)
    {
        var stage = await CallStage.StartAsync(profiles: profiles ?? new KeyProfiles(world));
        var handshake = stage.Servers.Answer;
        stage.Servers.Effects = null;
        stage.Servers.Answer = request => request.Is(MethodNames.ToolsCall)
            ? answer ?? """{"content":[{"type":"text","text":""}]}"""
            : handshake(request);
        return stage;
    }

    private static string TextOf(JsonRpcFrame frame) => System.Text.Encoding.UTF8.GetString(frame.Utf8.Span);
}
