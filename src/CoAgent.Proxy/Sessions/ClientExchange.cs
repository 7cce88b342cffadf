using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Sessions;

/// <summary>One request of a client, from its arrival to its answer.</summary>
internal abstract class ClientExchange : IRequester, IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();

    protected ClientExchange(JsonRpcFrame request)
    {
        Request = request;
        IdUtf8 = request.Memory(request.Id);
        Cancelled = _cancelled.Token; // taken early: it is asked for after the answer, too
    }

    public JsonRpcFrame Request { get; }

    public ReadOnlyMemory<byte> IdUtf8 { get; }

    /// <summary>Its place in the session's order of arrival.</summary>
    public long Sequence { get; set; }

    /// <summary>The code of the error that the request was answered with; null for a result.</summary>
    public int? ErrorCode { get; set; }

    /// <summary>What is done when the answer does not reach the client: what it told has to be told again.</summary>
    /// <value>Nothing.</value>
    public Func<ValueTask> WhenLost { get; set; } = static () => ValueTask.CompletedTask;

    /// <summary>Set when the client no longer wants the answer.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>The <c>Mcp-Param-*</c> headers that came with the request; null where its client knows of none (stdio, the legacy era).</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>>? ParameterHeaders => null;

    /// <summary>Sends the client something that belongs to this request; in order, before the answer.</summary>
    public abstract ValueTask<bool> SendRelatedAsync(Splice message);

    /// <summary>The client no longer wants the answer.</summary>
    public void Cancel()
    {
        try
        {
            _cancelled.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Answered meanwhile: a cancellation may always come too late.
        }
    }

    public void Dispose() => _cancelled.Dispose();
}

/// <summary>The way to a client for what answers no request of it.</summary>
internal interface IClientChannel
{
    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="open">The client's open requests, oldest first: where a channel has no stream of its own, their streams do.</param>
    /// <returns>False when there is no way to the client for it.</returns>
    ValueTask<bool> SendAsync(Splice message, IReadOnlyList<ClientExchange> open);
}
