using System.Text;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using CoAgent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Downstream;

public sealed class ServerConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly SimulatedTransport _server = new();
    private readonly RecordingPeer _peer = new();
    private readonly ManualTime _time = new();
    private readonly ServerConnection _connection;

    public ServerConnectionTests() =>
        _connection = new ServerConnection("files", _server, _peer, _time, NullLogger.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    [Fact]
    public async Task A_request_has_a_number_of_its_own_towards_the_server_and_nothing_else_changes()
    {
        var reply = Send("""{"jsonrpc":"2.0","id":"abc","method":"tools/call","params":{"name":"t","arguments":{"n":1.50}}}""");
        var sent = await _server.NextAsync();
        Assert.Equal(
            $$$$"""{"jsonrpc":"2.0","id":{{{{sent.IdKey}}}},"method":"tools/call","params":{"name":"t","arguments":{"n":1.50}}}""", Text(sent));
        await _server.AnswerAsync(sent, """{"content":[]}""");
        var answered = Assert.IsType<Reply.Answered>(await reply.WaitAsync(Bound));
        Assert.Equal("""{"content":[]}""", answered.Frame.KeyOf(answered.Frame.Body));
        Assert.Equal(0, _connection.PendingCount);
    }

    [Fact]
    public async Task Many_clients_may_use_the_same_id_at_once()
    {
        var replies = Enumerable.Range(0, 64)
            .Select(number => Send($$$"""{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"{{{number}}}"}}""")).ToArray();
        var requests = new List<JsonRpcFrame>();
        foreach (var _ in replies)
        {
            requests.Add(await _server.NextAsync());
        }

        Assert.Equal(64, requests.Select(static request => request.IdKey).Distinct().Count());
        foreach (var request in Enumerable.Reverse(requests))
        {
            await _server.AnswerAsync(request, request.KeyOf(request.Members.Name));
        }

        var answers = await Task.WhenAll(replies).WaitAsync(Bound);
        Assert.Equal(
            Enumerable.Range(0, 64).Select(static number => $"\"{number}\""),
            answers.Cast<Reply.Answered>().Select(static answer => answer.Frame.KeyOf(answer.Frame.Body)));
    }

    [Theory]
    [InlineData("\"t\\u0031\"")]
    [InlineData("7.0")]
    public async Task Progress_comes_before_the_answer_under_the_clients_own_token(string token)
    {
        var requester = new RecordingRequester("1");
        var reply = Send($$$$"""{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":{{{{token}}}},"k":1}}}""", requester);
        var sent = await _server.NextAsync();
        var number = sent.KeyOf(MetaMembers.Of(sent).ProgressToken);
        Assert.Equal(sent.IdKey, number);
        await _server.SayAsync($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1,"progressToken":{{{number}}}}}""");
        Assert.False(reply.IsCompleted);
        await _server.AnswerAsync(sent);
        await reply.WaitAsync(Bound);
        Assert.Equal(
            [$$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1,"progressToken":{{{token}}}}}"""], requester.Related);
        Assert.Empty(_peer.Notified);
    }

    [Fact]
    public async Task Progress_that_is_nobodys_and_what_belongs_to_no_request_goes_to_the_peer()
    {
        await _server.SayAsync("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":99}}""");
        await _server.SayAsync("""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""");
        Assert.Equal(2, _peer.Notified.Count);
    }

    [Fact]
    public async Task What_comes_on_a_requests_own_stream_belongs_to_it()
    {
        var requester = new RecordingRequester("5");
        _ = Send("""{"jsonrpc":"2.0","id":5,"method":"m"}""", requester);
        var number = long.Parse((await _server.NextAsync()).IdKey, System.Globalization.CultureInfo.InvariantCulture);
        const string Message = """{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}""";
        await _server.SayAsync(Message, number);
        await _server.SayAsync("""{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}""", number);
        Assert.Equal([Message], requester.Related);
        Assert.Same(requester, Assert.Single(_peer.Asked).Related);
    }

    [Fact]
    public async Task What_a_requester_cannot_take_goes_to_the_peer_under_its_own_token()
    {
        var requester = new RecordingRequester("1") { CanBeReached = false };
        _ = Send("""{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":"t"}}}""", requester);
        var sent = await _server.NextAsync();
        await _server.SayAsync($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{sent.IdKey}}}}}""");
        Assert.Equal("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t"}}""", Assert.Single(_peer.Notified));
    }

    [Fact]
    public async Task The_progress_of_a_task_goes_on_after_the_answer_that_made_it()
    {
        var requester = new RecordingRequester("1");
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"t"}}}""", requester);
        var sent = await _server.NextAsync();
        await _server.AnswerAsync(sent, """{"task":{"taskId":"x"}}""");
        await reply.WaitAsync(Bound);
        await _server.SayAsync($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{sent.IdKey}}}}}""");
        Assert.Single(requester.Related);
    }

    [Fact]
    public async Task A_cancellation_reaches_the_server_after_the_request_and_the_late_answer_is_dropped()
    {
        using var cancel = new CancellationTokenSource();
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""", cancellationToken: cancel.Token);
        var sent = await _server.NextAsync();
        await cancel.CancelAsync();
        var fault = Assert.IsType<Reply.Faulted>(await reply.WaitAsync(Bound)).Fault;
        Assert.Equal((FaultStage.Cancelled, true), (fault.Stage, fault.MayHaveHappened));
        var told = await _server.NextAsync();
        Assert.Equal(("notifications/cancelled", sent.IdKey), (told.Method, told.KeyOf(told.Members.RequestId)));
        await _server.AnswerAsync(sent);
        await _server.AnswerAsync(sent);
        Assert.Equal([long.Parse(sent.IdKey, System.Globalization.CultureInfo.InvariantCulture)], _server.Forgotten);
    }

    [Fact]
    public async Task A_request_cancelled_before_it_was_sent_never_is()
    {
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""", cancellationToken: new CancellationToken(canceled: true));
        Assert.False(Assert.IsType<Reply.Faulted>(await reply.WaitAsync(Bound)).Fault.MayHaveHappened);
        Assert.True(_server.HasNothing);
    }

    [Fact]
    public async Task Each_request_has_one_outcome_however_answer_and_cancellation_meet()
    {
        for (var round = 0; round < 500; round++)
        {
            using var cancel = new CancellationTokenSource();
            var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""", cancellationToken: cancel.Token);
            var sent = await _server.NextAsync();
            await Task.WhenAll(Task.Run(() => cancel.CancelAsync()), Task.Run(() => _server.AnswerAsync(sent))).WaitAsync(Bound);
            var outcome = await reply.WaitAsync(Bound);
            if (outcome is Reply.Faulted)
            {
                Assert.Equal("notifications/cancelled", (await _server.NextAsync()).Method);
            }
        }

        Assert.True(_server.HasNothing);
        Assert.Equal(0, _connection.PendingCount);
    }

    [Fact]
    public async Task Stray_and_double_answers_harm_nobody()
    {
        await _server.SayAsync("""{"jsonrpc":"2.0","id":77,"result":{}}""");
        await _server.SayAsync("""{"jsonrpc":"2.0","id":"x","result":{}}""");
        await _server.SayAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}""");
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""");
        var sent = await _server.NextAsync();
        await _server.AnswerAsync(sent, "1");
        await _server.AnswerAsync(sent, "2");
        var answered = Assert.IsType<Reply.Answered>(await reply.WaitAsync(Bound));
        Assert.Equal("1", answered.Frame.KeyOf(answered.Frame.Body));
    }

    [Fact]
    public async Task An_error_without_an_id_on_a_requests_own_stream_answers_it()
    {
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""");
        var number = long.Parse((await _server.NextAsync()).IdKey, System.Globalization.CultureInfo.InvariantCulture);
        await _server.SayAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}""", number);
        Assert.IsType<Reply.Answered>(await reply.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_request_without_a_sign_in_its_time_is_unknown()
    {
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""");
        var sent = await _server.NextAsync();
        _time.Advance(Limit);
        Assert.False(reply.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var fault = Assert.IsType<Reply.Faulted>(await reply.WaitAsync(Bound)).Fault;
        Assert.Equal((FaultStage.Waiting, true), (fault.Stage, fault.MayHaveHappened));
        Assert.Contains("unknown", fault.Message);
        var told = await _server.NextAsync();
        Assert.Equal(sent.IdKey, told.KeyOf(told.Members.RequestId));
    }

    [Fact]
    public async Task Progress_starts_the_time_anew()
    {
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":1}}}""", new RecordingRequester("1"));
        var sent = await _server.NextAsync();
        for (var round = 0; round < 5; round++)
        {
            _time.Advance(Limit - TimeSpan.FromSeconds(1));
            await _server.SayAsync($$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{sent.IdKey}}}}}""");
        }

        Assert.False(reply.IsCompleted);
        _time.Advance(Limit + TimeSpan.FromSeconds(1));
        Assert.IsType<Reply.Faulted>(await reply.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_server_that_does_not_read_holds_up_neither_the_time_limit_nor_a_cancellation()
    {
        var held = new TaskCompletionSource();
        _server.Held = held.Task;
        using var cancel = new CancellationTokenSource();
        var overdue = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""");
        var cancelled = Send("""{"jsonrpc":"2.0","id":2,"method":"m"}""", cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(FaultStage.Cancelled, Assert.IsType<Reply.Faulted>(await cancelled.WaitAsync(Bound)).Fault.Stage);
        _time.Advance(Limit + TimeSpan.FromSeconds(1));
        Assert.Equal(FaultStage.Waiting, Assert.IsType<Reply.Faulted>(await overdue.WaitAsync(Bound)).Fault.Stage);
        held.SetResult();
    }

    [Fact]
    public async Task A_request_that_could_not_be_handed_over_did_not_happen()
    {
        _server.Held = Task.FromException(new IOException("Broken pipe"));
        var reply = Send("""{"jsonrpc":"2.0","id":1,"method":"m"}""");
        while (!reply.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1)); // a server that has died gets a moment to say how
            await Task.Yield();
        }

        var fault = Assert.IsType<Reply.Faulted>(await reply).Fault;
        Assert.Equal((FaultStage.Sending, false), (fault.Stage, fault.MayHaveHappened));
        Assert.Equal(0, _connection.PendingCount);
    }

    [Fact]
    public async Task The_end_of_a_server_leaves_its_open_requests_unknown_and_later_ones_unsent()
    {
        var replies = Enumerable.Range(0, 8).Select(number => Send($$"""{"jsonrpc":"2.0","id":{{number}},"method":"m"}""")).ToArray();
        _server.End("The server 'files' was killed.");
        _server.End("again");
        foreach (var reply in await Task.WhenAll(replies).WaitAsync(Bound))
        {
            var fault = Assert.IsType<Reply.Faulted>(reply).Fault;
            Assert.Equal((true, "The server 'files' was killed."), (fault.MayHaveHappened, fault.Message));
        }

        Assert.False(Assert.IsType<Reply.Faulted>(await Send("""{"jsonrpc":"2.0","id":9,"method":"m"}""").WaitAsync(Bound)).Fault.MayHaveHappened);
        Assert.Equal(["The server 'files' was killed."], _peer.EndReasons);
    }

    [Fact]
    public async Task A_server_that_withdraws_its_own_request_does_not_name_one_of_ours()
    {
        var requester = new RecordingRequester("1");
        _ = Send("""{"jsonrpc":"2.0","id":1,"method":"tools/call"}""", requester);
        var sent = await _server.NextAsync();
        var withdrawal = $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{sent.IdKey}}}}}""";
        await _server.SayAsync(withdrawal);
        Assert.Empty(requester.Related);
        Assert.Equal([withdrawal], _peer.Notified);
    }

    [Fact]
    public async Task A_subscription_that_a_server_ends_and_speaks_on_is_named_by_its_clients_id()
    {
        var requester = new RecordingRequester("\"sub\"");
        _ = Send("""{"jsonrpc":"2.0","id":"sub","method":"subscriptions/listen"}""", requester);
        var id = (await _server.NextAsync()).IdKey;
        await _server.SayAsync($$$$"""{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":{{{{id}}}}}}}""");
        await _server.SayAsync($$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""");
        Assert.Equal(
            [
                """{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"sub"}}}""",
                """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"sub"}}""",
            ],
            requester.Related);
    }

    private Task<Reply> Send(string json, IRequester? requester = null, CancellationToken cancellationToken = default) =>
        _connection.RequestAsync(new RelayRequest(JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json)), requester, Limit)
        {
            CancellationToken = cancellationToken,
        });

    private static string Text(JsonRpcFrame frame) => Encoding.UTF8.GetString(frame.Utf8.Span);
}
