using System.Collections.Immutable;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>Text with placeholders (docs/catalog.md, "Templates").</summary>
public sealed record TextTemplate
{
    private readonly TemplateText _text;
    private readonly LoopPlan _loops;

    private TextTemplate(string source, ImmutableArray<TemplatePart> parts)
    {
        var loops = new LoopPlanBuilder();
        Source = source;
        Parts = parts;
        _text = new TemplateText(parts, loops);
        _loops = loops.Build();
    }

    /// <summary>As it is written.</summary>
    public string Source { get; }

    /// <summary>Whether it gives one text for each element of a list, and not one at most.</summary>
    public bool GoesThroughList => _loops.Loops.Length > 0;

    /// <summary>The names that its placeholders begin with.</summary>
    public IEnumerable<string> Names => Placeholders.Select(static placeholder => placeholder.Root).Distinct(StringComparer.Ordinal);

    /// <summary>Its literals and placeholders.</summary>
    internal ImmutableArray<TemplatePart> Parts { get; }

    internal IEnumerable<Placeholder> Placeholders => Parts.OfType<TemplatePart.Hole>().Select(static hole => hole.Placeholder);

    /// <summary>The template that is written so; null where it is none.</summary>
    /// <param name="source">As it is written.</param>
    /// <param name="fault">What is wrong and what would be right; null where nothing is.</param>
    public static TextTemplate? TryParse(string source, out string? fault)
    {
        var reader = new TemplateReader(source);
        var parts = reader.ReadParts();
        fault = reader.Fault;
        return fault is null ? new TextTemplate(source, parts) : null;
    }

    /// <summary>The template of a text that is known to be good.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static TextTemplate Parse(string source) =>
        TryParse(source, out var fault) ?? throw new ArgumentException($"\"{source}\" {fault}", nameof(source));

    /// <summary>Fills it in: one text, none where it is left out, one for each element where it goes through a list.</summary>
    public TextResult Fill(TemplateValues values)
    {
        var rounds = new Rounds(_loops, values);
        var texts = ImmutableArray.CreateBuilder<string>();
        var reason = rounds.ForEach(_loops.All.AsSpan(), () =>
        {
            var filled = _text.Fill(rounds);
            if (filled is Found.Text text)
            {
                texts.Add(text.Value);
            }

            return (filled as Found.Misfit)?.Reason;
        });
        return reason is null ? new TextResult.Filled(texts.ToImmutable()) : new TextResult.NotPossible(reason);
    }

    /// <summary>The same for arguments and environments of programs: what no program can be given (a NUL, half of a character) is refused.</summary>
    public TextResult FillForProgram(TemplateValues values) => Fill(values) switch
    {
        TextResult.Filled filled when filled.Texts.Any(static text => text.Contains('\0', StringComparison.Ordinal) || !TemplateText.IsWhole(text)) =>
            new TextResult.NotPossible($"\"{Source}\" holds a character that no program can be given (NUL, or half of a surrogate pair)."),
        var result => result,
    };

    /// <inheritdoc/>
    public bool Equals(TextTemplate? other) => other?.Source == Source;

    /// <inheritdoc/>
    public override int GetHashCode() => Source.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Source;
}

/// <summary>What filling in a text gives.</summary>
public abstract record TextResult
{
    private TextResult()
    {
    }

    /// <summary>The texts; none where the template is left out.</summary>
    /// <param name="Texts">In the order of the lists.</param>
    public sealed record Filled(ImmutableArray<string> Texts) : TextResult;

    /// <summary>It cannot be filled in: the call is taken as one of an unknown tool.</summary>
    /// <param name="Reason">Why, for the agent; names placeholders, not what they hold.</param>
    public sealed record NotPossible(string Reason) : TextResult;
}
