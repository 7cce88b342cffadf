using System.Text.Json.Nodes;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>One <c>subscriptions/listen</c> of a client, put to every server; ends when the client closes it.</summary>
/// <remarks>The client must get one acknowledgement, before anything else, of what the servers together agreed to.</remarks>
#pragma warning disable CA1001 // The semaphore holds no handle, and servers may still send when the client has stopped listening.
internal sealed class MergedListening(ClientSession session, ClientExchange exchange, TimeProvider time) : IRequester
#pragma warning restore CA1001
{
    /// <summary>How many changes are kept for a client that has not been told yet that it hears of them; later ones are dropped.</summary>
    public const int EarlyMax = 1024;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly JsonObject _agreed = [];
    private readonly List<Splice> _early = [];
    private int _missing = session.Links.Length;
    private bool _isAcknowledged;

    public ReadOnlyMemory<byte> IdUtf8 => exchange.IdUtf8;

    public async Task<Splice> RunAsync()
    {
        var listening = Task.WhenAll(session.Links.Select(ListenAsync));
        await PromptAsync(listening);
        await listening;
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

        await TakeTurnAsync(async () =>
        {
            if (_isAcknowledged)
            {
                await exchange.SendRelatedAsync(message);
            }
            else if (_early.Count < EarlyMax)
            {
                _early.Add(message);
            }
        });
    }

    // A server that neither agrees nor refuses keeps the client waiting for a while, and then no longer.
    private async Task PromptAsync(Task listening)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancelled);
        await Task.WhenAny(listening, Task.Delay(ListDirectory.Patience, time, enough.Token));
        await enough.CancelAsync();
        await TakeTurnAsync(AcknowledgeAsync);
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

    private Task AcknowledgedAsync(JsonRpcFrame? notification) => TakeTurnAsync(async () =>
    {
        if (notification is { Members.Notifications.Exists: true })
        {
            Agree(JsonNode.Parse(notification.Span(notification.Members.Notifications)));
        }

        if (--_missing == 0)
        {
            await AcknowledgeAsync();
        }
    });

    private async Task AcknowledgeAsync()
    {
        if (_isAcknowledged)
        {
            return;
        }

        _isAcknowledged = true;
        await exchange.SendRelatedAsync(Acknowledgement());
        foreach (var message in _early)
        {
            await exchange.SendRelatedAsync(message);
        }

        _early.Clear();
    }

    // Held while something is sent: else a change of one server could overtake the acknowledgement.
    private async Task TakeTurnAsync(Func<Task> act)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await act();
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
}
