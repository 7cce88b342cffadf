using CoAgent.Trials.Agents;
using CoAgent.Trials.Graphs;

namespace CoAgent.Trials.Differential;

/// <summary>What a step of a random program on a graph does.</summary>
internal enum GraphVerb
{
    Graph,
    Open,
    Find,
    Create,
    Relate,
    Observe,
    Delete,
    Forget,
    Unrelate,
    Undo,
    Abort,
}

/// <summary>One step of a random program on a graph.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Name">The entity that it is about.</param>
/// <param name="Other">A second entity.</param>
/// <param name="Text">What it observes, or what it calls a relation.</param>
internal sealed record GraphStep(GraphVerb Verb, string Name, string Other, string Text)
{
    /// <summary>Whether what it observes holds the end of the last answer.</summary>
    public bool Echoes { get; init; }

    /// <summary>It is made only when the last answer holds this text; null: always.</summary>
    public string? OnlyIf { get; init; }

    /// <summary>The step that an undo takes back, counted from 0.</summary>
    public int Undone { get; init; } = -1;

    /// <summary>Whether a later step takes it back.</summary>
    public bool IsUndoneLater { get; init; }

    /// <summary>Whether the step is made after that answer.</summary>
    public bool IsMadeAfter(Heard heard) => OnlyIf is null || heard.Last.Contains(OnlyIf, StringComparison.Ordinal);

    /// <summary>The call of the step.</summary>
    public Move.Call Call(GraphWords say, Heard heard)
    {
        var text = Echoes ? Text + RandomStep.Echo(heard.Last) : Text;
        var relation = new GraphWords.Relation(Name, Other, Text);
        var call = Verb switch
        {
            GraphVerb.Graph => say.Graph(),
            GraphVerb.Open => say.Open([Name, Other]),
            GraphVerb.Find => say.Find(Text),
            GraphVerb.Create => say.Create(new(Name, "thing", text), new(Other, "other")),
            GraphVerb.Relate => say.Relate(relation, relation with { From = Other }),
            GraphVerb.Observe => say.Observe(Name, text, "0"),
            GraphVerb.Delete => say.Delete(Name),
            GraphVerb.Forget => say.Forget(Name, "0", Text),
            GraphVerb.Unrelate => say.Unrelate(relation),
            _ => throw new InvalidOperationException($"{Verb} is no call."),
        };
        return call with { IsWithdrawnLater = IsUndoneLater };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (OnlyIf is null ? "" : $"?{OnlyIf} ") + (Verb == GraphVerb.Undo ? $"undo {Undone}" : $"{Verb} {Name} {Other} {Text}".TrimEnd()) + (Echoes ? "$" : "");
}
