using System.Collections.Immutable;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>The lists that a template goes through. Placeholders that name the same list go through it together.</summary>
/// <param name="Loops">The lists, each after the one that it lies in.</param>
internal sealed record LoopPlan(ImmutableArray<Expression> Loops)
{
    /// <summary>All of them.</summary>
    public ImmutableArray<int> All { get; } = [.. Enumerable.Range(0, Loops.Length)];
}

/// <summary>Gathers the lists of a template's placeholders.</summary>
internal sealed class LoopPlanBuilder
{
    private readonly List<Expression> _loops = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    /// <summary>The lists that were gathered so far.</summary>
    public LoopPlan Build() => new([.. _loops]);

    /// <summary>Adds what a placeholder names.</summary>
    /// <returns>How it is looked up.</returns>
    public Expression Add(Placeholder placeholder)
    {
        var at = new Expression(placeholder.Source, placeholder.Root, -1, [], [], new Absence.Refused());
        var name = placeholder.Root;
        foreach (var segment in placeholder.Segments)
        {
            // Whatever is in a name, two paths have one text only where they are the same.
            name += segment is PathSegment.Member member ? "." + JsonLiteral.Quote(member.Name) : segment.ToString();
            at = segment is PathSegment.Each ? Enter(name, at) : at with { Segments = at.Segments.Add(segment) };
        }

        foreach (var filter in placeholder.Filters)
        {
            name += "|" + ValueFilters.NameOf(filter);
            at = at with { Filters = at.Filters.Add(filter) };
            at = ValueFilters.GivesList(filter) ? Enter(name, at) : at;
        }

        return at with { Absence = placeholder.Absence };
    }

    /// <summary>The lists in which an expression lies, outermost first.</summary>
    public IEnumerable<int> LoopsOf(Expression expression)
    {
        var loops = new Stack<int>();
        for (var loop = expression.Loop; loop >= 0; loop = _loops[loop].Loop)
        {
            loops.Push(loop);
        }

        return loops;
    }

    private Expression Enter(string name, Expression list)
    {
        if (!_byName.TryGetValue(name, out var loop))
        {
            loop = _loops.Count;
            _loops.Add(list);
            _byName.Add(name, loop);
        }

        return new Expression(list.Source, list.Root, loop, [], [], new Absence.Refused());
    }
}
