namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>Where one descriptor goes.</summary>
/// <remarks>
/// Descriptor: The number before the sign; null: the sign's own.
/// Variable: The name in <c>{NAME}&gt;</c>: the shell chooses a number and puts it there.
/// Target: The word after the sign; for a here-document the delimiter as it was written.
/// Document: The here-document's text; null for all other kinds.
/// </remarks>
internal sealed record Redirection(
    RedirectionKind Kind, int? Descriptor, string? Variable, Word Target, HereDocument? Document, SourceSpan Span);

/// <summary>What follows <c>&lt;&lt;</c>. Its text comes after the line that names it, so the parser fills it in later.</summary>
internal sealed class HereDocument
{
    /// <summary>Its text; one quoted part when its delimiter was quoted.</summary>
    public Word Body { get; internal set; } = new([], default);

    /// <summary>Its delimiter was found; else the text's end ended it, of which bash warns.</summary>
    public bool IsTerminated { get; internal set; }
}

/// <summary>The sign of a redirection.</summary>
internal enum RedirectionKind
{
    /// <summary><c>&lt;</c></summary>
    Read,

    /// <summary><c>&gt;</c></summary>
    Write,

    /// <summary><c>&gt;&gt;</c></summary>
    Append,

    /// <summary><c>&gt;|</c></summary>
    Clobber,

    /// <summary><c>&lt;&gt;</c></summary>
    ReadWrite,

    /// <summary><c>&lt;&amp;</c></summary>
    DuplicateInput,

    /// <summary><c>&gt;&amp;</c>: a descriptor, or a file for output and errors.</summary>
    DuplicateOutput,

    /// <summary><c>&amp;&gt;</c></summary>
    WriteBoth,

    /// <summary><c>&amp;&gt;&gt;</c></summary>
    AppendBoth,

    /// <summary><c>&lt;&lt;</c> and <c>&lt;&lt;-</c></summary>
    HereDocument,

    /// <summary><c>&lt;&lt;&lt;</c></summary>
    HereString,
}
