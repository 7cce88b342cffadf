using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Texts;

/// <summary>Values as a manifest's text holds them on one line: texts without quotes where nobody can take them for something else.</summary>
internal static class FlowText
{
    private const int PlainCharsMax = 200;

    /// <summary>A text.</summary>
    public static string Of(string text) => IsPlain(text) ? text : JsonLiteral.Quote(text);

    /// <summary>A list of what is written already.</summary>
    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items)}]";

    /// <summary>A map of what is written already.</summary>
    public static string Map(IEnumerable<(string Name, string Value)> members)
    {
        var text = string.Join(", ", members.Select(static member => $"{Of(member.Name)}: {member.Value}"));
        return text.Length == 0 ? "{}" : $"{{ {text} }}";
    }

    /// <summary>A JSON value.</summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Of(JsonLiteral.TextOf(value)),
        JsonValueKind.Array => List(value.EnumerateArray().Select(Of)),
        JsonValueKind.Object => Map(value.EnumerateObject().Select(static member => (JsonLiteral.NameOf(member), Of(member.Value)))),
        _ => value.GetRawText(),
    };

    /// <summary>Lines for a block (<c>|</c>), none of them indented yet; null where only quotes hold the text.</summary>
    public static string[]? BlockOf(string text)
    {
        var isSimple = text.Length > 1 && text[^1] == '\n' && text[^2] != '\n' && text[0] is not (' ' or '\n')
            && text.EnumerateRunes().All(static rune => rune.Value is '\n' or (>= ' ' and < 0x7f) or (>= 0xa0 and not 0x2028 and not 0x2029 and not 0xfeff and not 0xfffd));
        return isSimple ? text[..^1].Split('\n') : null;
    }

    // Letters first and nothing that YAML or a reader of it could take for more; words such as "true" are quoted.
    private static bool IsPlain(string text) => text.Length is > 0 and <= PlainCharsMax && char.IsAsciiLetter(text[0]) && text[^1] != ' '
        && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '_' or '-' or '.' or '/')
        && PlainScalar.ToJson(text)[0] == '"';
}
