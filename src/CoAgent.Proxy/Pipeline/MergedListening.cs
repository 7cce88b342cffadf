using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>One <c>subscriptions/listen</c> of a client, put to every server; ends when the client closes it.</summary>
/// <remarks>The client must get one acknowledgement, before anything else, of what the servers together agreed to.</remarks>
#pragma warning disable CA1001 // The semaphore holds no handle, and servers may still send when the client has stopped listening.
internal sealed class MergedListening(ImmutableArray<ServerLink> links, ClientExchange exchange, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>How many messages wait for the acknowledgement; more than that go another way.</summary>
    public const int EarlyMax = 256;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly JsonObject _agreed = [];
    private readonly Queue<Splice> _early = new();
    private int _missing = links.Length;
    private bool _isAcknowledged;

    private ClientExchange Exchange => exchange;

    public async Task<Splice> RunAsync()
    {
        var listening = Task.WhenAll(links.Select(link => new Listener(this, link).ListenAsync()));
        await PromptAsync(listening);
        await listening;
        return ClientAnswer.Result(exchange, (byte[])
        [
            .. "{\"resultType\":\"complete\",\"_meta\":{"u8,
            .. ObjectEdit.Member(MetaMembers.SubscriptionIdKey, exchange.IdUtf8.Span), .. "}}"u8,
        ]);
    }

    // A server that neither agrees nor refuses keeps the client waiting for a while, and then no longer.
    private async Task PromptAsync(Task listening)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancelled);
        await Task.WhenAny(listening, Task.Delay(ListDirectory.Patience, time, enough.Token));
        await enough.CancelAsync();
        await TakeTurnAsync(AcknowledgeAsync);
    }

    private Task<bool> SendAsync(Splice message) => TakeTurnAsync(async () =>
    {
        if (_isAcknowledged)
        {
            return await exchange.SendRelatedAsync(message);
        }

        if (_early.Count >= EarlyMax)
        {
            return false;
        }

        _early.Enqueue(message);
        return true;
    });

    private Task<bool> AcknowledgedAsync(JsonRpcFrame? notification) => TakeTurnAsync(() =>
    {
        if (notification is { Members.Notifications.Exists: true })
        {
            Agree(JsonNode.Parse(notification.Span(notification.Members.Notifications)));
        }

        return --_missing == 0 ? AcknowledgeAsync() : Task.FromResult(true);
    });

    private async Task<bool> AcknowledgeAsync()
    {
        if (_isAcknowledged)
        {
            return true;
        }

        _isAcknowledged = true;
        await exchange.SendRelatedAsync(Acknowledgement());
        while (_early.TryDequeue(out var message))
        {
            await exchange.SendRelatedAsync(message);
        }

        return true;
    }

    // Held while something is sent: else a change of one server could overtake the acknowledgement.
    private async Task<bool> TakeTurnAsync(Func<Task<bool>> act)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            return await act();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Agree(JsonNode? filter)
    {
        foreach (var (name, value) in filter as JsonObject ?? [])
        {
            if (_agreed[name] is JsonArray uris && value is JsonArray more)
            {
                foreach (var uri in more.Where(uri => !uris.Any(known => JsonNode.DeepEquals(known, uri))))
                {
                    uris.Add(uri?.DeepClone());
                }
            }
            else
            {
                _agreed[name] ??= value?.DeepClone();
            }
        }
    }

    private Splice Acknowledgement() => JsonRpcError.Call(default, MethodNames.Acknowledged, (byte[])
    [
        .. "{\"_meta\":{"u8, .. ObjectEdit.Member(MetaMembers.SubscriptionIdKey, exchange.IdUtf8.Span), .. "},\"notifications\":"u8,
        .. System.Text.Encoding.UTF8.GetBytes(_agreed.ToJsonString()), (byte)'}',
    ]);

    /// <summary>One server's part: it agrees, or turns out to agree to nothing, once.</summary>
    private sealed class Listener(MergedListening listening, ServerLink link) : IRequester
    {
        private int _acknowledgedCount;

        public ReadOnlyMemory<byte> IdUtf8 => listening.Exchange.IdUtf8;

        public async Task ListenAsync()
        {
            await link.RequestAsync(new RelayRequest(listening.Exchange.Request, this, TimeSpan.Zero)
            {
                CancellationToken = listening.Exchange.Cancelled,
            });

            // A server that can't be listened to agrees to nothing; the others are not kept waiting for it.
            await AcknowledgedAsync(notification: null);
        }

        public async ValueTask<bool> SendRelatedAsync(Splice message)
        {
            var notification = JsonRpcFrame.Parse(message.ToMemory());
            if (!notification.Is(MethodNames.Acknowledged))
            {
                return await listening.SendAsync(message);
            }

            await AcknowledgedAsync(notification);
            return true;
        }

        private Task AcknowledgedAsync(JsonRpcFrame? notification) =>
            Interlocked.Increment(ref _acknowledgedCount) == 1 ? listening.AcknowledgedAsync(notification) : Task.CompletedTask;
    }
}
