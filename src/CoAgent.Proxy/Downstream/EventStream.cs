using System.Net.ServerSentEvents;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>What one server-sent event stream has told so far, across reconnections.</summary>
internal sealed class EventStream(ServerDefinition.Http server, Limits limits, long requestId)
{
    /// <summary>Where to go on after a break; empty when the server gives no event ids.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>How long the server asks to wait before a reconnection.</summary>
    public TimeSpan? ReconnectAfter { get; private set; }

    /// <summary>True once an answer came.</summary>
    public bool Answered { get; private set; }

    /// <summary>Reads a response's events until it ends.</summary>
    public async Task ReadAsync(HttpResponseMessage response, IServerTransportEvents events, CancellationToken cancellationToken)
    {
        await using var body = new BoundedStream(
            await response.Content.ReadAsStreamAsync(cancellationToken), limits.MessageBytesMax);
        var parser = SseParser.Create(body, static (_, data) => data.ToArray());
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            body.MessageTaken();
            LastEventId = parser.LastEventId;
            ReconnectAfter = item.ReconnectionInterval ?? ReconnectAfter;
            if (item.Data.Length > 0)
            {
                await ReceiveAsync(item.Data, events);
            }
        }
    }

    /// <summary>A message over HTTP may be spread over lines; on a stream of lines it must be one.</summary>
    /// <remarks>A line break in valid JSON is white space, never part of a string.</remarks>
    public static void JoinLines(Span<byte> message) => message.ReplaceAny(LineBreaks, (byte)' ');

    private static readonly System.Buffers.SearchValues<byte> LineBreaks = System.Buffers.SearchValues.Create("\r\n"u8);

    private async ValueTask ReceiveAsync(byte[] data, IServerTransportEvents events)
    {
        JoinLines(data);
        if (JsonRpcFrame.TryParse(data, limits.NestingLevelsMax, out var frame, out var fault))
        {
            Answered |= frame.IsAnswer;
            await events.ReceivedAsync(frame, requestId);
        }
        else if (requestId != 0)
        {
            events.RequestFailed(requestId, new ServerFault(
                FaultStage.Answering, $"The server '{server.Name}' sent an answer that cannot be passed on: {fault.Message}"));
        }
    }
}
