namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>A pattern of <c>*</c>, <c>?</c> and plain characters, matched against text as bash does in a C locale.</summary>
internal sealed class SimplePattern
{
    /// <summary>The longest text that is matched, in UTF-16 code units; trying each prefix is quadratic.</summary>
    internal const int LengthMax = 1024;

    private const char Any = '\uFFFE';
    private const char One = '\uFFFF';
    private readonly List<char> _tokens = [];

    private SimplePattern()
    {
    }

    /// <summary>null when the pattern has more to it.</summary>
    internal static SimplePattern? Read(string glob)
    {
        var pattern = new SimplePattern();
        for (var at = 0; at < glob.Length; at++)
        {
            switch (glob[at])
            {
                case '\\' when at + 1 < glob.Length:
                    pattern._tokens.Add(glob[++at]);
                    break;
                case '*':
                    pattern._tokens.Add(Any);
                    break;
                case '?':
                    pattern._tokens.Add(One);
                    break;
                case '[' or '\\' or '(' or >= '\u0080':
                    return null;
                default:
                    pattern._tokens.Add(glob[at]);
                    break;
            }
        }

        return glob.Length > LengthMax ? null : pattern;
    }

    /// <summary>The text itself, when every character stands for itself; else null.</summary>
    internal string? Plain => _tokens.Contains(Any) || _tokens.Contains(One) ? null : string.Concat(_tokens);

    internal bool Matches(ReadOnlySpan<char> text)
    {
        var (token, at, star, mark) = (0, 0, -1, 0);
        while (at < text.Length)
        {
            if (token < _tokens.Count && _tokens[token] != Any && (_tokens[token] == One || _tokens[token] == text[at]))
            {
                token++;
                at++;
            }
            else if (token < _tokens.Count && _tokens[token] == Any)
            {
                (star, mark) = (token++, at);
            }
            else if (star >= 0)
            {
                (token, at) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        while (token < _tokens.Count && _tokens[token] == Any)
        {
            token++;
        }

        return token == _tokens.Count;
    }

    /// <summary>The text without the shortest or longest part at one end that matches.</summary>
    internal string Trim(string text, bool atEnd, bool isLongest)
    {
        for (var step = 0; step <= text.Length; step++)
        {
            var length = isLongest ? text.Length - step : step;
            var part = atEnd ? text.AsSpan(text.Length - length) : text.AsSpan(0, length);
            if (Matches(part))
            {
                return atEnd ? text[..^length] : text[length..];
            }
        }

        return text;
    }
}
