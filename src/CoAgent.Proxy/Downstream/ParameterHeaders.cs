using System.Globalization;
using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>The <c>Mcp-Param-*</c> headers of a call: arguments told again for those who route without reading the body.</summary>
/// <remarks>Source: MCP 2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters".</remarks>
internal static class ParameterHeaders
{
    private const string Prefix = "Mcp-Param-";

    /// <summary>The headers that a call must have before a server that is reached over HTTP.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(ToolFact? tool, JsonRpcFrame call) =>
    [
        .. Mirrored(tool, call)
            .Where(static mirrored => mirrored.Value is not null)
            .Select(static mirrored => new KeyValuePair<string, string>(mirrored.Header, HeaderValue.Encode(mirrored.Value!))),
    ];

    /// <summary>How the headers that a client sent contradict its call; null when they say the same.</summary>
    public static string? MismatchOf(ToolFact? tool, JsonRpcFrame call, IReadOnlyList<KeyValuePair<string, string>> given)
    {
        foreach (var (header, value) in Mirrored(tool, call))
        {
            var shown = given.Where(pair => string.Equals(pair.Key, header, StringComparison.OrdinalIgnoreCase))
                .Select(static pair => pair.Value.Trim()).FirstOrDefault();
            if (shown is null ? value is not null : !SaysTheSame(shown, value))
            {
                return shown is null
                    ? $"The header {header} is missing: the tool's schema mirrors an argument into it."
                    : $"The header {header} does not say what the argument in the body says.";
            }
        }

        return null;
    }

    private static List<(string Header, string? Value)> Mirrored(ToolFact? tool, JsonRpcFrame call)
    {
        if (tool is not { ParameterHeaders: { Count: > 0 } mirrored })
        {
            return [];
        }

        var arguments = call.Members.Arguments.Exists ? call.Memory(call.Members.Arguments) : "{}"u8.ToArray();
        using var document = JsonDocument.Parse(arguments, new JsonDocumentOptions { MaxDepth = 1_000 });
        return [.. mirrored.Select(parameter => (Prefix + parameter.Header, ValueAt(document.RootElement, parameter.Path)))];
    }

    // Integers are the same when their values are: a client may write 42 where the body has 42.0.
    private static bool SaysTheSame(string shown, string? value) =>
        value is not null
        && !HeaderValue.HasBadCharacters(shown)
        && HeaderValue.Decode(shown) is { } text
        && (text == value || (AsNumber(text) is { } number && AsNumber(value) == number));

    private static decimal? AsNumber(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? ValueAt(JsonElement value, string[] path)
    {
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return null;
            }
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }
}
