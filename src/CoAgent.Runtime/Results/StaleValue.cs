using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Results;

/// <summary>Whether a write that an agent keeps still contains, literally, what is no longer so (protocol.md, section 5, last sentence).</summary>
/// <remarks>
/// A fragment is stale when the old answer has it and the new one does not. Fragments are lines, trimmed, of at least
/// <see cref="LineCharsMin"/> characters, and words: runs of letters, digits and <c>_ - . : / @ +</c>, without punctuation
/// at their ends, of at least <see cref="WordCharsMin"/> characters, or <see cref="NumberCharsMin"/> when they hold a digit.
/// A write contains a fragment when one of its arguments has it, as text or number, with neither letter nor digit beside it.
/// A write that holds one by chance costs a question; a shorter fragment would make nearly every write hold one.
/// </remarks>
public static class StaleValue
{
    /// <summary>The shortest line that means something, in characters.</summary>
    public const int LineCharsMin = 8;

    /// <summary>The shortest word that means something, in characters.</summary>
    public const int WordCharsMin = 4;

    /// <summary>The shortest word with a digit in it that means something, in characters.</summary>
    public const int NumberCharsMin = 2;

    /// <summary>How many stale fragments are looked for: the first ones.</summary>
    public const int FragmentsMax = 256;

    /// <summary>How much of a write's arguments is looked at, in characters: the beginning.</summary>
    public const int ArgumentCharsMax = 256 * 1024;

    /// <summary>Whether the write holds something that only the old answer says.</summary>
    /// <param name="was">What the agent was told.</param>
    /// <param name="now">What it would be told now.</param>
    /// <param name="candidate">The write that it keeps.</param>
    public static bool IsKeptBy(ToolResult was, ToolResult now, ToolRequest candidate)
    {
        var arguments = ArgumentText(candidate.ArgumentsUtf8);
        if (arguments.Length == 0)
        {
            return false;
        }

        var newText = ResultText.Of(now);
        return StaleFragments(ResultText.Of(was), newText)
            .Any(fragment => Holds(arguments, fragment) && !Holds(newText, fragment));
    }

    private static IEnumerable<string> StaleFragments(string was, string now)
    {
        var known = Fragments(now).ToHashSet(StringComparer.Ordinal);
        return Fragments(was).Where(fragment => known.Add(fragment)).Take(FragmentsMax);
    }

    private static IEnumerable<string> Fragments(string text)
    {
        foreach (var range in text.Split('\n'))
        {
            var line = range.Trim();
            if (line.Length >= LineCharsMin)
            {
                yield return line;
            }

            foreach (var word in Words(line))
            {
                yield return word;
            }
        }
    }

    private static IEnumerable<string> Words(string line)
    {
        for (var start = 0; start < line.Length;)
        {
            var end = start;
            while (end < line.Length && IsOfWord(line[end]))
            {
                end++;
            }

            var word = line[start..end].Trim('-', '.', ':', '/', '@', '+');
            if (word.Length >= WordCharsMin || (word.Length >= NumberCharsMin && word.Any(char.IsAsciiDigit)))
            {
                yield return word;
            }

            start = end + 1;
        }
    }

    private static bool IsOfWord(char character) =>
        char.IsLetterOrDigit(character) || character is '_' or '-' or '.' or ':' or '/' or '@' or '+';

    private static bool Holds(string text, string fragment)
    {
        for (var at = 0; (at = text.IndexOf(fragment, at, StringComparison.Ordinal)) >= 0; at++)
        {
            var end = at + fragment.Length;
            if (!(at > 0 && Joins(text[at - 1], fragment[0])) && !(end < text.Length && Joins(fragment[^1], text[end])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether two characters side by side belong to one word.</summary>
    private static bool Joins(char left, char right) =>
        (char.IsLetterOrDigit(left) || left == '_') && (char.IsLetterOrDigit(right) || right == '_');

    private static string ArgumentText(ReadOnlyMemory<byte> utf8)
    {
        if (ResultText.TryParse(utf8) is not { } document)
        {
            return "";
        }

        using (document)
        {
            var text = new StringBuilder();
            Append(text, document.RootElement);
            return text.ToString(0, Math.Min(text.Length, ArgumentCharsMax));
        }
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        if (text.Length >= ArgumentCharsMax)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Append(text, member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Append(text, item);
                }

                break;
            case JsonValueKind.String:
                text.Append(ResultText.StringOf(value)).Append('\n');
                break;
            case JsonValueKind.Number:
                text.Append(value.GetRawText()).Append('\n');
                break;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined:
                break;
        }
    }
}
