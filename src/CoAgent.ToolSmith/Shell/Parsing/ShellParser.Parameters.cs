using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private WordPart ParseBracedParameter(int start, bool inDouble)
    {
        Enter();
        _at++;
        var sign = Current;
        var isPrefix = sign is '#' or '!' && Following is var next && (IsNamePart(next) || next is '@' or '*');
        if (isPrefix)
        {
            NeedBash(sign == '!');
            _at++;
        }

        var expansion = ParseParameterName() is not { } name ? null
            : !isPrefix ? ParseOperation(name, inDouble)
            : ParsePrefixed(name, sign, inDouble);
        var isKnown = expansion is not null && Current == '}';
        if (!isKnown)
        {
            NeedBash();
            _ = ParseBracedWord("}", inDouble, quotesSingly: !inDouble);
        }

        Expect('}');
        Leave();
        return isKnown
            ? new WordPart.Parameter(expansion!, Span(start))
            : new WordPart.Opaque("bash has no such expansion, or only newer ones do", Span(start));
    }

    /// <summary><c>${#x}</c> and <c>${!x}</c>.</summary>
    private ParameterExpansion? ParsePrefixed(string name, char sign, bool inDouble)
    {
        var subscript = ParseParameterSubscript();
        if (sign == '#')
        {
            return new ParameterExpansion(name, subscript, new ParameterOperation.Count());
        }

        // ${!x*}, ${!x@}, and ${!x} with an operator: whatever the operator, the parameter is not known from the text.
        _ = Current is '*' or '@' ? TryTake(Current) : ParseOperation(name, inDouble) is not null;
        return new ParameterExpansion(name, subscript, new ParameterOperation.Indirect());
    }

    private string? ParseParameterName()
    {
        if (TakeName() is { } name)
        {
            return name;
        }

        var start = _at;
        while (char.IsAsciiDigit(Current))
        {
            _at++;
        }

        if (_at > start)
        {
            return _text[start.._at].Replace("\\\n", "", StringComparison.Ordinal);
        }

        var sign = Current;
        if (!IsSpecialParameter(sign))
        {
            return null;
        }

        _at++;
        return sign.ToString();
    }

    private Word? ParseParameterSubscript()
    {
        if (!TryTake('['))
        {
            return null;
        }

        NeedBash();
        return ParseSubscript();
    }

    private ParameterExpansion? ParseOperation(string name, bool inDouble)
    {
        var subscript = ParseParameterSubscript();
        ParameterOperation? operation = Current switch
        {
            '}' => new ParameterOperation.Value(),
            ':' when Following is '-' or '=' or '?' or '+' => ParseFallback(inDouble),
            '-' or '=' or '?' or '+' => ParseFallback(inDouble),
            ':' => ParseSubstring(),
            '#' or '%' => ParseTrim(inDouble),
            '/' => ParseReplace(inDouble),
            '^' or ',' or '~' => ParseChangeCase(inDouble),
            '@' when char.IsAsciiLetter(Following) => ParseTransform(),
            _ => null,
        };
        return operation is null ? null : new ParameterExpansion(name, subscript, operation);
    }

    private ParameterOperation.Fallback ParseFallback(bool inDouble)
    {
        var emptyIsUnset = TryTake(':');
        var sign = Current;
        _at++;
        return new ParameterOperation.Fallback(sign, emptyIsUnset, ParseBracedWord("}", inDouble, quotesSingly: !inDouble));
    }

    private ParameterOperation.Trim ParseTrim(bool inDouble)
    {
        var sign = Current;
        _at++;
        var isLongest = TryTake(sign);
        return new ParameterOperation.Trim(sign == '%', isLongest, ParseBracedWord("}", inDouble, quotesSingly: true));
    }

    private ParameterOperation.Replace ParseReplace(bool inDouble)
    {
        NeedBash();
        _at++;
        var where = Current is '/' or '#' or '%' ? Current : '1';
        _at += where == '1' ? 0 : 1;
        var pattern = ParseBracedWord("/}", inDouble, quotesSingly: true);
        var replacement = TryTake('/') ? ParseBracedWord("}", inDouble, quotesSingly: true) : null;
        return new ParameterOperation.Replace(where, pattern, replacement);
    }

    private ParameterOperation.ChangeCase ParseChangeCase(bool inDouble)
    {
        NeedBash();
        var sign = Current;
        _at++;
        var isForAll = TryTake(sign);
        return new ParameterOperation.ChangeCase(sign, isForAll, ParseBracedWord("}", inDouble, quotesSingly: true));
    }

    private ParameterOperation.Transform ParseTransform()
    {
        NeedBash();
        _at++;
        var sign = Current;
        _at++;
        return new ParameterOperation.Transform(sign);
    }

    private ParameterOperation.Substring ParseSubstring()
    {
        NeedBash();
        _at++;
        var offset = ParseBracedWord(":}", inDouble: true, quotesSingly: true);
        var length = TryTake(':') ? ParseBracedWord("}", inDouble: true, quotesSingly: true) : null;
        return new ParameterOperation.Substring(offset, length);
    }

    /// <summary>A word within <c>${…}</c>: blanks and operators stand for themselves in it.</summary>
    /// <param name="ends">The signs that end it.</param>
    /// <param name="inDouble">The expansion stands between double quotes.</param>
    /// <param name="quotesSingly">Single quotes quote here.</param>
    private Word ParseBracedWord(string ends, bool inDouble, bool quotesSingly)
    {
        var start = _at;
        var parts = ImmutableArray.CreateBuilder<WordPart>();
        while (!IsAtEnd && !ends.Contains(Current, StringComparison.Ordinal))
        {
            parts.Add(ParseBracedPart(ends, inDouble, quotesSingly, isFirst: parts.Count == 0));
        }

        return new Word(parts.ToImmutable(), Span(start));
    }

    private WordPart ParseBracedPart(string ends, bool inDouble, bool quotesSingly, bool isFirst)
    {
        switch (Current)
        {
            case '\'' when quotesSingly:
                return ParseSingleQuoted();
            case '"':
                return ParseDoubleQuoted(isTranslated: false);
            case '`':
                return ParseBackquoted(inDouble);
            case '$':
                return ParseDollar(inDouble);
            case '\\' when inDouble && !quotesSingly && Following is not ('$' or '`' or '"' or '\\' or '}'):
                _at++;
                return new WordPart.Quoted("\\", IsMarked: false, Span(_at - 1));
            case '\\':
                return ParseEscaped();
            case '<' or '>' when !inDouble && Following == '(':
                return ParseProcess();
            case '~' when isFirst && !inDouble && TryParseTilde() is { } tilde:
                return tilde;
        }

        var start = _at;
        do
        {
            _at++;
        }
        while (!IsAtEnd && Current is not ('\'' or '"' or '`' or '$' or '\\' or '<' or '>') && !ends.Contains(Current, StringComparison.Ordinal));

        return new WordPart.Literal(_text[start.._at].Replace("\\\n", "", StringComparison.Ordinal), Span(start));
    }
}
