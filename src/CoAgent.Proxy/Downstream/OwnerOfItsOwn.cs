using System.Collections.Concurrent;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Downstream;

/// <summary>Holds a server that is reached on nobody's behalf in particular: there is no client to ask.</summary>
internal sealed class OwnerOfItsOwn : ILinkOwner
{
    private static readonly JsonRpcFrame OwnInitialize = JsonRpcFrame.Parse(
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"coagent","version":"0.1.0"}}}"""u8.ToArray());

    private readonly bool _isModern;

    public OwnerOfItsOwn(ServerDefinition definition, bool isModern, ServerStarter starter, ILoggerFactory loggers)
    {
        _isModern = isModern;
        Link = new ServerLink(definition, starter, this, loggers.CreateLogger($"CoAgent.Server.{definition.Name}"));
    }

    public ServerLink Link { get; }

    /// <summary>Who hears what the server says of its own accord.</summary>
    public ConcurrentDictionary<ISharedListener, bool> Listeners { get; } = new();

    public JsonRpcFrame? InitializeRequest => _isModern ? null : OwnInitialize;

    public bool IsInitialized => true;

    public async ValueTask NotifiedAsync(string server, JsonRpcFrame notification)
    {
        foreach (var listener in Listeners.Keys)
        {
            await listener.NotifiedAsync(server, notification);
        }
    }

    // Which client is meant can't be told, and to ask the wrong one would be worse than to refuse.
    public ValueTask AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related)
    {
        var refusal = JsonRpcError.Answer(
            "0"u8, JsonRpcError.MethodNotFound, "This server is shared between clients and can ask none of them.");
        return connection.AnswerAsync(JsonRpcFrame.Parse(refusal), request.Memory(request.Id));
    }

    public Task<JsonRpcFrame?> AskClientAsync(
        string method, ReadOnlyMemory<byte> paramsUtf8, IRequester? related, CancellationToken cancellationToken) =>
        Task.FromResult<JsonRpcFrame?>(null);
}
