using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Results;

/// <summary>A call in a few words: its tool and its main argument.</summary>
public static class CallText
{
    /// <summary>The most characters of a tool's name, and of an argument's name and value, that are shown.</summary>
    public const int PartCharsMax = 80;

    // What tells calls of one tool apart, in the words that tools have for it; else it is the first argument that is a scalar.
    private static readonly string[] Telling =
        ["path", "file_path", "file", "source", "from", "uri", "url", "command", "name", "id", "key", "pattern", "query"];

    /// <summary>Such as <c>read_file path="a.txt"</c>; the tool alone when it has no argument to show.</summary>
    /// <param name="request">What was asked.</param>
    public static string Of(ToolRequest request)
    {
        var tool = PlainText.OneLine(request.Tool, PartCharsMax);
        return MainArgument(request.ArgumentsUtf8) is { } argument ? $"{tool} {argument}" : tool;
    }

    private static string? MainArgument(ReadOnlyMemory<byte> utf8)
    {
        if (ResultText.TryParse(utf8) is not { } document)
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var name in Telling)
            {
                if (ResultText.TryGetMember(root, name, out var value) && IsScalar(value))
                {
                    return Shown(name, value);
                }
            }

            foreach (var member in root.EnumerateObject())
            {
                if (IsScalar(member.Value))
                {
                    return Shown(ResultText.NameOf(member), member.Value);
                }
            }

            return null;
        }
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Number;

    private static string Shown(string name, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? $"\"{Quotable(value)}\"" : PlainText.OneLine(value.GetRawText(), PartCharsMax);
        return $"{PlainText.OneLine(name, PartCharsMax)}={text}";
    }

    private static string Quotable(JsonElement value) =>
        PlainText.OneLine(ResultText.StringOf(value), PartCharsMax).Replace("\"", "\\\"", StringComparison.Ordinal);
}
