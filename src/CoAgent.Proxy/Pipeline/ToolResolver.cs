using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Whose tool a name means.</summary>
internal abstract record ToolResolution
{
    private ToolResolution()
    {
    }

    /// <param name="Link">The server.</param>
    /// <param name="OwnName">What the server calls the tool.</param>
    /// <param name="IsRenamed">Whether the client calls it something else.</param>
    public sealed record Found(ServerLink Link, string OwnName, bool IsRenamed) : ToolResolution;

    public sealed record NotFound(string Message) : ToolResolution;
}

/// <summary>Finds the server of a tool call.</summary>
internal sealed class ToolResolver(ClientSession session, ListDirectory tools)
{
    public async ValueTask<ToolResolution> ResolveAsync(ClientExchange call)
    {
        var name = call.Request.TextOf(call.Request.Members.Name);
        if (name is null)
        {
            return session.Links is [var first] && first.IsPlain
                ? new ToolResolution.Found(first, "", IsRenamed: false) // the server says itself what is wrong with the call
                : new ToolResolution.NotFound("The call names no tool (\"params\".\"name\").");
        }

        var links = session.Links;
        if (links is [var only] && only.IsPlain)
        {
            return new ToolResolution.Found(only, name, IsRenamed: false);
        }

        if (Find(name) is { } known)
        {
            return known;
        }

        await tools.RefreshAsync(links, call);
        return (ToolResolution?)Find(name) ?? new ToolResolution.NotFound(
            links.IsEmpty
                ? $"Unknown tool '{name}': {session.WhyNoLinks}"
                : $"Unknown tool '{name}'. {tools.Troubles}".TrimEnd());
    }

    private ToolResolution.Found? Find(string name) =>
        tools.Names.Find(name) is { } target && session.Links.FirstOrDefault(link => link.Name == target.Server) is { } link
            ? new ToolResolution.Found(link, target.OwnName, IsRenamed: target.OwnName != name)
            : null;
}
