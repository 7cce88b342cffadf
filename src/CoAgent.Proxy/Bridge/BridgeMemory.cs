using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Bridge;

/// <summary>A request that waits for an answer.</summary>
/// <param name="Request">The request.</param>
/// <param name="Sequence">Its place among the requests of the client.</param>
/// <param name="WasSent">Whether a daemon has got it, so that it may have had its effect.</param>
internal sealed record OpenRequest(JsonRpcFrame Request, long Sequence, bool WasSent);

/// <summary>What a bridge has to say again to a daemon that was restarted, so that its client does not notice.</summary>
/// <remarks>State lives in the daemon; this is only what the client said that set it up, and what it still waits for.</remarks>
internal sealed class BridgeMemory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OpenRequest> _open = new(StringComparer.Ordinal);
    private readonly StandingRequests _standing = new();
    private long _lastSequence;

    /// <summary>The client's handshake; null before it and in the modern era.</summary>
    public JsonRpcFrame? Initialize { get; private set; }

    /// <summary>The client's word that the handshake is over; null before it.</summary>
    public JsonRpcFrame? Initialized { get; private set; }

    /// <summary>How many requests wait for an answer.</summary>
    public int OpenCount
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Requests that set something up and were answered: a log level, subscriptions.</summary>
    public JsonRpcFrame[] Standing
    {
        get
        {
            lock (_lock)
            {
                return _standing.All;
            }
        }
    }

    /// <summary>The client said something.</summary>
    public void Said(JsonRpcFrame frame)
    {
        lock (_lock)
        {
            if (frame.Kind == FrameKind.Request)
            {
                _open[frame.IdKey] = new OpenRequest(frame, ++_lastSequence, WasSent: false);
                Initialize = frame.Is(MethodNames.Initialize) ? frame : Initialize;
            }
            else if (frame.Is(MethodNames.Initialized))
            {
                Initialized = frame;
            }
            else if (frame.Is(MethodNames.Cancelled))
            {
                _open.Remove(frame.KeyOf(frame.Members.RequestId));
            }
        }
    }

    /// <summary>The daemon has got a request.</summary>
    public void Sent(JsonRpcFrame request)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(request.IdKey, out var open) && open.Request == request)
            {
                _open[request.IdKey] = open with { WasSent = true };
            }
        }
    }

    /// <summary>The client is answered: it no longer waits, and what it set up holds.</summary>
    public void Answered(JsonRpcFrame answer)
    {
        lock (_lock)
        {
            if (_open.Remove(answer.IdKey, out var open) && answer.Kind == FrameKind.Result)
            {
                _standing.Note(open.Request);
            }
        }
    }

    /// <summary>The requests that wait for an answer, oldest first.</summary>
    public OpenRequest[] Open
    {
        get
        {
            lock (_lock)
            {
                return [.. _open.Values.OrderBy(static open => open.Sequence)];
            }
        }
    }

    /// <summary>A request is answered without a daemon: nobody waits for it any more.</summary>
    public void Forget(JsonRpcFrame request)
    {
        lock (_lock)
        {
            _open.Remove(request.IdKey);
        }
    }
}
