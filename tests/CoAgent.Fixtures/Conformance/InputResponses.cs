using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Reads what the client sent back for an input request; what is not an object counts as absent.</summary>
internal static class InputResponses
{
    public static JsonElement? Object(RequestParams request, string key) =>
        request.InputResponses is { } responses
        && responses.TryGetValue(key, out var response)
        && response is { RawValue.ValueKind: JsonValueKind.Object }
            ? response.RawValue
            : null;

    /// <summary>A field of an elicitation's content, as text.</summary>
    public static string ContentText(JsonElement answer, string field) =>
        answer.TryGetProperty("content", out var content)
        && content.ValueKind == JsonValueKind.Object
        && content.TryGetProperty(field, out var value)
            ? value.ToString()
            : "(not given)";
}
