using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private static readonly Condition s_failed = new Condition.NotEmpty(new Word([], default));

    private Command.Conditional ParseConditional()
    {
        var start = _at;
        NeedBash();
        TakeReserved();
        var test = ParseEither();
        SkipLines();
        if (PeekReserved() == "]]")
        {
            TakeReserved();
        }
        else
        {
            FailUnexpected();
        }

        return new Command.Conditional(test, ParseRedirections(), Span(start));
    }

    private Condition ParseEither()
    {
        var left = ParseBoth();
        SkipLines();
        while (TryTake("||"))
        {
            left = new Condition.Either(left, ParseBoth());
            SkipLines();
        }

        return left;
    }

    private Condition ParseBoth()
    {
        var left = ParseTerm();
        SkipLines();
        while (TryTake("&&"))
        {
            left = new Condition.Both(left, ParseTerm());
            SkipLines();
        }

        return left;
    }

    private Condition ParseTerm()
    {
        SkipLines();
        var isNegated = false;
        while (PeekReserved() == "!")
        {
            _at++;
            isNegated = !isNegated;
            SkipLines();
        }

        Enter();
        var term = Current == '(' ? ParseGrouped() : ParsePlainTest();
        Leave();
        return isNegated ? new Condition.Not(term) : term;
    }

    private Condition ParseGrouped()
    {
        Expect('(');
        var inner = ParseEither();
        SkipLines();
        Expect(')');
        return inner;
    }

    private Condition ParsePlainTest()
    {
        if (PeekReserved() == "]]")
        {
            FailUnexpected();
            return s_failed;
        }

        var first = ParseWord(WordRole.Pattern);
        if (first.Parts.IsEmpty)
        {
            FailUnexpected();
            return s_failed;
        }

        SkipBlanks();
        if (TakeBinarySign() is { } sign)
        {
            SkipBlanks();
            var right = ParseWord(sign == "=~" ? WordRole.Regex : WordRole.Pattern);
            if (right.Parts.IsEmpty)
            {
                FailUnexpected();
            }

            return new Condition.Binary(sign, first, right);
        }

        if (!IsUnarySign(first.Plain) || IsMeta(Current) || PeekReserved() == "]]")
        {
            return new Condition.NotEmpty(first);
        }

        return new Condition.Unary(first.Plain!, ParseWord(WordRole.Pattern));
    }

    private static bool IsUnarySign(string? word) =>
        word is ['-', var letter] && "abcdefghknoprstuvwxzGLNORS".Contains(letter, StringComparison.Ordinal);

    private string? TakeBinarySign()
    {
        if (Current is '<' or '>')
        {
            return TryTake('<') ? "<" : TryTake('>') ? ">" : null;
        }

        foreach (var sign in (ReadOnlySpan<string>)["==", "=~", "!=", "=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"])
        {
            var before = _at;
            if (TryTake(sign))
            {
                if (Current is ' ' or '\t' or '\n')
                {
                    return sign;
                }

                _at = before;
            }
        }

        return null;
    }
}
