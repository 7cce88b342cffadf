using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private WordPart.Quoted ParseEscaped()
    {
        var start = _at;
        _at++;
        if (_at >= _end)
        {
            return new WordPart.Quoted("\\", IsMarked: false, Span(start));
        }

        _at++;
        return new WordPart.Quoted(_text[(_at - 1).._at], IsMarked: false, Span(start));
    }

    private WordPart.Quoted ParseSingleQuoted()
    {
        var start = _at;
        var length = _text.AsSpan(_at + 1, _end - _at - 1).IndexOf('\'');
        if (length < 0)
        {
            Fail("A single quote is not closed.");
            return new WordPart.Quoted("", IsMarked: true, Span(start));
        }

        _budget.Looks += length;
        _at += length + 2;
        return new WordPart.Quoted(_text.Substring(start + 1, length), IsMarked: true, Span(start));
    }

    private WordPart.AnsiQuoted ParseAnsiQuoted(int start)
    {
        NeedBash();
        _at++;
        var from = _at;
        while (_at < _end && _text[_at] != '\'')
        {
            _at += _text[_at] == '\\' ? 2 : 1;
        }

        _budget.Looks += _at - from;
        if (_at >= _end)
        {
            Fail("A quote is not closed.");
            return new WordPart.AnsiQuoted(null, Span(start));
        }

        var text = AnsiEscapes.Decode(_text.AsSpan(from, _at - from));
        _at++;
        return new WordPart.AnsiQuoted(text, Span(start));
    }

    private WordPart.DoubleQuoted ParseDoubleQuoted(bool isTranslated)
    {
        Enter();
        var start = _at;
        NeedBash(isTranslated);
        _at++;
        var parts = ParseQuotedParts('"');
        if (!TryTake('"'))
        {
            Fail("A double quote is not closed.");
        }

        Leave();
        return new WordPart.DoubleQuoted(parts, isTranslated, Span(start));
    }

    /// <summary>What stands between double quotes, or in a here-document (then the end closes it).</summary>
    private ImmutableArray<WordPart> ParseQuotedParts(char close)
    {
        var parts = ImmutableArray.CreateBuilder<WordPart>();
        while (!IsAtEnd && Current != close)
        {
            parts.Add(Current switch
            {
                '`' => ParseBackquoted(inDouble: true),
                '$' => ParseDollar(inDouble: true),
                '\\' when Following is '$' or '`' or '\\' || (Following == '"' && close == '"') => ParseEscaped(),
                _ => ParseQuotedText(close),
            });
        }

        return parts.ToImmutable();
    }

    private WordPart.Quoted ParseQuotedText(char close)
    {
        var start = _at;
        do
        {
            var run = _text.AsSpan(_at + 1, _end - _at - 1).IndexOfAny(['$', '`', '\\', close]);
            var next = run < 0 ? _end : _at + 1 + run;
            _budget.Looks += next - _at;
            _at = next;
        }
        while (CharacterAt(_at) == '\\' && IsLiteralBackslash(close));

        return new WordPart.Quoted(_text[start.._at], IsMarked: false, Span(start));
    }

    private bool IsLiteralBackslash(char close) =>
        CharacterAt(_at + 1) is not ('$' or '`' or '\\' or '\n') && (CharacterAt(_at + 1) != '"' || close != '"');

    /// <summary>Old style: its text is unescaped first, then it is a text of its own.</summary>
    private WordPart.Substitution ParseBackquoted(bool inDouble)
    {
        Enter();
        var start = _at;
        var unescaped = new UnescapedText(_end - _at);
        _at++;
        while (_at < _end && _text[_at] != '`')
        {
            _budget.Looks++;
            var isEscape = _text[_at] == '\\' && (CharacterAt(_at + 1) is '$' or '`' or '\\' || (inDouble && CharacterAt(_at + 1) == '"'));
            _at += isEscape ? 1 : 0;
            unescaped.Add(_text[_at], Origin(_at));
            _at++;
        }

        var body = new StatementList([], default);
        if (_at >= _end)
        {
            Fail("A backquote is not closed.");
        }
        else
        {
            body = Inner(unescaped).ParseToEnd();
            StopIfFailed();
            _at = HasFailed ? _end : _at + 1;
        }

        Leave();
        return new WordPart.Substitution(body, Span(start));
    }

    private ShellParser Inner(UnescapedText text)
    {
        text.Add('\n', Origin(_at));
        return new ShellParser(text.Text, 0, text.Text.Length - 1, text.Origins, _budget);
    }
}
