namespace CoAgent.Proxy.Wire;

/// <summary>
/// The requests that set something up for the life of a connection (a log level, subscriptions): what has to be said again when
/// the connection is a new one.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class StandingRequests
{
    private readonly Dictionary<string, JsonRpcFrame> _requests = new(StringComparer.Ordinal);

    /// <summary>All that holds now.</summary>
    public JsonRpcFrame[] All => [.. _requests.Values];

    /// <summary>Takes note of a request that was answered; any other than those is none to note.</summary>
    public void Note(JsonRpcFrame request)
    {
        switch (request.Method)
        {
            case MethodNames.SetLevel:
                _requests[MethodNames.SetLevel] = request;
                break;
            case MethodNames.ResourcesSubscribe:
                _requests[request.KeyOf(request.Members.Uri)] = request;
                break;
            case MethodNames.ResourcesUnsubscribe:
                _requests.Remove(request.KeyOf(request.Members.Uri));
                break;
        }
    }
}
