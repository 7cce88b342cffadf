namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>One argument that a word becomes, as far as the text alone tells.</summary>
internal abstract record FieldValue
{
    private FieldValue()
    {
    }

    /// <summary>Exactly this text.</summary>
    internal sealed record Text(string Value) : FieldValue;

    /// <summary>The files that match now, each one argument; the word itself when none does.</summary>
    /// <remarks>
    /// Glob: what a backslash stands before stands for itself.
    /// Unmatched: what the argument is when nothing matches.
    /// </remarks>
    internal sealed record Pattern(string Glob, string Unmatched) : FieldValue
    {
        /// <summary>It is one argument, one of the matches: a loop goes through them.</summary>
        public bool IsOne { get; init; }
    }

    /// <summary>A pipe to or from another command: no file of anybody's.</summary>
    internal sealed record Stream : FieldValue;

    /// <summary>Nobody knows before it runs.</summary>
    /// <remarks>
    /// Reason: for a person.
    /// IsSingle: it is one argument, whatever it holds; else none, one or many.
    /// Prefix: how it begins, where that is known.
    /// </remarks>
    internal sealed record Unknown(string Reason, bool IsSingle, string Prefix) : FieldValue;
}
