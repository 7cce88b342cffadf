using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Downstream;

public sealed class EventStreamTests
{
    private static readonly ServerDefinition.Http Server = new(
        "files", new ServerOptions(), new Uri("http://127.0.0.1:1/mcp"), ImmutableSortedDictionary<string, string>.Empty);

    [Fact]
    public async Task Events_bring_messages_ids_and_the_pace_of_reconnection()
    {
        var (stream, events) = await ReadAsync("""
            : hello
            id: 1
            retry: 1500
            data:

            event: message
            id: 2
            data: {"jsonrpc":"2.0",
            data: "method":"a"}

            id: 3
            data: {"jsonrpc":"2.0","id":7,"result":{}}


            """);
        Assert.Equal(["""{"jsonrpc":"2.0", "method":"a"}""", """{"jsonrpc":"2.0","id":7,"result":{}}"""], events.Messages);
        Assert.Equal(("3", TimeSpan.FromMilliseconds(1500), true), (stream.LastEventId, stream.ReconnectAfter, stream.Answered));
    }

    [Fact]
    public async Task What_is_no_message_fails_the_request_and_not_the_stream()
    {
        var (_, events) = await ReadAsync("data: {nonsense\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"a\"}\n\n");
        Assert.Equal(FaultStage.Answering, Assert.Single(events.Faults).Stage);
        Assert.Single(events.Messages);
    }

    [Fact]
    public async Task A_message_beyond_the_limit_breaks_the_stream()
    {
        var message = $$"""data: {"jsonrpc":"2.0","method":"{{new string('x', 200)}}"}""" + "\n\n";
        Assert.Single((await ReadAsync(message, bytesMax: message.Length)).Events.Messages);
        await Assert.ThrowsAsync<MessageTooLongException>(() => ReadAsync(message, bytesMax: message.Length - 1));
    }

    [Fact]
    public async Task The_limit_counts_anew_with_each_message()
    {
        var message = $$"""data: {"jsonrpc":"2.0","method":"{{new string('x', 200)}}"}""" + "\n\n";
        var (_, events) = await ReadAsync(string.Concat(Enumerable.Repeat(message, 50)), bytesMax: message.Length * 2, chunk: 64);
        Assert.Equal(50, events.Messages.Count);
    }

    private static async Task<(EventStream Stream, RecordingEvents Events)> ReadAsync(string text, int bytesMax = 10_000, int chunk = 4096)
    {
        var events = new RecordingEvents();
        var stream = new EventStream(Server, new Limits { MessageBytesMax = bytesMax }, requestId: 7);
        using var response = new HttpResponseMessage { Content = new StreamContent(new ChunkedStream(Encoding.UTF8.GetBytes(text), chunk)) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        await stream.ReadAsync(response, events, CancellationToken.None);
        return (stream, events);
    }

    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }

    private sealed class RecordingEvents : IServerTransportEvents
    {
        public List<string> Messages { get; } = [];

        public List<ServerFault> Faults { get; } = [];

        public ValueTask ReceivedAsync(JsonRpcFrame frame, long relatedRequestId)
        {
            Assert.Equal(7, relatedRequestId);
            Messages.Add(Encoding.UTF8.GetString(frame.Utf8.Span));
            return ValueTask.CompletedTask;
        }

        public void RequestFailed(long requestId, ServerFault fault) => Faults.Add(fault);

        public void Ended(string reason) => Assert.Fail(reason);
    }
}
