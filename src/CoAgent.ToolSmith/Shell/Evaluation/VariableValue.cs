using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>What is known of a variable. Of one that is not mentioned, nothing is.</summary>
internal abstract record VariableValue
{
    private VariableValue()
    {
    }

    internal sealed record Text(string Value) : VariableValue;

    /// <summary>An array whose elements have the numbers from 0 on.</summary>
    internal sealed record Elements(ImmutableArray<string> Values) : VariableValue;

    /// <summary>One of the files that match, or the pattern itself: the variable of a loop over it.</summary>
    internal sealed record MatchOf(FieldValue.Pattern Pattern) : VariableValue;

    /// <summary>It has no value.</summary>
    internal sealed record Unset : VariableValue;

    internal sealed record Unknown : VariableValue;
}
