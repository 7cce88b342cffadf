using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>One command: simple, compound, or the definition of a function.</summary>
internal abstract record Command
{
    private Command()
    {
    }

    /// <summary>Where its input and output go; for a compound command, those of everything within.</summary>
    public abstract ImmutableArray<Redirection> Redirections { get; init; }

    public abstract SourceSpan Span { get; init; }

    /// <summary>Assignments, then the words whose first is the command's name. Either may be missing.</summary>
    internal sealed record Simple(
        ImmutableArray<Assignment> Assignments, ImmutableArray<Word> Words, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>{ …; }</c>: runs in the shell itself.</summary>
    internal sealed record Group(StatementList Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>( … )</c>: runs in a copy of the shell.</summary>
    internal sealed record Subshell(StatementList Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>if</c> with its <c>elif</c> branches in order.</summary>
    internal sealed record If(
        ImmutableArray<IfBranch> Branches, StatementList? Else, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>while</c>, or <c>until</c>.</summary>
    internal sealed record While(
        bool IsUntil, StatementList Condition, StatementList Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>for NAME in WORDS</c>, or <c>select</c>.</summary>
    /// <remarks>
    /// Words: null: over the arguments of the shell or function.
    /// </remarks>
    internal sealed record For(
        bool IsSelect, string Name, ImmutableArray<Word>? Words, StatementList Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>for (( …; …; … ))</c>.</summary>
    /// <remarks>
    /// Expressions: The three.
    /// </remarks>
    internal sealed record ArithmeticFor(
        ImmutableArray<Word> Expressions, StatementList Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>case</c>.</summary>
    internal sealed record Case(
        Word Subject, ImmutableArray<CaseBranch> Branches, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>[[ … ]]</c>.</summary>
    internal sealed record Conditional(Condition Test, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>(( … ))</c>.</summary>
    internal sealed record Arithmetic(Word Expression, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary>The definition of a function: it runs nothing; what it redirects belongs to its body.</summary>
    internal sealed record Function(Word Name, Command Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;

    /// <summary><c>coproc</c>.</summary>
    /// <remarks>
    /// Name: The array that gets its descriptors; null: COPROC.
    /// </remarks>
    internal sealed record Coprocess(Word? Name, Command Body, ImmutableArray<Redirection> Redirections, SourceSpan Span) : Command;
}

/// <summary>One condition of an <c>if</c> and what runs when it holds.</summary>
internal sealed record IfBranch(StatementList Condition, StatementList Body);

/// <summary>One branch of a <c>case</c>.</summary>
internal sealed record CaseBranch(ImmutableArray<Word> Patterns, StatementList Body, CaseEnd End);

/// <summary>How a branch of a <c>case</c> ends.</summary>
internal enum CaseEnd
{
    /// <summary><c>;;</c>, or nothing after the last one.</summary>
    Break,

    /// <summary><c>;&amp;</c>: the next body runs too.</summary>
    FallThrough,

    /// <summary><c>;;&amp;</c>: the next patterns are tried too.</summary>
    TryNext,
}

/// <summary><c>NAME=VALUE</c> before a command or alone.</summary>
/// <remarks>
/// Subscript: What stands in <c>NAME[…]</c>.
/// IsAppended: <c>+=</c>.
/// Value: Without parts when nothing follows the sign; an array's elements are one part.
/// </remarks>
internal sealed record Assignment(string Name, Word? Subscript, bool IsAppended, Word Value, SourceSpan Span);
