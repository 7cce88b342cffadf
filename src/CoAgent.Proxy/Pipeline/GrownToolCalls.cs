using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Catalog.Folder;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Takes the calls of grown tools: they pass the same pipeline as those of servers, and are run by the daemon.</summary>
/// <param name="session">Whose calls they are.</param>
/// <param name="context">What sessions share.</param>
internal sealed class GrownToolCalls(ClientSession session, ProxyContext context) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServerLink> _links = new(StringComparer.Ordinal);

    /// <summary>The grown tool that a name means; null where a server of the session has a tool of that name, and where none has it.</summary>
    public CatalogedTool? Find(string name) =>
        context.Grown?.Find(name) is { } tool && !session.Links.Any(link => link.Tools.Of(name) is not null) ? tool : null;

    /// <summary>Answers a call.</summary>
    public async Task<Splice> InvokeAsync(ClientExchange exchange, CatalogedTool tool, AgentId agent)
    {
        if (RefusalOf(exchange, tool) is { } refusal)
        {
            return CallAnswer.OfOurOwn(exchange, $"This call was not made: {refusal}.", CallAnswer.NoRecord);
        }

        var link = _links.GetOrAdd(tool.Name.Profile, Link);
        return await context.Calls.InvokeAsync(
            new ToolCall(exchange, session.Identity, agent, link, tool.Name.Tool, IsRenamed: false) { Handshake = session.InitializeRequest });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var link in _links.Values)
        {
            await link.DisposeAsync();
        }
    }

    private string? RefusalOf(ClientExchange exchange, CatalogedTool tool)
    {
        var request = exchange.Request;
        using var arguments = request.Members.Arguments.Exists
            ? JsonDocument.Parse(request.Memory(request.Members.Arguments), InputRequests.Deep)
            : JsonDocument.Parse("{}");
        return context.Grown!.Refuse(tool, arguments.RootElement);
    }

    // Nothing is ever opened by it: it says whose calls they are.
    private ServerLink Link(string profile)
    {
        var definition = new ServerDefinition.Own(profile, context.Grown!.Root);
        return new ServerLink(definition, context.Starter, session, context.Loggers.CreateLogger($"CoAgent.Server.{definition.Name}"));
    }
}
