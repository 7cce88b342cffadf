using System.Text;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Tests.Downstream;
using CoAgent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Sessions;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("given", "key", """ "coagent/agent":"meta","threadId":"t" """, "given")]
    [InlineData(null, "key", """ "threadId":"t","coagent/agent":"meta" """, "meta")]
    [InlineData(null, "key", """ "coagent/agent":"" """, "key")]
    [InlineData(null, "key", """ "vscode.conversationId":"v","threadId":"t" """, "key")]
    [InlineData(null, null, """ "threadId":"t","vscode.conversationId":"v" """, "vscode:v")]
    [InlineData(null, null, """ "threadId":"t" """, "thread:t")]
    [InlineData(null, null, """ "threadId":5,"coagent/agent":"no name\n" """, "fallback")]
    [InlineData(null, null, "", "fallback")]
    public void The_agent_is_the_first_that_is_named(string? given, string? key, string meta, string agent)
    {
        var identity = new ConnectionIdentity(Id(given), Id(key), AgentId.Create("fallback"), new Rank(2));
        var request = Frame($$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{ {{{{meta}}}} }}}""");
        Assert.Equal(agent, identity.AgentOf(request).Value);
        Assert.Equal(given ?? key ?? "fallback", identity.OwnAgent.Value);
    }

    [Fact]
    public void The_rank_of_a_connection_is_its_own_agents_alone()
    {
        var identity = new ConnectionIdentity(Id("a"), null, AgentId.Create("fallback"), new Rank(2));
        Assert.Equal(new Rank(2), identity.RankFor(AgentId.Create("a")));
        Assert.Null(identity.RankFor(AgentId.Create("b")));
    }

    [Fact]
    public async Task Two_servers_may_ask_the_client_under_the_same_id_and_token()
    {
        await using var first = new Asking("one");
        await using var second = new Asking("two");
        var asked = new AskedClient(openMax: 10);
        var request = Frame("""{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"_meta":{"progressToken":"p"}}}""");
        var (firstId, firstRequest) = asked.Note(first.Connection, request)!.Value;
        var (secondId, _) = asked.Note(second.Connection, request)!.Value;
        Assert.Equal(
            $$$$"""{"jsonrpc":"2.0","id":{{{{firstId}}}},"method":"sampling/createMessage","params":{"_meta":{"progressToken":{{{{firstId}}}}}}}""",
            Encoding.UTF8.GetString(firstRequest.ToMemory().Span));
        Assert.Equal(secondId, asked.ByServerId("two", "1"u8));
        Assert.Equal(0, asked.ByServerId("three", "1"u8));
        var byToken = asked.ByToken($"{secondId}")!.Value;
        Assert.Same(second.Connection, byToken.Connection);
        Assert.Equal("\"p\"", Encoding.UTF8.GetString(byToken.Token.Span));
        Assert.Null(asked.ByToken(""));
        Assert.Null(asked.ByToken("\"p\""));

        Assert.True(await asked.AnsweredAsync(Frame($$$"""{"jsonrpc":"2.0","id":{{{secondId}}},"result":{}}""")));
        Assert.False(await asked.AnsweredAsync(Frame($$$"""{"jsonrpc":"2.0","id":{{{secondId}}},"result":{}}""")));
        Assert.Equal("""{"jsonrpc":"2.0","id":1,"result":{}}""", await second.NextAsync());
        await asked.FailAsync(firstId, "gone");
        Assert.Contains("\"id\":1,\"error\"", await first.NextAsync());
        Assert.Empty(asked.Open);
    }

    [Fact]
    public async Task A_client_is_asked_only_so_much_at_once()
    {
        await using var server = new Asking("one");
        var asked = new AskedClient(openMax: 2);
        var request = Frame("""{"jsonrpc":"2.0","id":1,"method":"roots/list"}""");
        var id = asked.Note(server.Connection, request)!.Value.Id;
        Assert.NotEqual(0, asked.NoteOwn().Id);
        Assert.Null(asked.Note(server.Connection, request));
        Assert.Equal(0, asked.NoteOwn().Id);
        asked.Forget(id);
        Assert.NotNull(asked.Note(server.Connection, request));
    }

    [Fact]
    public async Task Progress_without_a_token_belongs_to_no_server()
    {
        await using var server = new Asking("one");
        var asked = new AskedClient(openMax: 2);
        var id = asked.Note(server.Connection, Frame("""{"jsonrpc":"2.0","id":1,"method":"roots/list"}"""))!.Value.Id;
        Assert.Null(asked.ByToken(""));
        Assert.Null(asked.ByToken($"{id}"));
    }

    private static AgentId? Id(string? name) => name is null ? null : AgentId.Create(name);

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>A server that asks, as the client's side sees it.</summary>
    private sealed class Asking : IAsyncDisposable
    {
        private readonly SimulatedTransport _transport = new();

        public Asking(string name) =>
            Connection = new ServerConnection(name, _transport, new RecordingPeer(), new ManualTime(), NullLogger.Instance);

        public ServerConnection Connection { get; }

        public async Task<string> NextAsync() => Encoding.UTF8.GetString((await _transport.NextAsync()).Utf8.Span);

        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
