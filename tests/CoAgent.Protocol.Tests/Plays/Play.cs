using System.Collections.Immutable;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>What an agent sets out to do: its moves, each depending on what it has heard so far.</summary>
/// <param name="heard">What the move before was answered.</param>
internal delegate IEnumerable<Move> AgentScript(Heard heard);

/// <summary>What an agent has heard from its latest move.</summary>
internal sealed class Heard
{
    public string Last { get; set; } = "";

    public long Number => long.Parse(Last);

    /// <summary>The names in a list.</summary>
    public string[] Names => Last.Split(',', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Agents that run at the same time; the first has rank 1.</summary>
/// <param name="Initial">What the world holds at first.</param>
/// <param name="Scripts">What they set out to do.</param>
internal sealed record Play(ImmutableDictionary<string, string> Initial, ImmutableArray<AgentScript> Scripts)
{
    /// <summary>Whether an agent says that it is done as soon as it is; else when is one more choice.</summary>
    public bool FinishesAtOnce { get; init; }

    /// <summary>How often what was told may be told again.</summary>
    public int RepetitionCount { get; init; }

    /// <summary>How often nobody hears how an effect on the world ended.</summary>
    public int DoubtCount { get; init; }

    /// <summary>A play in a world that holds <c>name=text</c> pairs with a space between.</summary>
    public static Play Of(string initial, params AgentScript[] scripts)
    {
        var pairs = initial.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='));
        return new Play(pairs.ToImmutableDictionary(pair => pair[0], pair => pair[1]), [.. scripts])
        {
            // With three agents the orders of finishing alone would be most of all orders.
            FinishesAtOnce = scripts.Length > 2,
        };
    }
}

/// <summary>How a play has ended.</summary>
/// <param name="World">What the objects hold.</param>
/// <param name="Answers">
/// For each agent what it last knew its calls to be answered, in order; of one that aborted, nothing.
/// </param>
internal sealed record PlayEnd(SortedDictionary<string, string> World, ImmutableArray<ImmutableArray<string>> Answers)
{
    /// <summary>What an object holds.</summary>
    public string this[string name] => World.TryGetValue(name, out var text) ? text : Moves.Absent;

    /// <summary>The first difference in words; null when there is none.</summary>
    public string? DifferenceFrom(PlayEnd other)
    {
        foreach (var name in World.Keys.Union(other.World.Keys).Where(name => this[name] != other[name]))
        {
            return $"{name} is {this[name]}, must be {other[name]}";
        }

        for (var i = 0; i < Answers.Length; i++)
        {
            var (told, must) = (string.Join(' ', Answers[i]), string.Join(' ', other.Answers[i]));
            if (told != must)
            {
                return $"rank {i + 1} was told [{told}], must be [{must}]";
            }
        }

        return null;
    }

    public override string ToString() =>
        string.Join(' ', World.Select(pair => $"{pair.Key}={pair.Value}"))
        + string.Concat(Answers.Select((told, i) => $" {(char)('A' + i)}:[{string.Join(' ', told)}]"));
}
