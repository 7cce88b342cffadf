using System.Globalization;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Downstream;

/// <summary>Messages as lines over a pair of byte streams: a child's stdin and stdout, or pipes inside this process.</summary>
/// <remarks>
/// A child's pipe is read by a thread of its own: .NET reads an anonymous pipe by blocking a pool thread, and as many
/// children as agents would starve the pool.
/// </remarks>
internal sealed partial class StreamTransport : IServerTransport
{
    private readonly string _server;
    private readonly Stream _output;
    private readonly bool _blocks;
    private readonly Limits _limits;
    private readonly Func<Task<string>> _endAsync;
    private readonly LineWriter _writer;
    private readonly ILogger _logger;
    private readonly Func<Line, ValueTask> _dispatch;
    private IServerTransportEvents _events = null!;

    /// <summary>Wraps a started server.</summary>
    /// <param name="server">Its name, for logs and errors.</param>
    /// <param name="streams">What to write to and what to read from.</param>
    /// <param name="limits">How long a line and how much waiting may be.</param>
    /// <param name="endAsync">Ends what stands behind the streams and tells why it ended; may be called more than once.</param>
    /// <param name="logger">Where faults that concern no call go.</param>
    public StreamTransport(string server, ServerStreams streams, Limits limits, Func<Task<string>> endAsync, ILogger logger)
    {
        _server = server;
        _output = streams.Output;
        _blocks = streams.ReadsBlock;
        _limits = limits;
        _endAsync = endAsync;
        _logger = logger;
        _dispatch = DispatchAsync;
        _writer = new LineWriter(streams.Input, limits.QueueBytesMax);
    }

    public void Start(IServerTransportEvents events)
    {
        _events = events;
        _ = WatchWriterAsync();
        if (_blocks)
        {
            new Thread(() => ReadAsync().GetAwaiter().GetResult())
            {
                IsBackground = true,
                Name = $"coagent {_server} stdout",
            }.Start();
        }
        else
        {
            _ = ReadAsync();
        }
    }

    public async ValueTask SendAsync(ServerMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.WriteAsync(message.Message, cancellationToken);
        }
        catch (IOException)
        {
            // A server that takes nothing in any more is of no use, even when it lives: ended, it is opened anew.
            await _endAsync();
            throw;
        }
    }

    public void Forget(long requestId)
    {
        // One stream serves all requests: there is nothing to close, the caller sends notifications/cancelled.
    }

    public void UseVersion(string protocolVersion)
    {
        // On a stream the version stands in the messages alone.
    }

    public async ValueTask DisposeAsync() => await _endAsync();

    // The stage boundary of receiving: whatever ends it, whoever waits is told.
    private async Task ReadAsync()
    {
        var buffer = new LineBuffer(_limits.MessageBytesMax);
        try
        {
            int read;
            while ((read = await ReadSomeAsync(buffer.GetRoom())) > 0)
            {
                buffer.Advance(read);
                await buffer.PassOnAsync(_dispatch);
            }
        }
        catch (Exception error)
        {
            LogReadFailed(_server, error.Message);
        }

        _events.Ended(await _endAsync());
    }

    // A server that no longer reads answers nothing any more, even where it still writes.
    private async Task WatchWriterAsync()
    {
        var reason = await _writer.Broken;
        LogReadFailed(_server, reason.Message);
        _events.Ended(await _endAsync());
    }

    private ValueTask<int> ReadSomeAsync(Memory<byte> room) =>
        _blocks ? ValueTask.FromResult(_output.Read(room.Span)) : _output.ReadAsync(room, CancellationToken.None);

    private ValueTask DispatchAsync(Line line)
    {
        switch (line)
        {
            case Line.Whole whole:
                return DispatchAsync(whole);
            case Line.TooLong tooLong:
                LogTooLong(_server, tooLong.Bytes, _limits.MessageBytesMax);
                Fail(tooLong.Id, tooLong.HasMethod, TooLongMessage(tooLong.Bytes));
                return ValueTask.CompletedTask;
            default:
                throw new InvalidOperationException("A line is whole or too long.");
        }
    }

    private ValueTask DispatchAsync(Line.Whole whole)
    {
        if (JsonRpcFrame.TryParse(whole.Utf8, _limits.NestingLevelsMax, out var frame, out var fault))
        {
            return _events.ReceivedAsync(frame, relatedRequestId: 0);
        }

        LogGarbage(_server, whole.Utf8.Length, fault.Message);
        FailWhomItAnswers(whole, fault);
        return ValueTask.CompletedTask;
    }

    private void FailWhomItAnswers(Line.Whole whole, FrameFault fault)
    {
        var scan = new OversizeScan();
        scan.Feed(whole.Utf8.Span);
        Fail(scan.Id, scan.HasMethod, $"The server '{_server}' sent an answer that cannot be passed on: {fault.Message}");
    }

    private void Fail(string id, bool hasMethod, string message)
    {
        if (!hasMethod && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var requestId))
        {
            _events.RequestFailed(requestId, new ServerFault(FaultStage.Answering, message));
        }
    }

    private string TooLongMessage(long bytes) =>
        $"The answer of server '{_server}' is {bytes:N0} bytes long; at most {_limits.MessageBytesMax:N0} are passed on. "
        + "Ask for less, or raise \"coagent\".\"limits\".\"messageBytesMax\" in the configuration.";

    [LoggerMessage(201, LogLevel.Warning, "Server {Server} sent {Bytes} bytes that are no message: {Fault}")]
    private partial void LogGarbage(string server, int bytes, string fault);

    [LoggerMessage(202, LogLevel.Warning, "Server {Server} sent a message of {Bytes} bytes; the limit is {Limit}")]
    private partial void LogTooLong(string server, long bytes, int limit);

    [LoggerMessage(203, LogLevel.Information, "Reading from server {Server} ended: {Reason}")]
    private partial void LogReadFailed(string server, string reason);
}

/// <summary>The byte streams of a started server.</summary>
/// <param name="Input">What the server reads.</param>
/// <param name="Output">What the server writes.</param>
/// <param name="ReadsBlock">True for an operating system pipe, whose reads hold a thread.</param>
internal readonly record struct ServerStreams(Stream Input, Stream Output, bool ReadsBlock);
