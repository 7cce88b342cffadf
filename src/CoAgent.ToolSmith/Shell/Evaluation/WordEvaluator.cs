using System.Buffers;
using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>What words become, from their text and what is known of the shell; nothing runs and no file is looked at.</summary>
/// <remarks>A field that is not <see cref="FieldValue.Unknown"/> is what bash makes of it, in every case.</remarks>
internal sealed class WordEvaluator(ShellKnowledge knowledge)
{
    private static readonly SearchValues<char> s_splitOrPattern = SearchValues.Create(" \t\n*?[\\");

    private const string CommandOutput = "it is what a command says";
    private const string Number = "it is a number that is computed";

    /// <summary>A word as an argument: braces, tildes, parameters, splitting, patterns.</summary>
    public ImmutableArray<FieldValue> Fields(Word word)
    {
        if (word.Parts is [WordPart.Literal literal])
        {
            return [Plain(literal.Text)];
        }

        if (BraceWords.Of(word.Parts) is not { } words)
        {
            return [new FieldValue.Unknown("the braces stand for too many words", IsSingle: false, "")];
        }

        return words is [var only]
            ? FieldsOf(only, isBraced: false)
            : [.. words.SelectMany(parts => FieldsOf(parts, isBraced: true))];
    }

    /// <summary>A word that stays one: what is assigned, or fed as text. Never a pattern.</summary>
    public FieldValue Single(Word word)
    {
        var builder = new FieldBuilder(splits: true, globs: true);
        foreach (var part in word.Parts)
        {
            Add(builder, part, isQuoted: true);
        }

        return builder.Whole() is { } text
            ? new FieldValue.Text(text)
            : builder.Finish() is [FieldValue.Unknown unknown]
                ? unknown with { IsSingle = true }
                : new FieldValue.Unknown("it is a list", IsSingle: true, "");
    }

    private FieldValue Plain(string text)
    {
        if (!text.AsSpan().ContainsAny('*', '?', '['))
        {
            return new FieldValue.Text(text);
        }

        var builder = Builder();
        builder.AddLiteral(text);
        return builder.Finish()[0];
    }

    private FieldBuilder Builder() => new(knowledge.SplitsByDefault, knowledge.GlobsByDefault);

    private ImmutableArray<FieldValue> FieldsOf(ImmutableArray<WordPart> parts, bool isBraced)
    {
        switch (parts)
        {
            case [WordPart.Process]:
                return [new FieldValue.Stream()];
            case [WordPart.DoubleQuoted { IsTranslated: false, Parts: [WordPart.Parameter lone] }]
                when Value(lone) is ParameterValue.Elements or ParameterValue.MatchOf:
                return Value(lone) is ParameterValue.Elements all
                    ? [.. all.Values.Select(static each => new FieldValue.Text(each))]
                    : [((ParameterValue.MatchOf)Value(lone)).Pattern with { IsOne = true }];
            case var _ when isBraced && IsReadAnew(parts):
                return [new FieldValue.Unknown("braces join parts that then mean something else", IsSingle: false, "")];
        }

        var builder = Builder();
        foreach (var part in parts)
        {
            Add(builder, part, isQuoted: false);
        }

        return builder.Finish();
    }

    /// <summary>bash puts texts together before it looks for names and tildes: <c>$a{b,c}</c> is <c>$ab $ac</c>.</summary>
    private static bool IsReadAnew(ImmutableArray<WordPart> parts)
    {
        for (var index = 0; index < parts.Length; index++)
        {
            var next = index + 1 < parts.Length ? parts[index + 1] : null;
            var isJoined = parts[index] switch
            {
                WordPart.Parameter { Expansion.Name: [var first, ..] name } parameter =>
                    (char.IsAsciiLetter(first) || first == '_') && parameter.Span.End - parameter.Span.Start == name.Length + 1
                    && next is WordPart.Literal { Text: [var after, ..] } && (char.IsAsciiLetterOrDigit(after) || after == '_'),
                WordPart.Literal { Text: var text } => text.Contains('~', StringComparison.Ordinal) || (next is not null && text.EndsWith('$')),
                WordPart.Tilde => index > 0,
                _ => false,
            };
            if (isJoined)
            {
                return true;
            }
        }

        return false;
    }

    private ParameterValue Value(WordPart.Parameter part) => ParameterValue.Of(part.Expansion, knowledge, GlobOf);

