using System.Buffers;
using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private const int SubscriptMax = 512;

    private static readonly SearchValues<char> s_arithmeticSigns = SearchValues.Create("$`'\"\\()[];");

    private WordPart.Arithmetic ParseArithmeticExpansion(int start, string open, string close, string end)
    {
        Enter();
        _ = TryTake(open);
        var expression = ParseArithmetic(close, stopAtSemicolon: false);
        if (!TryTake(end))
        {
            FailUnexpected();
        }

        Leave();
        return new WordPart.Arithmetic(expression, Span(start));
    }

    /// <summary>An arithmetic expression as text with expansions in it, up to the sign that closes it.</summary>
    private Word ParseArithmetic(string close, bool stopAtSemicolon)
    {
        var start = _at;
        var depth = 0;
        var open = close == ")" ? '(' : '[';
        var parts = ImmutableArray.CreateBuilder<WordPart>();
        while (!IsAtEnd && !(depth == 0 && (Current == close[0] || (stopAtSemicolon && Current == ';'))))
        {
            depth += Current == open ? 1 : Current == close[0] ? -1 : 0;
            parts.Add(ParseArithmeticPart());
        }

        return new Word(parts.ToImmutable(), Span(start));
    }

    private WordPart ParseArithmeticPart()
    {
        var start = _at;
        switch (Current)
        {
            case '$':
                return ParseDollar(inDouble: true);
            case '`':
                return ParseBackquoted(inDouble: false);
            case '\'':
                return ParseSingleQuoted();
            case '"':
                return ParseDoubleQuoted(isTranslated: false);
            case '\\':
                return ParseEscaped();
            default:
                var run = _text.AsSpan(_at + 1, _end - _at - 1).IndexOfAny(s_arithmeticSigns);
                _at = run < 0 ? _end : _at + 1 + run;
                _budget.Looks += _at - start;
                return new WordPart.Literal(_text[start.._at], Span(start));
        }
    }

    /// <summary>
    /// Whether <c>((</c> is closed by <c>))</c>, as bash decides between arithmetic and a subshell in a subshell. Looks as far as the
    /// construct goes, so each is looked at once for each level that it lies in.
    /// </summary>
    /// <param name="at">After the second parenthesis.</param>
    private bool IsArithmeticAhead(int at)
    {
        var depth = 0;
        var from = at;
        while (at < _end)
        {
            switch (_text[at])
            {
                case '\\':
                    at++;
                    break;
                case '\'' or '"' or '`':
                    at = AfterQuote(at);
                    continue;
                case '(':
                    depth++;
                    break;
                case ')' when depth == 0:
                    _budget.Looks += at - from;
                    return CharacterAt(Joined(at + 1)) == ')';
                case ')':
                    depth--;
                    break;
            }

            at++;
        }

        _budget.Looks += at - from;
        return false;
    }

    /// <param name="at">A quote.</param>
    /// <returns>After the one that closes it.</returns>
    private int AfterQuote(int at)
    {
        var quote = _text[at++];
        while (at < _end && _text[at] != quote)
        {
            at += _text[at] == '\\' && quote != '\'' ? 2 : 1;
        }

        return Math.Min(at + 1, _end);
    }

    /// <param name="at">After an opening bracket.</param>
    /// <returns>Where it is closed; the end when it is not.</returns>
    private int EndOfBrackets(int at)
    {
        var depth = 0;
        var from = at;
        while (at < _end && at - from < SubscriptMax)
        {
            switch (_text[at])
            {
                case '\\':
                    at++;
                    break;
                case '\'' or '"' or '`':
                    at = AfterQuote(at);
                    continue;
                case '[':
                    depth++;
                    break;
                case ']' when depth-- == 0:
                    _budget.Looks += at - from;
                    return at;
                case '\n' when depth == 0:
                    return _end;
            }

            at++;
        }

        _budget.Looks += Math.Min(at, _end) - from;
        if (at < _end)
        {
            _budget.Fail($"A subscript is longer than {SubscriptMax} characters.", Origin(from), isLimit: true);
        }

        return _end;
    }

    /// <summary>What stands between brackets after a name; the closing one is taken too.</summary>
    private Word ParseSubscript()
    {
        var subscript = ParseArithmetic("]", stopAtSemicolon: false);
        Expect(']');
        return subscript;
    }
}
