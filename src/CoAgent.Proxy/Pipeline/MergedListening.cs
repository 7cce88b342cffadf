using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>One <c>subscriptions/listen</c> of a client, put to every server; ends when the client closes it.</summary>
/// <remarks>The client must get one acknowledgement, before anything else, of what the servers together agreed to.</remarks>
internal sealed class MergedListening(ImmutableArray<ServerLink> links, ClientExchange exchange) : IDisposable
{
    /// <summary>How many messages wait for the acknowledgement; more than that go another way.</summary>
    public const int EarlyMax = 256;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly JsonObject _agreed = [];
    private readonly Queue<Splice> _early = new();
    private int _missing = links.Length;

    private ClientExchange Exchange => exchange;

    public async Task<Splice> RunAsync()
    {
        await Task.WhenAll(links.Select(link => new Listener(this, link).ListenAsync()));
        return ClientAnswer.Result(exchange, (byte[])
        [
            .. "{\"resultType\":\"complete\",\"_meta\":{"u8,
            .. ObjectEdit.Member(MetaMembers.SubscriptionIdKey, exchange.IdUtf8.Span), .. "}}"u8,
        ]);
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<bool> SendAsync(Splice message)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (_missing == 0)
            {
                return await exchange.SendRelatedAsync(message);
            }

            if (_early.Count >= EarlyMax)
            {
                return false;
            }

            _early.Enqueue(message);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask AcknowledgedAsync(JsonRpcFrame? notification)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            if (notification is { Members.Notifications.Exists: true })
            {
                Agree(JsonNode.Parse(notification.Span(notification.Members.Notifications)));
            }

            if (--_missing == 0)
            {
                await exchange.SendRelatedAsync(Acknowledgement());
                while (_early.TryDequeue(out var message))
                {
                    await exchange.SendRelatedAsync(message);
                }
            }
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

        private ValueTask AcknowledgedAsync(JsonRpcFrame? notification) =>
            Interlocked.Increment(ref _acknowledgedCount) == 1 ? listening.AcknowledgedAsync(notification) : ValueTask.CompletedTask;
    }
}
