using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Plays;

/// <summary>Who does what with which files. The first script has the lowest rank.</summary>
/// <param name="Initial">The files at the start: name and content.</param>
/// <param name="Scripts">What each agent does.</param>
internal sealed record Play(ImmutableArray<(string Name, string Content)> Initial, ImmutableArray<AgentScript> Scripts)
{
    /// <summary>Those, counted from 0, who take back all that they do.</summary>
    public ImmutableHashSet<int> Aborting { get; init; } = [];

    /// <summary>Further folders at the start.</summary>
    public ImmutableArray<string> Folders { get; init; } = [];

    /// <param name="initial">The files, as <c>x=0 dep/a=bad</c>; a name that ends with a slash is an empty folder.</param>
    /// <param name="scripts">What each agent does.</param>
    public static Play Of(string initial, params ImmutableArray<AgentScript> scripts)
    {
        var words = initial.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Play(
            [.. words.Where(word => !word.EndsWith('/')).Select(word => word.Split('=', 2)).Select(pair => (pair[0], pair[1]))],
            scripts)
        {
            Folders = [.. words.Where(word => word.EndsWith('/'))],
        };
    }

    /// <summary>Lays out the files in an empty folder.</summary>
    public void LayOut(string home)
    {
        Directory.CreateDirectory(home);
        foreach (var folder in Folders)
        {
            Directory.CreateDirectory(Path.Combine(home, folder));
        }

        foreach (var (name, content) in Initial)
        {
            var file = Path.Combine(home, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, content);
        }
    }
}

/// <summary>How a play has ended.</summary>
/// <param name="Tree">The files.</param>
/// <param name="Agents">The agents, in rank order.</param>
/// <param name="Answers">What each agent was last told of its steps, in rank order.</param>
internal sealed record PlayEnd(
    TreeState Tree, ImmutableArray<HealingAgent> Agents, ImmutableArray<ImmutableArray<(string Move, string Answer)>> Answers)
{
    /// <summary>The content of a file.</summary>
    public string this[string name] => Tree[name];

    /// <summary>What an agent was last told of a step, counted from 0.</summary>
    public string Answer(int agent, int step) =>
        step < Answers[agent].Length ? Answers[agent][step].Answer : Heard.Absent;

    /// <summary>The first difference from another end, in files or in what agents know; null when there is none.</summary>
    public string? DifferenceFrom(PlayEnd serial)
    {
        if (Tree.DifferenceFrom(serial.Tree) is { } difference)
        {
            return difference;
        }

        for (var agent = 0; agent < Answers.Length; agent++)
        {
            var (mine, theirs) = (Answers[agent], serial.Answers[agent]);
            var at = Enumerable.Range(0, Math.Max(mine.Length, theirs.Length))
                .FirstOrDefault(step => step >= mine.Length || step >= theirs.Length || mine[step] != theirs[step], -1);
            if (at >= 0)
            {
                return $"rank {agent + 1} was told {Shown(mine, at)}, serially {Shown(theirs, at)}";
            }
        }

        return null;
    }

    private static string Shown(ImmutableArray<(string Move, string Answer)> answers, int at) =>
        at < answers.Length ? $"'{answers[at].Answer}' to {answers[at].Move}" : "nothing";
}
