using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Answers as a client gets them: under its own id.</summary>
internal static class ClientAnswer
{
    /// <summary>A server's answer, in the server's own bytes.</summary>
    public static Splice From(ClientExchange exchange, JsonRpcFrame answer, params ReadOnlySpan<Edit> more)
    {
        if (answer.Kind == FrameKind.Error && int.TryParse(answer.KeyOf(answer.Members.Code), out var code))
        {
            exchange.ErrorCode = code;
        }

        var subscription = exchange.Request.Is(MethodNames.Listen) ? MetaMembers.Of(answer).SubscriptionId : Slice.None;
        var edits = new Edit[more.Length + (subscription.Exists ? 2 : 1)];
        more.CopyTo(edits);
        edits[^1] = new Edit(answer.Id, exchange.IdUtf8);
        if (subscription.Exists)
        {
            edits[^2] = new Edit(subscription, exchange.IdUtf8);
        }

        return new Splice(answer.Utf8, edits);
    }

    /// <summary>Whatever became of a request.</summary>
    public static Splice From(ClientExchange exchange, Reply reply) => reply switch
    {
        Reply.Answered answered => From(exchange, answered.Frame),
        Reply.Faulted faulted => Error(exchange, JsonRpcError.InternalError, faulted.Fault.Message),
        _ => throw new InvalidOperationException("A reply is an answer or a fault."),
    };

    public static Splice Error(ClientExchange exchange, int code, string message)
    {
        exchange.ErrorCode = code;
        return JsonRpcError.Answer(exchange.IdUtf8.Span, code, message);
    }

    public static Splice Result(ClientExchange exchange, ReadOnlyMemory<byte> resultUtf8) =>
        JsonRpcError.Result(exchange.IdUtf8.Span, resultUtf8);
}
