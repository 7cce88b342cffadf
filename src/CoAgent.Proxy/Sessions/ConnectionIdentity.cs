using CoAgent.Protocol.Order;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Sessions;

/// <summary>What a connection tells about who is at its other end.</summary>
/// <param name="Given">The agent that the user named, by argument, environment, URL or header; null when none is named.</param>
/// <param name="ClientKey">The agent by a key that its client gives (an environment variable of its sessions); null when it gives none.</param>
/// <param name="Fallback">The agent by the connection itself: the legacy session, or the client's process.</param>
/// <param name="Rank">The rank asked for; null when none is.</param>
internal sealed record ConnectionIdentity(AgentId? Given, AgentId? ClientKey, AgentId Fallback, Rank? Rank)
{
    /// <summary>The agent of the connection itself.</summary>
    public AgentId OwnAgent => Given ?? ClientKey ?? Fallback;

    /// <summary>
    /// The agent of one request. First match: named for the connection; named in the request's <c>_meta</c>; a key of the
    /// client, in its environment or in <c>_meta</c>; the connection (architecture.md, "Who is calling").
    /// </summary>
    public AgentId AgentOf(JsonRpcFrame request)
    {
        if (Given is { } given)
        {
            return given;
        }

        var meta = MetaMembers.Of(request);
        return Named("", request.TextOf(meta.Agent))
            ?? ClientKey
            ?? Named("vscode:", request.TextOf(meta.VsCodeConversation))
            ?? Named("thread:", request.TextOf(meta.Thread))
            ?? Fallback;
    }

    /// <summary>The rank that an agent of this connection asks for: the connection's is for its own agent, not for those that a request names.</summary>
    public Rank? RankFor(AgentId agent) => agent == OwnAgent ? Rank : null;

    // A name that breaks the rule for names says nothing: the next source decides.
    private static AgentId? Named(string kind, string? name) => name is null ? null : AgentId.TryCreate(kind + name);
}
