using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>One word as it is written: it may expand to none, one or many.</summary>
internal sealed record Word(ImmutableArray<WordPart> Parts, SourceSpan Span)
{
    /// <summary>The word's text when nothing in it is quoted or expanded; else null.</summary>
    public string? Plain => Parts switch
    {
        [] => "",
        [WordPart.Literal one] => one.Text,
        _ when Parts.All(static part => part is WordPart.Literal) => string.Concat(Parts.Select(static part => ((WordPart.Literal)part).Text)),
        _ => null,
    };
}

/// <summary>A piece of a word.</summary>
internal abstract record WordPart
{
    private WordPart()
    {
    }

    public abstract SourceSpan Span { get; init; }

    /// <summary>Text without quotes: <c>*</c>, <c>?</c> and <c>[…]</c> in it are patterns.</summary>
    internal sealed record Literal(string Text, SourceSpan Span) : WordPart;

    /// <summary>Text that stands for itself: <c>\c</c>, <c>'…'</c>, or literal text between double quotes.</summary>
    /// <remarks>
    /// IsMarked: Quotes of its own make a word even where it is empty.
    /// </remarks>
    internal sealed record Quoted(string Text, bool IsMarked, SourceSpan Span) : WordPart;

    /// <summary><c>"…"</c>, and <c>$"…"</c>.</summary>
    /// <remarks>
    /// IsTranslated: <c>$"…"</c>: a catalog of messages may replace it.
    /// </remarks>
    internal sealed record DoubleQuoted(ImmutableArray<WordPart> Parts, bool IsTranslated, SourceSpan Span) : WordPart;

    /// <summary><c>$'…'</c>.</summary>
    /// <remarks>
    /// Text: What its escapes stand for; null when that is no text.
    /// </remarks>
    internal sealed record AnsiQuoted(string? Text, SourceSpan Span) : WordPart;

    /// <summary><c>~</c> or <c>~user</c> where it stands for a directory.</summary>
    /// <remarks>
    /// User: Empty: one's own.
    /// </remarks>
    internal sealed record Tilde(string User, SourceSpan Span) : WordPart;

    /// <summary><c>$NAME</c> and <c>${…}</c>.</summary>
    internal sealed record Parameter(ParameterExpansion Expansion, SourceSpan Span) : WordPart;

    /// <summary><c>$(…)</c> and <c>`…`</c>.</summary>
    internal sealed record Substitution(StatementList Body, SourceSpan Span) : WordPart;

    /// <summary><c>$((…))</c> and <c>$[…]</c>.</summary>
    internal sealed record Arithmetic(Word Expression, SourceSpan Span) : WordPart;

    /// <summary><c>&lt;(…)</c> and <c>&gt;(…)</c>.</summary>
    /// <remarks>
    /// IsOutput: What the command writes there is the other one's input.
    /// </remarks>
    internal sealed record Process(StatementList Body, bool IsOutput, SourceSpan Span) : WordPart;

    /// <summary><c>{a,b}</c>: a word for each.</summary>
    internal sealed record Alternatives(ImmutableArray<ImmutableArray<WordPart>> Choices, SourceSpan Span) : WordPart;

    /// <summary><c>{1..9}</c>: a word for each.</summary>
    /// <remarks>
    /// Step: As written; null: one.
    /// </remarks>
    internal sealed record Sequence(string From, string To, string? Step, SourceSpan Span) : WordPart;

    /// <summary><c>?(…)</c>, <c>*(…)</c>, <c>+(…)</c>, <c>@(…)</c> and <c>!(…)</c>.</summary>
    /// <remarks>
    /// Sign: The character before the parenthesis.
    /// </remarks>
    internal sealed record ExtendedPattern(char Sign, ImmutableArray<Word> Choices, SourceSpan Span) : WordPart;

    /// <summary><c>NAME=(…)</c>: what stands between the parentheses.</summary>
    internal sealed record ArrayElements(ImmutableArray<ArrayElement> Elements, SourceSpan Span) : WordPart;

    /// <summary>What bash takes here but nobody should guess at: its meaning depends on the moment, or is an error then.</summary>
    internal sealed record Opaque(string Reason, SourceSpan Span) : WordPart;
}

/// <summary>One element of an array's list.</summary>
/// <remarks>
/// Subscript: What stands in <c>[…]=</c>; null: the next one.
/// </remarks>
internal sealed record ArrayElement(Word? Subscript, Word Value);
