using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>What became of a request to a server.</summary>
internal abstract record Reply
{
    private Reply()
    {
    }

    /// <summary>The server answered, with a result or an error of its own.</summary>
    public sealed record Answered(JsonRpcFrame Frame) : Reply;

    /// <summary>No answer came.</summary>
    public sealed record Faulted(ServerFault Fault) : Reply;
}
