using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Words;

/// <summary>The words of one command, or of the part that belongs to one subcommand, as its rule reads them.</summary>
/// <param name="Options">The options in the order in which they are given.</param>
/// <param name="Operands">All else.</param>
internal sealed record CommandWords(ImmutableArray<GivenOption> Options, ImmutableArray<FieldValue> Operands)
{
    /// <summary>How many operands stand before <c>--</c>; null: there is none.</summary>
    public int? MarkAt { get; init; }

    /// <summary>Some words may be options or operands; what they are shows when the command runs.</summary>
    public bool IsUnclear { get; init; }

    /// <summary>Whether an option is given, by the first of its names.</summary>
    internal bool Has(string name)
    {
        foreach (var option in Options)
        {
            if (option.Rule.Name == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The last value of an option; null when it is not given, or without a value.</summary>
    internal FieldValue? Value(string name)
    {
        for (var at = Options.Length - 1; at >= 0; at--)
        {
            if (Options[at].Rule.Name == name)
            {
                return Options[at].Values is [.., var last] ? last : null;
            }
        }

        return null;
    }

    /// <summary>All values of an option.</summary>
    internal IEnumerable<FieldValue> Values(string name) =>
        Options.Where(option => option.Rule.Name == name).SelectMany(static option => option.Values);
}

/// <summary>An option with its values.</summary>
internal sealed record GivenOption(OptionRule Rule, ImmutableArray<FieldValue> Values);
