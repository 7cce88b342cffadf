using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    /// <summary>What a dollar sign begins; alone it is one.</summary>
    private WordPart ParseDollar(bool inDouble)
    {
        var start = _at;
        _at++;
        switch (Current)
        {
            case '(' when Following == '(' && IsArithmeticAhead(Joined(_at + 1) + 1):
                return ParseArithmeticExpansion(start, "((", ")", "))");
            case '(':
                return ParseSubstitution(start);
            case '{':
                return ParseBracedParameter(start, inDouble);
            case '[':
                NeedBash();
                return ParseArithmeticExpansion(start, "[", "]", "]");
            case '\'' when !inDouble:
                return ParseAnsiQuoted(start);
            case '"' when !inDouble:
                return ParseDoubleQuoted(isTranslated: true) with { Span = Span(start) };
            case var letter when IsNameStart(letter):
                return Valued(TakeName() ?? "", start);
            case var sign when char.IsAsciiDigit(sign) || IsSpecialParameter(sign):
                _at++;
                return Valued(sign.ToString(), start);
            default:
                return inDouble
                    ? new WordPart.Quoted("$", IsMarked: false, Span(start))
                    : new WordPart.Literal("$", Span(start));
        }
    }

    private WordPart.Parameter Valued(string name, int start) =>
        new WordPart.Parameter(new ParameterExpansion(name, null, new ParameterOperation.Value()), Span(start));

    private static bool IsSpecialParameter(char sign) => sign is '@' or '*' or '#' or '?' or '-' or '$' or '!';

    private WordPart.Substitution ParseSubstitution(int start)
    {
        Expect('(');
        var body = ParseInnerList();
        return new WordPart.Substitution(body, Span(start));
    }

    private WordPart.Process ParseProcess()
    {
        var start = _at;
        NeedBash();
        var isOutput = Current == '>';
        _at++;
        Expect('(');
        var body = ParseInnerList();
        return new WordPart.Process(body, isOutput, Span(start));
    }

    /// <summary>A list of its own: here-documents of the line around it come after that line, not within.</summary>
    private StatementList ParseInnerList()
    {
        Enter();
        var outer = _pending;
        _pending = [];
        var body = ParseList();
        if (_pending.Count > 0)
        {
            Fail("A here-document's text is missing.");
        }

        _pending = outer;
        Expect(')');
        Leave();
        return body;
    }
}
