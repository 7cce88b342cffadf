using System.Buffers;
using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    /// <summary>Where a run of literal characters has to be looked at.</summary>
    private static readonly SearchValues<char> s_wordSigns = SearchValues.Create(" \t\n;&|()<>\0'\"`$\\~:=?*+@!{");

    private int _regexDepth;

    /// <summary>A word; without parts when none stands here.</summary>
    private Word ParseWord(WordRole role)
    {
        var start = _at = Joined(_at);
        var parts = ImmutableArray.CreateBuilder<WordPart>();
        var assigns = role == WordRole.Value || (role is WordRole.Argument or WordRole.Declaration && StartsAsAssignment());
        var hasBraces = false;
        var outerDepth = _regexDepth;
        _regexDepth = 0;
        while (!IsAtEnd)
        {
            if (IsMeta(Current) && !IsInnerMeta(role))
            {
                if (Current != '(' || role != WordRole.Declaration || !EndsWithSign(parts))
                {
                    break;
                }

                parts.Add(ParseArrayElements());
                continue;
            }

            var part = ParsePart(role, assigns, start);
            hasBraces |= part is WordPart.Literal { Text: var text } && text.Contains('{', StringComparison.Ordinal);
            parts.Add(part);
        }

        _regexDepth = outerDepth;
        var span = Span(start);
        var isExpanded = hasBraces && (role == WordRole.Argument || (role == WordRole.Declaration && !assigns));
        return new Word(isExpanded ? BraceExpansion.Apply(parts.ToImmutable(), () => _budget.NeedBash(span.Start)) : parts.ToImmutable(), span);
    }

    private bool StartsAsAssignment()
    {
        if (!IsNameStart(CharacterAt(_at)))
        {
            return false;
        }

        var at = _at;
        while (IsNamePart(CharacterAt(at)))
        {
            at = Joined(at + 1);
        }

        return CharacterAt(at) == '=' || (CharacterAt(at) == '+' && CharacterAt(Joined(at + 1)) == '=');
    }

    private static bool EndsWithSign(ImmutableArray<WordPart>.Builder parts) =>
        parts is [WordPart.Literal { Text: [.., '='] }];

    /// <summary>Whether a sign that ends other words belongs to this one.</summary>
    private bool IsInnerMeta(WordRole role) => Current switch
    {
        '<' or '>' => Following == '(' && role is not (WordRole.Delimiter or WordRole.Regex),
        '(' or ')' or '|' => role == WordRole.Regex,
        ' ' or '\t' or '\n' => role == WordRole.Regex && _regexDepth > 0,
        _ => false,
    };

    private WordPart ParsePart(WordRole role, bool assigns, int wordStart)
    {
        var start = _at;
        switch (Current)
        {
            case '\'':
                return ParseSingleQuoted();
            case '"':
                return ParseDoubleQuoted(isTranslated: false);
            case '\\':
                return ParseEscaped();
            case '`' when role != WordRole.Delimiter:
                return ParseBackquoted(inDouble: false);
            case '$' when role != WordRole.Delimiter || Following is '\'' or '"':
                return ParseDollar(inDouble: false);
            case '<' or '>':
                return ParseProcess();
            case '(' or ')' or '|' or ' ' or '\t' or '\n':
                return ParseRegexSign(start);
            case '~' when IsTildePlace(wordStart, assigns) && TryParseTilde() is { } tilde:
                return !assigns && Current == ':'
                    ? new WordPart.Opaque("bash reads what follows ~: in its own way", tilde.Span)
                    : tilde;
            case '?' or '*' or '+' or '@' or '!' when Following == '(' && role is not (WordRole.Regex or WordRole.Delimiter):
                return ParseExtendedPattern(role);
            default:
                return ParseLiteral(assigns);
        }
    }

    /// <summary>One sign of a regular expression. Between its parentheses blanks belong to it.</summary>
    private WordPart.Literal ParseRegexSign(int start)
    {
        _regexDepth += Current == '(' ? 1 : Current == ')' ? -1 : 0;
        _at++;
        if (_regexDepth < 0)
        {
            Fail("A parenthesis closes nothing.");
        }

        return new WordPart.Literal(_text[start..Math.Min(_at, _end)], Span(start));
    }

    private WordPart.Literal ParseLiteral(bool assigns)
    {
        var start = _at;
        do
        {
            var run = _text.AsSpan(_at + 1, _end - _at - 1).IndexOfAny(s_wordSigns);
            var next = run < 0 ? _end : _at + 1 + run;
            _budget.Looks += next - _at;
            _at = next;
        }
        while (GoesOnLiterally(assigns));

        return new WordPart.Literal(_text[start.._at], Span(start));
    }

    /// <summary>Whether the sign that stands here is one more character of a literal run.</summary>
    private bool GoesOnLiterally(bool assigns) => CharacterAt(_at) switch
    {
        ':' or '=' or '{' => true,
        '~' => !(assigns && (_text[_at - 1] is ':' or '=')),
        '?' or '*' or '+' or '@' or '!' => CharacterAt(Joined(_at + 1)) != '(',
        _ => false,
    };

    private bool IsTildePlace(int wordStart, bool assigns) =>
        _at == wordStart || (assigns && (_text[_at - 1] is ':' or '='));

    private WordPart.Tilde? TryParseTilde()
    {
        var start = _at;
        var at = Joined(_at + 1);
        while (IsNamePart(CharacterAt(at)) || CharacterAt(at) is '.' or '-' or '+')
        {
            at = Joined(at + 1);
        }

        if (!(IsMeta(CharacterAt(at)) || CharacterAt(at) is '/' or ':'))
        {
            return null;
        }

        _at = at;
        return new WordPart.Tilde(_text[(start + 1)..at].Replace("\\\n", "", StringComparison.Ordinal), Span(start));
    }

    private WordPart.ExtendedPattern ParseExtendedPattern(WordRole role)
    {
        Enter();
        NeedBash();
        var start = _at;
        var sign = Current;
        _at++;
        Expect('(');
        var choices = ImmutableArray.CreateBuilder<Word>();
        do
        {
            choices.Add(ParseExtendedChoice(role));
        }
        while (TryTake('|'));

        Expect(')');
        Leave();
        return new WordPart.ExtendedPattern(sign, choices.ToImmutable(), Span(start));
    }

    /// <summary>Up to the next bar or the closing parenthesis; blanks belong to it.</summary>
    private Word ParseExtendedChoice(WordRole role)
    {
        var start = _at;
        var parts = ImmutableArray.CreateBuilder<WordPart>();
        while (!IsAtEnd && Current is not ('|' or ')'))
        {
            var part = _at;
            if (IsMeta(Current) && !IsProcessAhead())
            {
                _at++;
                parts.Add(new WordPart.Literal(_text[part.._at], Span(part)));
            }
            else
            {
                parts.Add(ParsePart(role, assigns: false, start));
            }
        }

        return new Word(parts.ToImmutable(), Span(start));
    }
}
