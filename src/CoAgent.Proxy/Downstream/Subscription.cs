using System.Text;
using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>The one <c>subscriptions/listen</c> that a bridge keeps open for its legacy client.</summary>
internal sealed class Subscription(ServerConnection connection, ILinkOwner owner, byte[] metadata) : IDisposable
{
    private static readonly byte[] OwnId = "0"u8.ToArray();

    private readonly Lock _lock = new();
    private readonly SortedSet<string> _resources = new(StringComparer.Ordinal);
    private CancellationTokenSource? _open;

    /// <summary>Adds or removes a resource that the client wants updates of; ends when the server listens to that or has said that it can't.</summary>
    public Task SetAsync(string uri, bool isWanted)
    {
        lock (_lock)
        {
            _ = isWanted ? _resources.Add(uri) : _resources.Remove(uri);
        }

        return RenewAsync();
    }

    /// <summary>Listens anew for what is wanted now.</summary>
    public Task RenewAsync()
    {
        var next = new CancellationTokenSource();
        var listener = new Listener(connection, owner);
        CancellationTokenSource? previous;
        string[] resources;
        lock (_lock)
        {
            (previous, _open) = (_open, next);
            resources = [.. _resources];
        }

        // The new one is open before the old one closes, so that no change falls between them.
        var ended = connection.RequestAsync(
            new RelayRequest(Request(resources), listener, TimeSpan.Zero) { CancellationToken = next.Token });
        var listening = Task.WhenAny(listener.Acknowledged, ended);
        previous?.Cancel();
        previous?.Dispose();
        return listening;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _open?.Cancel();
            _open?.Dispose();
            _open = null;
        }
    }

    private JsonRpcFrame Request(string[] resources)
    {
        var uris = string.Join(',', resources.Select(static uri => $"\"{JsonEncodedText.Encode(uri)}\""));
        byte[] parameters =
        [
            .. "{\"notifications\":{\"toolsListChanged\":true,\"promptsListChanged\":true,\"resourcesListChanged\":true,"u8,
            .. Encoding.UTF8.GetBytes($"\"resourceSubscriptions\":[{uris}]"), .. "},\"_meta\":{"u8, .. metadata, .. "}}"u8,
        ];
        return JsonRpcFrame.Parse(JsonRpcError.Call(OwnId, MethodNames.Listen, parameters));
    }

    /// <summary>Hears one listening request out.</summary>
    private sealed class Listener(ServerConnection connection, ILinkOwner owner) : IRequester
    {
        private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Acknowledged => _acknowledged.Task;

        public ReadOnlyMemory<byte> IdUtf8 => OwnId;

        public async ValueTask<bool> SendRelatedAsync(Splice message)
        {
            var notification = JsonRpcFrame.Parse(message.ToMemory());
            if (notification.Is(MethodNames.Acknowledged))
            {
                _acknowledged.TrySetResult();
            }
            else
            {
                await owner.NotifiedAsync(connection.Server, notification);
            }

            return true;
        }
    }
}
