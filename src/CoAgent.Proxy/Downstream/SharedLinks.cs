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
    private readonly ConcurrentDictionary<(ServerDefinition Definition, bool IsModern), OwnerOfItsOwn> _owners = new();

    /// <summary>The link of a server, which the listener hears from until <see cref="Leave"/>.</summary>
    public ServerLink Join(ServerDefinition definition, bool isModern, ISharedListener listener)
    {
        var owner = _owners.GetOrAdd((definition, isModern), key => new OwnerOfItsOwn(key.Definition, key.IsModern, starter, loggers));
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
}
