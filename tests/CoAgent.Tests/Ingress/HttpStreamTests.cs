using System.Text;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Wire;
using CoAgent.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Tests.Ingress;

public sealed class HttpStreamTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ManualTime _time = new();

    [Fact]
    public async Task After_its_answer_a_request_takes_nothing_more()
    {
        using var client = new Client();
        using var exchange = Exchange(client);
        await exchange.CompleteAsync((Splice)"{\"a\":1}"u8.ToArray());
        Assert.False(await exchange.SendRelatedAsync("{}"u8.ToArray()));
        _time.Advance(TimeSpan.FromMinutes(1));
        await exchange.KeepAliveAsync(TimeSpan.FromSeconds(15));
        Assert.Equal("event: message\ndata: {\"a\":1}\n\n", client.Text);
    }

    [Fact]
    public async Task A_client_that_takes_one_object_gets_nothing_before_it()
    {
        using var client = new Client("application/json");
        using var exchange = Exchange(client);
        Assert.False(await exchange.SendRelatedAsync("{}"u8.ToArray()));
        await exchange.CompleteAsync((Splice)"{\"a\":1}"u8.ToArray());
        Assert.Equal("{\"a\":1}", client.Text);
    }

    [Fact]
    public async Task A_client_that_vanished_cancels_and_is_not_written_to()
    {
        using var client = new Client();
        using var exchange = Exchange(client);
        client.Vanish();
        Assert.False(await exchange.SendRelatedAsync("{}"u8.ToArray()));
        await exchange.CompleteAsync((Splice)"{}"u8.ToArray());
        Assert.Equal("", client.Text);
    }

    [Fact]
    public void A_cancellation_that_comes_after_the_answer_is_no_fault()
    {
        using var client = new Client();
        var exchange = Exchange(client);
        exchange.Dispose();
        exchange.Cancel();
    }

    [Fact]
    public async Task What_a_server_says_goes_on_the_only_open_request_else_on_the_stream_else_waits_within_a_bound()
    {
        using var channel = new HttpChannel(_time, waitingMax: 2);
        Assert.True(await channel.SendAsync(Message(1), []));
        Assert.True(await channel.SendAsync(Message(2), []));
        Assert.False(await channel.SendAsync(Message(3), []));

        using var listener = new Client();
        var serving = channel.ServeAsync(listener.Context, CancellationToken.None);
        Assert.True(await channel.SendAsync(Message(4), []));
        using var client = new Client();
        using var exchange = Exchange(client);
        Assert.True(await channel.SendAsync(Message(5), [exchange]));
        Assert.Equal("124", listener.Numbers);
        Assert.Equal("5", client.Numbers);

        listener.Vanish();
        await serving.WaitAsync(Bound);
        Assert.True(await channel.SendAsync(Message(6), []));
        using var again = new Client();
        var serving2 = channel.ServeAsync(again.Context, CancellationToken.None);
        Assert.True(await channel.SendAsync(Message(7), []));
        Assert.Equal("67", again.Numbers);
        await channel.EndAsync();
        await serving2.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_request_that_is_answered_meanwhile_leaves_the_message_to_the_stream()
    {
        using var channel = new HttpChannel(_time, waitingMax: 2);
        using var listener = new Client();
        var serving = channel.ServeAsync(listener.Context, CancellationToken.None);
        using var client = new Client();
        using var exchange = Exchange(client);
        await exchange.CompleteAsync((Splice)"{}"u8.ToArray());
        Assert.True(await channel.SendAsync(Message(1), [exchange]));
        Assert.Equal("1", listener.Numbers);
        await channel.EndAsync();
        await serving.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_second_stream_ends_the_first_and_a_broken_one_keeps_nobody_out()
    {
        using var channel = new HttpChannel(_time, waitingMax: 2);
        using var first = new Client();
        using var second = new Client();
        using var broken = new Client();
        using var last = new Client();
        var firstServing = channel.ServeAsync(first.Context, CancellationToken.None);
        var secondServing = channel.ServeAsync(second.Context, CancellationToken.None);
        await firstServing.WaitAsync(Bound);
        broken.Context.Response.Body = new BrokenStream();
        await Assert.ThrowsAsync<IOException>(() => channel.ServeAsync(broken.Context, CancellationToken.None).WaitAsync(Bound));
        await secondServing.WaitAsync(Bound);
        var lastServing = channel.ServeAsync(last.Context, CancellationToken.None);
        Assert.True(await channel.SendAsync(Message(9), []));
        Assert.Equal("9", last.Numbers);
        await channel.EndAsync();
        await lastServing.WaitAsync(Bound);
    }

    [Fact]
    public async Task A_quiet_stream_gets_a_sign_of_life()
    {
        using var channel = new HttpChannel(_time, waitingMax: 2);
        using var listener = new Client();
        var serving = channel.ServeAsync(listener.Context, CancellationToken.None);
        await channel.KeepAliveAsync(TimeSpan.FromSeconds(15));
        Assert.Equal("", listener.Text);
        _time.Advance(TimeSpan.FromSeconds(15));
        await channel.KeepAliveAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(": \n\n", listener.Text);
        await channel.EndAsync();
        await serving.WaitAsync(Bound);
    }

    private static Splice Message(int number) => Encoding.UTF8.GetBytes($"<{number}>");

    private HttpExchange Exchange(Client client) => new(
        client.Context, JsonRpcFrame.Parse("""{"jsonrpc":"2.0","id":1,"method":"m"}"""u8.ToArray()), isModern: false, _time);

    private sealed class Client : IDisposable
    {
        private readonly CancellationTokenSource _gone = new();
        private readonly MemoryStream _body = new();

        public Client(string accept = "application/json, text/event-stream")
        {
            Context.Request.Headers.Accept = accept;
            Context.Response.Body = _body;
            Context.RequestAborted = _gone.Token;
        }

        public DefaultHttpContext Context { get; } = new();

        public string Text => Encoding.UTF8.GetString(_body.ToArray());

        /// <summary>The numbers of the messages that came, in order.</summary>
        public string Numbers => string.Concat(Text.Where(char.IsDigit));

        public void Vanish() => _gone.Cancel();

        public void Dispose() => _gone.Dispose();
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override Task FlushAsync(CancellationToken cancellationToken) => Task.FromException(new IOException("gone"));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromException(new IOException("gone"));
    }
}
