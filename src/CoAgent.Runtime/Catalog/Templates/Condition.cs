namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>Whether a step is done or an entry is meant: <c>"{x}"</c>, <c>"!{x}"</c>, <c>"{x} == text"</c>, <c>"{x} != text"</c>.</summary>
public sealed record Condition
{
    private readonly LoopPlan _loops;
    private readonly CompiledCondition _compiled;

    private Condition(string source, Placeholder placeholder, bool isNegated, string? comparison)
    {
        var loops = new LoopPlanBuilder();
        (Source, Placeholder, IsNegated, Comparison) = (source, placeholder, isNegated, comparison);
        _compiled = Compile(loops);
        _loops = loops.Build();
    }

    /// <summary>As it is written.</summary>
    public string Source { get; }

    /// <summary>Whether it asks about each element of a list; only the condition of a footprint's entry may, beside the entry's own list.</summary>
    public bool GoesThroughList => _loops.Loops.Length > 0;

    internal Placeholder Placeholder { get; }

    internal bool IsNegated { get; }

    internal string? Comparison { get; }

    /// <summary>The condition that is written so; null where it is none.</summary>
    /// <param name="source">As it is written.</param>
    /// <param name="fault">What is wrong and what would be right; null where nothing is.</param>
    public static Condition? TryParse(string source, out string? fault)
    {
        var text = source.Trim();
        var isNegated = text.StartsWith('!');
        var reader = new TemplateReader(isNegated ? text[1..].TrimStart() : text);
        var placeholder = reader.ReadPlaceholder();
        fault = reader.Fault;
        if (placeholder is null)
        {
            return null;
        }

        var rest = (isNegated ? text[1..].TrimStart() : text)[reader.At..].TrimStart();
        if (rest.Length == 0)
        {
            return new Condition(source, placeholder, isNegated, comparison: null);
        }

        if (!isNegated && rest.Length >= 2 && rest[..2] is ("==" or "!=") and var sign)
        {
            return new Condition(source, placeholder, sign == "!=", rest[2..].Trim());
        }

        fault = "is no condition; write \"{x}\", \"!{x}\", \"{x} == text\" or \"{x} != text\".";
        return null;
    }

    /// <summary>The condition of a text that is known to be good.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static Condition Parse(string source) =>
        TryParse(source, out var fault) ?? throw new ArgumentException($"\"{source}\" {fault}", nameof(source));

    /// <summary>Whether it holds; over a list, whether it holds for any element.</summary>
    public ConditionResult Holds(TemplateValues values)
    {
        var rounds = new Rounds(_loops, values);
        var holds = false;
        var reason = rounds.ForEach(_loops.All.AsSpan(), () =>
        {
            var result = _compiled.Holds(rounds);
            holds |= result is ConditionResult.Decided { Holds: true };
            return (result as ConditionResult.NotPossible)?.Reason;
        });
        return reason is null ? ConditionResult.Of(holds) : new ConditionResult.NotPossible(reason);
    }

    /// <inheritdoc/>
    public bool Equals(Condition? other) => other?.Source == Source;

    /// <inheritdoc/>
    public override int GetHashCode() => Source.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Source;

    /// <summary>The same within the lists of something else.</summary>
    internal CompiledCondition Compile(LoopPlanBuilder loops) => new(loops.Add(Placeholder), IsNegated, Comparison);
}

/// <summary>What asking a condition gives.</summary>
public abstract record ConditionResult
{
    private static readonly Decided s_yes = new(Holds: true);
    private static readonly Decided s_no = new(Holds: false);

    private ConditionResult()
    {
    }

    /// <summary>It holds or does not.</summary>
    /// <param name="Holds">Whether it does.</param>
    public sealed record Decided(bool Holds) : ConditionResult;

    /// <summary>Nobody can tell: the call is taken as one of an unknown tool.</summary>
    /// <param name="Reason">Why, for the agent.</param>
    public sealed record NotPossible(string Reason) : ConditionResult;

    internal static Decided Of(bool holds) => holds ? s_yes : s_no;
}

/// <summary>A condition among the lists of a template.</summary>
/// <param name="Asked">What it asks about.</param>
/// <param name="IsNegated">Whether it holds where the other would not.</param>
/// <param name="Comparison">What it compares with; null where it asks whether there is something.</param>
internal sealed record CompiledCondition(Expression Asked, bool IsNegated, string? Comparison)
{
    /// <summary>Whether it holds in this round.</summary>
    public ConditionResult Holds(Rounds rounds)
    {
        var found = Asked.LookOrDefault(rounds);
        if (found is Found.Misfit misfit)
        {
            return new ConditionResult.NotPossible(misfit.Reason);
        }

        if (Comparison is null)
        {
            return ConditionResult.Of(found.Counts() != IsNegated);
        }

        return (found.IsNothing ? Found.Absent.It : found.ToText(Asked.Source)) switch
        {
            Found.Text text => ConditionResult.Of((text.Value == Comparison) != IsNegated),
            Found.Misfit noText => new ConditionResult.NotPossible(noText.Reason),
            _ => ConditionResult.Of(IsNegated),
        };
    }
}
