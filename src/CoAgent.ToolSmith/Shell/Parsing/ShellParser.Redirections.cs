using System.Collections.Immutable;
using System.Globalization;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    /// <summary>The signs, each before those that it begins with.</summary>
    private static readonly ImmutableArray<(string Sign, RedirectionKind Kind)> s_signs =
    [
        ("&>>", RedirectionKind.AppendBoth), ("&>", RedirectionKind.WriteBoth),
        ("<<<", RedirectionKind.HereString), ("<<", RedirectionKind.HereDocument),
        ("<&", RedirectionKind.DuplicateInput), ("<>", RedirectionKind.ReadWrite), ("<", RedirectionKind.Read),
        (">>", RedirectionKind.Append), (">|", RedirectionKind.Clobber), (">&", RedirectionKind.DuplicateOutput), (">", RedirectionKind.Write),
    ];

    private ImmutableArray<Redirection> ParseRedirections()
    {
        SkipBlanks();
        if (!IsRedirectionAhead())
        {
            return [];
        }

        var redirections = ImmutableArray.CreateBuilder<Redirection>();
        for (; IsRedirectionAhead(); SkipBlanks())
        {
            redirections.Add(ParseRedirection());
        }

        return redirections.ToImmutable();
    }

    private bool IsProcessAhead() => Current is '<' or '>' && Following == '(';

    private bool IsRedirectionAhead()
    {
        switch (Current)
        {
            case '<' or '>':
                return Following != '(';
            case '&':
                return Following == '>';
            case '{' when IsNameStart(Following):
                return IsSignAt(AfterDescriptorName(), ofWord: false);
            case var digit when char.IsAsciiDigit(digit):
                var at = _at;
                while (char.IsAsciiDigit(CharacterAt(at)))
                {
                    at = Joined(at + 1);
                }

                return IsSignAt(at, ofWord: false);
            default:
                return false;
        }
    }

    private bool IsSignAt(int at, bool ofWord) =>
        CharacterAt(at) is '<' or '>' && (CharacterAt(Joined(at + 1)) == '(') == ofWord;

    /// <summary>The position after <c>{NAME}</c>; the text's end when that does not stand here.</summary>
    private int AfterDescriptorName()
    {
        var at = Joined(_at + 1);
        while (IsNamePart(CharacterAt(at)))
        {
            at = Joined(at + 1);
        }

        return CharacterAt(at) == '}' ? Joined(at + 1) : _end;
    }

    private Redirection ParseRedirection()
    {
        var start = _at;
        int? descriptor = null;
        string? variable = null;
        if (char.IsAsciiDigit(Current))
        {
            descriptor = TakeDescriptor();
        }
        else if (TryTake('{'))
        {
            NeedBash();
            variable = TakeName();
            Expect('}');
        }

        var (sign, kind) = s_signs.FirstOrDefault(pair => Stands(pair.Sign), (Sign: "", Kind: RedirectionKind.Read));
        NeedBash(kind is RedirectionKind.AppendBoth or RedirectionKind.WriteBoth or RedirectionKind.HereString);
        _ = TryTake(sign);
        var stripsTabs = kind == RedirectionKind.HereDocument && TryTake('-');
        SkipBlanks();
        var target = ParseWord(kind == RedirectionKind.HereDocument ? WordRole.Delimiter : WordRole.Argument);
        if (target.Parts.IsEmpty)
        {
            FailUnexpected();
        }

        NeedBash(kind == RedirectionKind.DuplicateOutput && !IsDescriptor(target.Plain));
        var redirection = new Redirection(kind, descriptor, variable, target, null, Span(start));
        return kind == RedirectionKind.HereDocument ? Await(redirection, stripsTabs) : redirection;
    }

    private static bool IsDescriptor(string? word) => word is not null && word.All(static each => char.IsAsciiDigit(each) || each == '-');

    private int? TakeDescriptor()
    {
        var start = _at;
        while (char.IsAsciiDigit(Current))
        {
            _at++;
        }

        var digits = _text[start.._at].Replace("\\\n", "", StringComparison.Ordinal);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Fail("No descriptor has a number that large.");
        }

        return number;
    }
}
