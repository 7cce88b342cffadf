using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What one of our tools answers: words for the model, and the same for programs.</summary>
/// <param name="Words">The words.</param>
/// <param name="Members">The same as JSON, for <c>_meta["coagent/answer"]</c>.</param>
internal sealed record OwnAnswer(string Words, JsonObject Members)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether it says that the call was wrong.</summary>
    public bool IsError { get; init; }

    /// <summary>What is told before it.</summary>
    public NoticeBlock? Notices { get; init; }

    /// <summary>That a call was wrong, and what to do.</summary>
    public static OwnAnswer Wrong(string words) => new(words, new JsonObject { ["error"] = words }) { IsError = true };

    /// <summary>The answer as the client gets it.</summary>
    public Splice For(ClientExchange exchange)
    {
        var answer = ObjectEdit.Member("coagent/answer", Encoding.UTF8.GetBytes(Members.ToJsonString(Plain)));
        var blocks = Notices is { } told ? told.Before(Words) : [Words];
        return ClientAnswer.Result(exchange, CallAnswer.Result(
            RequestRouter.IsModern(exchange.Request), IsError, blocks, [.. answer, .. Notices?.MetaMember ?? []]));
    }
}
