using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>What one argument of a drafted tool stands for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Values">What it was in each example; of a list one after the other.</param>
internal sealed record ToolParameter(string Name, ParameterKind Kind, ImmutableArray<ImmutableArray<string>> Values)
{
    /// <summary>Whether a value that begins with a dash would be taken for an option.</summary>
    public bool MayNotBeginWithDash { get; init; }

    /// <summary>What stands for it in a template.</summary>
    internal string Placeholder => Kind == ParameterKind.Paths ? $"{{{Name}[]}}" : $"{{{Name}}}";

    /// <summary>Whether the values are those of another one in every example.</summary>
    internal bool HasValuesOf(ToolParameter other) =>
        Kind == other.Kind && Values.Zip(other.Values).All(static pair => pair.First.SequenceEqual(pair.Second, StringComparer.Ordinal));
}

/// <summary>What a parameter holds.</summary>
internal enum ParameterKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A number of something.</summary>
    Count,

    /// <summary>A path, which what is touched follows from.</summary>
    Path,

    /// <summary>Several paths.</summary>
    Paths,
}

/// <summary>One word of a drafted command: texts and parameters in a row.</summary>
/// <param name="Parts">Each a text, or the number of a parameter.</param>
internal sealed record DraftWord(ImmutableArray<DraftPart> Parts)
{
    internal static DraftWord Fixed(string text) => new([new DraftPart(text, -1)]);

    internal static DraftWord Of(int parameter) => new([new DraftPart("", parameter)]);

    /// <summary>As a template of an argument.</summary>
    internal string ToTemplate(ImmutableArray<ToolParameter> parameters) => string.Concat(
        Parts.Select(part => part.Parameter < 0 ? LineText.Plain(part.Text) : parameters[part.Parameter].Placeholder));

    /// <summary>As a word of bash, in which parameters are variables.</summary>
    internal string ToWord(ImmutableArray<ToolParameter> parameters) => string.Concat(
        Parts.Select(part => part.Parameter < 0 ? LineText.Quote(part.Text) : $"\"${parameters[part.Parameter].Name}\""));

    /// <summary>For a person: parameters in capitals.</summary>
    internal string ToShown(ImmutableArray<ToolParameter> parameters) => string.Concat(
        Parts.Select(part => part.Parameter < 0 ? LineText.Quote(part.Text)
            : parameters[part.Parameter].Name.ToUpperInvariant() + (parameters[part.Parameter].Kind == ParameterKind.Paths ? "…" : "")));
}

/// <summary>A part of a word.</summary>
/// <param name="Text">The text, where it is no parameter.</param>
/// <param name="Parameter">The parameter's number; -1 for a text.</param>
internal readonly record struct DraftPart(string Text, int Parameter);
