using System.Text;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Downstream;

public sealed class ServerLinkTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ScriptedServers _servers = new();
    private readonly RecordingOwner _owner = new();
    private readonly ServerLink _link;

    public ServerLinkTests() => _link = _servers.Link(_owner);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _link.DisposeAsync().AsTask().WaitAsync(Bound);
        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task The_first_requests_open_the_server_once_with_the_clients_own_handshake()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => SendAsync("ping"))).WaitAsync(Bound);
        Assert.All(replies, static reply => Assert.IsType<Reply.Answered>(reply));
        Assert.Equal(1, _servers.StartCount);
        var server = await _servers.StartedAsync();
        var initialize = await server.ReceivedAsync("initialize");
        Assert.Equal("{\"roots\":{}}", Encoding.UTF8.GetString(InitializeMembers.Of(initialize).Capabilities.Span));
        await server.ReceivedAsync("notifications/initialized");
        Assert.NotNull(_link.Current);
        Assert.Null(_link.Trouble);
    }

    [Fact]
    public async Task A_server_that_has_died_is_opened_again_and_told_what_stands()
    {
        await SendAsync("ping");
        _link.RememberStanding(Request("logging/setLevel"));
        _link.RememberStanding(Request("resources/subscribe"));
        _link.RememberStanding(Request("resources/unsubscribe"));
        var first = await _servers.StartedAsync();
        var lost = HoldAsync("slow");
        await first.ReceivedAsync("slow");
        first.Die();
        Assert.True(Assert.IsType<Reply.Faulted>(await lost.WaitAsync(Bound)).Fault.MayHaveHappened);
        Assert.NotNull(_link.Trouble);

        Assert.IsType<Reply.Answered>(await SendAsync("ping"));
        var second = await _servers.StartedAsync();
        await second.ReceivedAsync("initialize");
        await second.ReceivedAsync("logging/setLevel");
        await second.ReceivedAsync("ping");
        Assert.Equal(2, _servers.StartCount);
        Assert.Null(_link.Trouble);
    }

    [Fact]
    public async Task A_server_that_does_not_start_is_tried_again_at_a_pace_and_then_its_caller_is_told()
    {
        _servers.Broken = new IOException("no such folder");
        var reply = SendAsync("ping");
        while (!reply.IsCompleted)
        {
            _servers.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        var fault = Assert.IsType<Reply.Faulted>(await reply).Fault;
        Assert.Equal((FaultStage.Starting, false), (fault.Stage, fault.MayHaveHappened));
        Assert.Equal(3, _servers.StartCount);
        Assert.Equal(fault.Message, _link.Trouble);

        _servers.Broken = null;
        Assert.IsType<Reply.Answered>(await SendAsync("ping"));
    }

    [Fact]
    public async Task A_refused_handshake_is_the_answer_to_every_request_and_is_tried_anew()
    {
        _servers.Answer = static request => request.Method == "initialize" || request.Method == "server/discover"
            ? """error:{"code":-32602,"message":"not today"}""" : "{}";
        var refused = Assert.IsType<Reply.Answered>(await SendAsync("ping"));
        Assert.Equal(FrameKind.Error, refused.Frame.Kind);
        Assert.Contains("refused", _link.Trouble);
    }

    [Fact]
    public async Task Closing_does_not_wait_for_a_server_that_does_not_answer_its_handshake()
    {
        _servers.Answer = static _ => null;
        var reply = SendAsync("ping");
        await (await _servers.StartedAsync()).ReceivedAsync("initialize");
        await _link.DisposeAsync().AsTask().WaitAsync(Bound);
        Assert.False(Assert.IsType<Reply.Faulted>(await reply.WaitAsync(Bound)).Fault.MayHaveHappened);
        Assert.IsType<Reply.Faulted>(await SendAsync("ping"));
        Assert.Equal(1, _servers.StartCount);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_while_the_server_starts_is_not_sent()
    {
        _servers.Answer = static _ => null;
        using var cancel = new CancellationTokenSource();
        var reply = _link.RequestAsync(new RelayRequest(Request("ping"), null, TimeSpan.Zero) { CancellationToken = cancel.Token });
        await (await _servers.StartedAsync()).ReceivedAsync("initialize");
        await cancel.CancelAsync();
        Assert.False(Assert.IsType<Reply.Faulted>(await reply.WaitAsync(Bound)).Fault.MayHaveHappened);
    }

    [Fact]
    public async Task Idleness_is_waited_for_but_not_for_ever()
    {
        await SendAsync("ping");
        var server = await _servers.StartedAsync();
        var open = HoldAsync("slow");
        var slow = await server.ReceivedAsync("slow");
        var patient = _link.IdleAsync(TimeSpan.FromSeconds(30));
        _servers.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(patient.IsCompleted);
        await server.SayAsync($$$"""{"jsonrpc":"2.0","id":{{{slow.IdKey}}},"result":{}}""");
        await open.WaitAsync(Bound);
        _servers.Time.Advance(TimeSpan.FromSeconds(1));
        await patient.WaitAsync(Bound);

        var stuck = HoldAsync("stuck");
        await server.ReceivedAsync("stuck");
        var impatient = _link.IdleAsync(TimeSpan.FromSeconds(30));
        while (!impatient.IsCompleted)
        {
            _servers.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.False(stuck.IsCompleted);
    }

    [Fact]
    public async Task A_shared_server_is_opened_once_and_heard_by_all_who_have_not_left()
    {
        await using var shared = new SharedLinks(_servers.Starter, NullLoggerFactory.Instance);
        var definition = ScriptedServers.Definition("common", new ServerOptions { Scope = ServerScope.Shared });
        var (first, second) = (new RecordingListener(), new RecordingListener());
        var link = shared.Join(definition, isModern: false, first);
        Assert.Same(link, shared.Join(definition, isModern: false, second));
        Assert.NotSame(link, shared.Join(definition, isModern: true, second));
        await link.RequestAsync(new RelayRequest(Request("ping"), null, TimeSpan.Zero)).WaitAsync(Bound);
        var server = await _servers.StartedAsync();
        shared.Leave(first);
        await server.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        Assert.Equal("notifications/tools/list_changed", await second.Heard.Task.WaitAsync(Bound));
        Assert.False(first.Heard.Task.IsCompleted);

        await server.SayAsync("""{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage"}""");
        await server.SayAsync("""{"jsonrpc":"2.0","id":5,"method":"roots/list"}""");
        await shared.RetainAsync(new ProxyConfiguration("f", "d", [], [], new ProxyOptions { Journal = "j", Catalog = "c" }));
        Assert.IsType<Reply.Faulted>(await link.RequestAsync(new RelayRequest(Request("ping"), null, TimeSpan.Zero)).WaitAsync(Bound));
    }

    private Task<Reply> SendAsync(string method) =>
        _link.RequestAsync(new RelayRequest(Request(method), Requester: null, TimeSpan.FromHours(1)));

    // A request that its server takes and does not answer.
    private Task<Reply> HoldAsync(string method)
    {
        var answer = _servers.Answer;
        _servers.Answer = request => request.Method == method ? null : answer(request);
        return SendAsync(method);
    }

    private static JsonRpcFrame Request(string method) =>
        JsonRpcFrame.Parse(Encoding.UTF8.GetBytes($$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{}}"""));

    private sealed class RecordingListener : ISharedListener
    {
        public TaskCompletionSource<string> Heard { get; } = new();

        public ValueTask NotifiedAsync(string server, JsonRpcFrame notification)
        {
            Heard.TrySetResult(notification.Method);
            return ValueTask.CompletedTask;
        }
    }
}
