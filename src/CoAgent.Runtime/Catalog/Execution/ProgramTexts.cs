using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>Fills in what a program is given; remembers why it could not be.</summary>
internal sealed class ProgramTexts(TemplateValues values)
{
    /// <summary>Why something could not be filled in; null where everything was.</summary>
    internal string? Reason { get; private set; }

    /// <summary>One argument, none, or one for each element of a list.</summary>
    internal ImmutableArray<string> All(TextTemplate template) => Take(template.FillForProgram(values));

    /// <summary>Content, which may hold anything.</summary>
    internal ImmutableArray<string> Of(TextTemplate template) => Take(template.Fill(values));

    /// <summary>Variables; those that are left out are not set.</summary>
    internal ImmutableSortedDictionary<string, string> Each(ImmutableSortedDictionary<string, TextTemplate> templates) => templates
        .Select(pair => (pair.Key, Texts: All(pair.Value)))
        .Where(static pair => !pair.Texts.IsEmpty)
        .ToImmutableSortedDictionary(static pair => pair.Key, static pair => string.Join('\n', pair.Texts), StringComparer.Ordinal);

    /// <summary>Contents of files; those that are left out are not made.</summary>
    internal ImmutableSortedDictionary<string, string> Contents(ImmutableSortedDictionary<string, TextTemplate> templates) => templates
        .Select(pair => (pair.Key, Texts: Of(pair.Value)))
        .Where(static pair => !pair.Texts.IsEmpty)
        .ToImmutableSortedDictionary(static pair => pair.Key, static pair => string.Concat(pair.Texts), StringComparer.Ordinal);

    private ImmutableArray<string> Take(TextResult result)
    {
        switch (result)
        {
            case TextResult.Filled filled:
                return filled.Texts;
            case TextResult.NotPossible no:
                Reason ??= no.Reason;
                return [];
            default:
                throw new InvalidOperationException("A text is filled in or not possible.");
        }
    }
}
