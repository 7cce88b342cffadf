using System.Text.Json.Nodes;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>One <c>subscriptions/listen</c> of a client, put to every server; ends when the client closes it.</summary>
/// <remarks>The client must get one acknowledgement, before anything else, of what the servers together agreed to.</remarks>
internal sealed class MergedListening(ClientSession session, ClientExchange exchange) : IRequester
{
    private readonly Lock _lock = new();
    private readonly JsonObject _agreed = [];
    private readonly List<Splice> _early = [];
    private int _missing = session.Links.Length;
    private bool _isAcknowledged;

    public ReadOnlyMemory<byte> IdUtf8 => exchange.IdUtf8;

    public async Task<Splice> RunAsync()
    {
        await Task.WhenAll(session.Links.Select(ListenAsync));
        return ClientAnswer.Result(exchange, (byte[])
        [
            .. "{\"resultType\":\"complete\",\"_meta\":{"u8,
            .. ObjectEdit.Member(MetaMembers.SubscriptionIdKey, exchange.IdUtf8.Span), .. "}}"u8,
        ]);
    }

    public async ValueTask SendRelatedAsync(Splice message)
    {
        var notification = JsonRpcFrame.Parse(message.ToMemory());
        if (notification.Is(MethodNames.Acknowledged))
        {
            await AcknowledgedAsync(notification);
            return;
        }

        lock (_lock)
        {
            if (!_isAcknowledged)
            {
                _early.Add(message);
                return;
            }
        }

        await exchange.SendRelatedAsync(message);
    }

    private async Task ListenAsync(ServerLink link)
    {
        var reply = await link.RequestAsync(
            new RelayRequest(exchange.Request, this, TimeSpan.Zero) { CancellationToken = exchange.Cancelled });
        if (reply is not Reply.Answered { Frame.Kind: FrameKind.Result })
        {
            // A server that can't be listened to agrees to nothing; the others are not kept waiting for it.
            await AcknowledgedAsync(notification: null);
        }
    }

    private async ValueTask AcknowledgedAsync(JsonRpcFrame? notification)
    {
        Splice[] ready;
        lock (_lock)
        {
            if (notification is { Members.Notifications.Exists: true })
            {
                Agree(JsonNode.Parse(notification.Span(notification.Members.Notifications)));
            }

            if (--_missing != 0 || _isAcknowledged)
            {
                return;
            }

            _isAcknowledged = true;
            ready = [Acknowledgement(), .. _early];
        }

        foreach (var message in ready)
        {
            await exchange.SendRelatedAsync(message);
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
}
