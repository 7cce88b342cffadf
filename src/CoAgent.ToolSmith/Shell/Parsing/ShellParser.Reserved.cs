using System.Buffers;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private const int ReservedLengthMax = 8;

    private static readonly SearchValues<char> s_metacharacters = SearchValues.Create(" \t\n;&|()<>\0");

    private static bool IsMeta(char character) => s_metacharacters.Contains(character);

    private static bool IsClosing(string word) =>
        word is "}" or "then" or "elif" or "else" or "fi" or "do" or "done" or "esac";

    private static bool IsNameStart(char character) => char.IsAsciiLetter(character) || character == '_';

    private static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    /// <summary>The short word of bash's grammar that stands here; null when another word, or none, does.</summary>
    private string? PeekReserved()
    {
        if (!(char.IsAsciiLetterLower(Current) || Current is '{' or '}' or '!' or '[' or ']' or '-'))
        {
            return null;
        }

        Span<char> word = stackalloc char[ReservedLengthMax];
        var length = 0;
        var at = Joined(_at);
        for (; !IsMeta(CharacterAt(at)); at = Joined(at + 1))
        {
            if (length == ReservedLengthMax)
            {
                return null;
            }

            word[length++] = _text[at];
        }

        return Reserved(word[..length]);
    }

    private static string? Reserved(ReadOnlySpan<char> word) => word switch
    {
        "{" => "{",
        "}" => "}",
        "!" => "!",
        "[[" => "[[",
        "]]" => "]]",
        "-p" => "-p",
        "--" => "--",
        "if" => "if",
        "in" => "in",
        "do" => "do",
        "fi" => "fi",
        "for" => "for",
        "case" => "case",
        "done" => "done",
        "elif" => "elif",
        "else" => "else",
        "esac" => "esac",
        "then" => "then",
        "time" => "time",
        "while" => "while",
        "until" => "until",
        "select" => "select",
        "coproc" => "coproc",
        "function" => "function",
        _ => null,
    };

    /// <summary>Goes past the reserved word that stands here.</summary>
    private void TakeReserved()
    {
        while (!IsMeta(Current))
        {
            _at++;
        }
    }

    private void Expect(string word)
    {
        SkipLines();
        if (PeekReserved() == word)
        {
            TakeReserved();
        }
        else
        {
            FailUnexpected();
        }
    }

    private void Expect(char sign)
    {
        if (!TryTake(sign))
        {
            FailUnexpected();
        }
    }

    /// <summary>A variable's name, if one stands here.</summary>
    private string? TakeName()
    {
        if (!IsNameStart(Current))
        {
            return null;
        }

        var start = _at;
        var isWhole = true;
        while (IsNamePart(Current))
        {
            _at++;
            isWhole &= Joined(_at) == _at;
        }

        return isWhole ? _text[start.._at] : _text[start.._at].Replace("\\\n", "", StringComparison.Ordinal);
    }
}
