using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Words;

/// <summary>A command as its rules read it: the program, then each subcommand, each with its own words.</summary>
/// <param name="Parts">The program's part first; the last is what decides what is done.</param>
internal sealed record CommandReading(ImmutableArray<CommandPart> Parts)
{
    /// <summary>The program and its subcommands by name: <c>git</c>, <c>remote</c>, <c>add</c>.</summary>
    internal IEnumerable<string> Names => Parts.Select(static part => part.Rule.Name);

    /// <summary>The last part.</summary>
    internal CommandPart Last => Parts[^1];

    /// <summary>The case of the last part's rule that holds.</summary>
    internal CommandForm Form => Last.Rule.Forms.First(form => form.With.IsEmpty || form.With.Any(Has));

    /// <summary>Whether an option is given to any part.</summary>
    internal bool Has(string option) => Parts.Any(part => part.Words.Has(option));

    /// <summary>The last value of an option in any part.</summary>
    internal FieldValue? Value(string option)
    {
        for (var at = Parts.Length - 1; at >= 0; at--)
        {
            if (Parts[at].Words.Value(option) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Reads a command; null, and why, where a word is not in its rule.</summary>
    /// <param name="rule">The program's rule.</param>
    /// <param name="words">Its words, the program's name first; no patterns.</param>
    /// <param name="fault">Why not.</param>
    internal static CommandReading? Of(CommandRule rule, ImmutableArray<FieldValue> words, out string? fault)
    {
        fault = null;
        if (rule.TakesLetters && words is [_, FieldValue.Text { Value: [not '-', ..] letters }, ..])
        {
            if (Dashed(rule, letters) is not { } dashed)
            {
                fault = $"{letters} takes more than one value";
                return null;
            }

            words = words.SetItem(1, new FieldValue.Text(dashed));
        }

        var parts = ImmutableArray.CreateBuilder<CommandPart>();
        CommandRule? above = null;
        var at = 1;
        while (true)
        {
            var read = WordReader.Read(rule, above, words, ref at, stopsAtOperand: rule.Subcommands.Count > 0, out fault);
            if (read is null)
            {
                return null;
            }

            parts.Add(new CommandPart(rule, read));
            if (rule.Subcommands.Count == 0 || at == words.Length)
            {
                return new CommandReading(parts.ToImmutable());
            }

            if (words[at] is not FieldValue.Text { Value: var name } || !rule.Subcommands.TryGetValue(name, out var subcommand))
            {
                fault = words[at] is FieldValue.Text text ? $"{text.Value} is not in the rule of {rule.Name}" : $"what {rule.Name} is to do is not known";
                return null;
            }

            above = rule.OptionsAnywhere ? rule : above;
            rule = subcommand;
            at++;
        }
    }

    /// <summary>Letters as an option with a dash: the one with a value comes last.</summary>
    private static string? Dashed(CommandRule rule, string letters)
    {
        var valued = letters.Where(letter => rule.Options.TryGetValue("-" + letter, out var option) && !option.Values.IsEmpty && !option.IsOptional).ToArray();
        return valued.Length > 1 ? null : "-" + string.Concat(letters.Except(valued)) + string.Concat(valued);
    }
}

/// <summary>A program or subcommand with the words that belong to it.</summary>
internal sealed record CommandPart(CommandRule Rule, CommandWords Words);
