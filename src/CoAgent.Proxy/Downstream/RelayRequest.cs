using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>Whoever waits for a request: gets what the server sends in relation to it before the answer.</summary>
internal interface IRequester
{
    /// <summary>The id that the requester gave, in its own spelling.</summary>
    ReadOnlyMemory<byte> IdUtf8 { get; }

    /// <summary>Passes on a message that belongs to this request, in order.</summary>
    /// <returns>False when it can't reach whoever waits: it is answered already, or takes nothing but the answer.</returns>
    ValueTask<bool> SendRelatedAsync(Splice message);
}

/// <summary>A request on its way to a server.</summary>
/// <param name="Frame">The request as its client sent it.</param>
/// <param name="Requester">Who asked; null for a request of our own.</param>
/// <param name="Timeout">How long it may take without a sign of progress.</param>
internal sealed record RelayRequest(JsonRpcFrame Frame, IRequester? Requester, TimeSpan Timeout)
{
    /// <summary>What changes in the frame beside its id and progress token.</summary>
    public Edit[] Edits { get; init; } = [];

    /// <summary>Members for <c>params</c> that bring what the server has asked for in an earlier round; empty in the first.</summary>
    public byte[] Inputs { get; init; } = [];

    /// <summary>Whether a request for input is the reply, although a bridge between the eras could put it to the client.</summary>
    public bool LeavesInputRequests { get; init; }

    /// <summary>The name or URI to tell in a header where it is not the frame's own.</summary>
    public string? Name { get; init; }

    /// <summary>HTTP headers <c>Mcp-Param-*</c> that belong to the request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ParameterHeaders { get; init; } = [];

    public CancellationToken CancellationToken { get; init; }
}
