using System.Text;
using System.Threading.Channels;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Downstream;

/// <summary>A server without a wire: a test sees what it was sent, and says what it answers.</summary>
internal sealed class SimulatedTransport : IServerTransport
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Channel<JsonRpcFrame> _sent = Channel.CreateBounded<JsonRpcFrame>(10_000);
    private IServerTransportEvents _events = null!;

    /// <summary>What stands in the way of sending; null when nothing does.</summary>
    public Task? Held { get; set; }

    public List<long> Forgotten { get; } = [];

    public string? Version { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Start(IServerTransportEvents events) => _events = events;

    public async ValueTask SendAsync(ServerMessage message, CancellationToken cancellationToken)
    {
        if (Held is { } held)
        {
            await held;
        }

        Assert.True(_sent.Writer.TryWrite(JsonRpcFrame.Parse(message.Message.ToMemory())));
    }

    public void Forget(long requestId) => Forgotten.Add(requestId);

    public void UseVersion(string protocolVersion) => Version = protocolVersion;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>The next message that the server gets.</summary>
    public async Task<JsonRpcFrame> NextAsync() => await _sent.Reader.ReadAsync().AsTask().WaitAsync(Bound);

    public bool HasNothing => !_sent.Reader.TryPeek(out _);

    /// <summary>The server says something.</summary>
    public async Task SayAsync(string json, long relatedRequestId = 0) =>
        await _events.ReceivedAsync(JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json)), relatedRequestId);

    public Task AnswerAsync(JsonRpcFrame request, string result = "{}") =>
        SayAsync($$"""{"jsonrpc":"2.0","id":{{request.IdKey}},"result":{{result}}}""");

    public void Fail(JsonRpcFrame request, FaultStage stage) =>
        _events.RequestFailed(long.Parse(request.IdKey, System.Globalization.CultureInfo.InvariantCulture), new ServerFault(stage, "failed"));

    public void End(string reason) => _events.Ended(reason);
}

/// <summary>Keeps what a server says of its own accord.</summary>
internal sealed class RecordingPeer : IServerPeer
{
    public List<string> Notified { get; } = [];

    public List<(string Request, IRequester? Related)> Asked { get; } = [];

    public List<string> EndReasons { get; } = [];

    public ValueTask NotifiedAsync(ServerConnection connection, JsonRpcFrame notification)
    {
        Notified.Add(Encoding.UTF8.GetString(notification.Utf8.Span));
        return ValueTask.CompletedTask;
    }

    public ValueTask AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related)
    {
        Asked.Add((Encoding.UTF8.GetString(request.Utf8.Span), related));
        return ValueTask.CompletedTask;
    }

    public int ToolsChangedCount { get; private set; }

    public void ToolsChanged() => ToolsChangedCount++;

    public void Ended(ServerConnection connection, string reason) => EndReasons.Add(reason);
}

/// <summary>A client that waits, and keeps what comes before its answer.</summary>
internal sealed class RecordingRequester(string id) : IRequester
{
    public List<string> Related { get; } = [];

    public bool CanBeReached { get; set; } = true;

    public ReadOnlyMemory<byte> IdUtf8 { get; } = Encoding.UTF8.GetBytes(id);

    public ValueTask<bool> SendRelatedAsync(Splice message)
    {
        if (CanBeReached)
        {
            Related.Add(Encoding.UTF8.GetString(message.ToMemory().Span));
        }

        return ValueTask.FromResult(CanBeReached);
    }
}
