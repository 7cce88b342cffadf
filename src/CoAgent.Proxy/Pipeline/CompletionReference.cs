using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What a <c>completion/complete</c> is about: an argument of a prompt, or of a resource template.</summary>
/// <param name="Prompt">The prompt's name; null when it is about none.</param>
/// <param name="NameAt">Where that name stands in the request.</param>
/// <param name="Uri">The resource's URI or its template; null when it is about none.</param>
internal sealed record CompletionReference(string? Prompt, Slice NameAt, string? Uri)
{
    private static readonly CompletionReference None = new(Prompt: null, Slice.None, Uri: null);

    public static CompletionReference Of(JsonRpcFrame request)
    {
        var at = request.Members.Reference;
        if (!at.Exists || request.Utf8.Span[at.Start] != (byte)'{')
        {
            return None;
        }

        var reference = None;
        var reader = new Utf8JsonReader(request.Span(at), new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isUri = reader.ValueTextEquals("uri"u8);
            var value = JsonRpcFrame.TakeValue(ref reader);
            if (reader.TokenType == JsonTokenType.String && (isName || isUri))
            {
                reference = isName
                    ? reference with { Prompt = reader.GetString(), NameAt = value with { Start = value.Start + at.Start } }
                    : reference with { Uri = reader.GetString() };
            }
        }

        return reference;
    }
}
