using System.Collections.Concurrent;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Wire;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Downstream;

/// <summary>Hears what a shared server says to everybody.</summary>
internal interface ISharedListener
{
    ValueTask NotifiedAsync(string server, JsonRpcFrame notification);
}

/// <summary>The servers with <c>"scope": "shared"</c>: one connection each for the whole workspace.</summary>
internal sealed class SharedLinks(ServerStarter starter, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(ServerDefinition Definition, bool IsModern), SharedOwner> _owners = new();

    /// <summary>The link of a server, which the listener hears from until <see cref="Leave"/>.</summary>
    public ServerLink Join(ServerDefinition definition, bool isModern, ISharedListener listener)
    {
        var owner = _owners.GetOrAdd((definition, isModern), key => new SharedOwner(key.Definition, key.IsModern, starter, loggers));
        owner.Listeners[listener] = true;
        return owner.Link;
    }

    public void Leave(ISharedListener listener)
    {
        foreach (var owner in _owners.Values)
        {
            owner.Listeners.TryRemove(listener, out _);
        }
    }

    /// <summary>Closes the servers that a new configuration does not have.</summary>
    public async Task RetainAsync(ProxyConfiguration configuration)
    {
        foreach (var key in _owners.Keys.Where(key => !configuration.Servers.Contains(key.Definition)))
        {
            if (_owners.TryRemove(key, out var owner))
            {
                await owner.Link.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owner in _owners.Values)
        {
            await owner.Link.DisposeAsync();
        }
    }

    private sealed class SharedOwner : ILinkOwner
    {
        private static readonly JsonRpcFrame OwnInitialize = JsonRpcFrame.Parse(
            """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"coagent","version":"0.1.0"}}}"""u8.ToArray());

        private readonly bool _isModern;

        public SharedOwner(ServerDefinition definition, bool isModern, ServerStarter starter, ILoggerFactory loggers)
        {
            _isModern = isModern;
            Link = new ServerLink(definition, starter, this, loggers.CreateLogger($"CoAgent.Server.{definition.Name}"));
        }

        public ServerLink Link { get; }

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

        // Which of the clients a shared server means can't be told, and to ask the wrong one would be worse than to refuse.
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
}
