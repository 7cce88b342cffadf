using System.Text;

namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>One name of a pattern of paths: <c>*</c>, <c>?</c>, <c>[…]</c> and plain characters.</summary>
internal sealed class NamePattern
{
    private readonly List<Token> _tokens = [];

    private NamePattern()
    {
    }

    /// <summary>One character, or a run of any: a set has its characters and whether they are left out.</summary>
    private readonly record struct Token(char Plain, string? Set, bool IsInverted, bool IsAnyRun, bool IsAnyOne);

    /// <summary>The text, when it is no pattern; else null.</summary>
    internal string? Plain { get; private set; }

    /// <summary>null when it has more to it, or when what it matches depends on the language.</summary>
    internal static NamePattern? Read(string glob)
    {
        var pattern = new NamePattern();
        var isPlain = true;
        for (var at = 0; at < glob.Length; at++)
        {
            switch (glob[at])
            {
                case '\\' when at + 1 < glob.Length:
                    pattern.Add(glob[++at]);
                    break;
                case '*':
                    isPlain = false;
                    pattern._tokens.Add(new Token(default, null, IsInverted: false, IsAnyRun: true, IsAnyOne: false));
                    break;
                case '?':
                    isPlain = false;
                    pattern._tokens.Add(new Token(default, null, IsInverted: false, IsAnyRun: false, IsAnyOne: true));
                    break;
                case '[' when glob.IndexOf(']', Math.Min(at + 2, glob.Length)) > 0:
                    isPlain = false;
                    if (ReadSet(glob, ref at) is not { } set)
                    {
                        return null;
                    }

                    pattern._tokens.Add(set);
                    break;
                case '(' or '\\':
                    return null;
                default:
                    pattern.Add(glob[at]);
                    break;
            }
        }

        pattern.Plain = isPlain ? string.Concat(pattern._tokens.Select(static token => token.Plain)) : null;
        return pattern;
    }

    /// <summary>Whether a name matches; one that begins with a dot only when the pattern does.</summary>
    internal bool Matches(string name)
    {
        if (name.StartsWith('.') && (_tokens.Count == 0 || _tokens[0].Plain != '.'))
        {
            return false;
        }

        var (token, at, star, mark) = (0, 0, -1, 0);
        while (at < name.Length)
        {
            if (token < _tokens.Count && !_tokens[token].IsAnyRun && IsOne(_tokens[token], name, at, out var length))
            {
                token++;
                at += length;
            }
            else if (token < _tokens.Count && _tokens[token].IsAnyRun)
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

        while (token < _tokens.Count && _tokens[token].IsAnyRun)
        {
            token++;
        }

        return token == _tokens.Count;
    }

    private static bool IsOne(Token token, string name, int at, out int length)
    {
        length = char.IsSurrogatePair(name, at) && (token.IsAnyOne || token.IsInverted) ? 2 : 1;
        return token.IsAnyOne
            || (token.Set is { } set ? set.Contains(name[at], StringComparison.Ordinal) != token.IsInverted : token.Plain == name[at]);
    }

    private static Token? ReadSet(string glob, ref int at)
    {
        var (set, start) = (new StringBuilder(), at + 1);
        var isInverted = glob[start] is '!' or '^';
        var next = isInverted ? start + 1 : start;
        for (var first = next; next < glob.Length && (glob[next] != ']' || next == first); next++)
        {
            var from = glob[next];
            if (from is '\\' or '[' or > '\u007F')
            {
                return null;
            }

            var to = next + 2 < glob.Length && glob[next + 1] == '-' && glob[next + 2] != ']' ? glob[next + 2] : from;
            next += to == from ? 0 : 2;
            if (to is '\\' or '[' or > '\u007F')
            {
                return null;
            }

            for (var each = from; each <= to; each++)
            {
                set.Append(each);
            }
        }

        at = next;
        return next < glob.Length ? new Token(default, set.ToString(), isInverted, IsAnyRun: false, IsAnyOne: false) : null;
    }

    private void Add(char plain) => _tokens.Add(new Token(plain, null, IsInverted: false, IsAnyRun: false, IsAnyOne: false));
}