    private string? GlobOf(Word word)
    {
        var builder = new FieldBuilder(splits: true, globs: true);
        foreach (var part in word.Parts)
        {
            if (part is WordPart.Parameter parameter && Value(parameter) is ParameterValue.Text text)
            {
                builder.AddLiteral(text.Value);
            }
            else if (part is WordPart.Literal literal)
            {
                builder.AddLiteral(literal.Text);
            }
            else
            {
                Add(builder, part, isQuoted: true);
            }
        }

        return builder.Whole() is null ? null : builder.Glob;
    }

    private void Add(FieldBuilder builder, WordPart part, bool isQuoted)
    {
        switch (part)
        {
            case WordPart.Literal literal when isQuoted:
                builder.AddQuoted(literal.Text);
                break;
            case WordPart.Literal literal:
                builder.AddLiteral(literal.Text);
                break;
            case WordPart.Quoted quoted:
                builder.AddQuoted(quoted.Text);
                break;
            case WordPart.AnsiQuoted { Text: { } text }:
                builder.AddQuoted(text);
                break;
            case WordPart.DoubleQuoted { IsTranslated: false } quoted:
                AddDoubleQuoted(builder, quoted);
                break;
            case WordPart.Tilde tilde:
                AddTilde(builder, tilde);
                break;
            case WordPart.Parameter parameter:
                AddParameter(builder, parameter, isQuoted);
                break;
            case WordPart.ExtendedPattern:
                builder.AddUnknown("extended patterns are not followed", isMany: !isQuoted);
                break;
            case WordPart.Substitution:
                builder.AddUnknown(CommandOutput, isMany: !isQuoted);
                break;
            case WordPart.Arithmetic:
                builder.AddUnknown(Number, isMany: !isQuoted && !knowledge.SplitsByDefault);
                break;
            default:
                var isOne = part is WordPart.AnsiQuoted or WordPart.DoubleQuoted or WordPart.Process;
                builder.AddUnknown("what it stands for is not followed", isMany: !isOne);
                break;
        }
    }

    private void AddDoubleQuoted(FieldBuilder builder, WordPart.DoubleQuoted quoted)
    {
        builder.AddQuoted("");
        foreach (var part in quoted.Parts)
        {
            Add(builder, part, isQuoted: true);
        }
    }

    private void AddTilde(FieldBuilder builder, WordPart.Tilde tilde)
    {
        if (tilde.User.Length == 0 && knowledge.Home is { } home)
        {
            builder.AddQuoted(home);
        }
        else
        {
            builder.AddUnknown("the home directory is not known", isMany: false);
        }
    }

    private void AddParameter(FieldBuilder builder, WordPart.Parameter part, bool isQuoted)
    {
        switch (Value(part))
        {
            case ParameterValue.Text text when isQuoted:
                builder.AddQuoted(text.Value);
                break;
            case ParameterValue.Text text:
                builder.AddSplit(text.Value);
                break;
            case ParameterValue.Instead instead:
                AddInstead(builder, instead.Word, isQuoted);
                break;
            case ParameterValue.Elements when part.Expansion.Name != "@" || !isQuoted:
                builder.AddUnknown("a list stands within a word", isMany: true);
                break;
            case ParameterValue.Unknown unknown:
                var isList = part.Expansion is { Name: "@" } or { Subscript.Plain: "@" } or { Operation: ParameterOperation.Indirect };
                builder.AddUnknown(unknown.Reason, isMany: !isQuoted || isList);
                break;
            default:
                builder.AddUnknown("it is one of several", isMany: true);
                break;
        }
    }

    /// <summary>A word that stands in for a value. Without quotes it is split, but not where parts of it have quotes.</summary>
    private void AddInstead(FieldBuilder builder, Word word, bool isQuoted)
    {
        var isPlain = word.Parts.All(static part => part is WordPart.Literal);
        if (Single(word) is not FieldValue.Text { Value: var text } || text.Contains('~', StringComparison.Ordinal))
        {
            builder.AddUnknown("the word in its place is not known", isMany: true);
        }
        else if (isQuoted)
        {
            builder.AddQuoted(text);
        }
        else if (isPlain || (text.Length > 0 && !text.AsSpan().ContainsAny(s_splitOrPattern)))
        {
            builder.AddSplit(text);
        }
        else
        {
            builder.AddUnknown("the word in its place has quotes within", isMany: true);
        }
    }
}
