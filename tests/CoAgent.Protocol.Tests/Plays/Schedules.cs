namespace CoAgent.Protocol.Tests.Plays;

/// <summary>The orders in which a play can go.</summary>
internal static class Schedules
{
    /// <summary>
    /// Calls come in a given order, each ends before the next; then who has something to do, lowest rank first.
    /// </summary>
    public static Run AsWritten(Play play, ProtocolOptions options, string letters)
    {
        var run = new Run(play, options);
        foreach (var letter in letters.Where(letter => letter != ' '))
        {
            Act(run, letter - 'A');
        }

        return InOrder(run, Enumerable.Range(0, run.Agents.Length));
    }

    /// <summary>The first in the order who has something to do does it, each thing ends before the next.</summary>
    public static Run InOrder(Run run, IEnumerable<int> order)
    {
        int[] agents = [.. order];
        while (Array.FindIndex(agents, agent => run.Agents[agent].HasMove) is var first and >= 0)
        {
            Act(run, agents[first]);
        }

        RequireOver(run);
        return run;
    }

    /// <summary>Whatever comes, by a seed.</summary>
    public static Run AtRandom(Play play, ProtocolOptions options, int seed)
    {
        var random = new Random(seed);
        var run = new Run(play, options);
        var choices = new List<Choice>();
        for (run.Collect(choices); choices.Count > 0; run.Collect(choices))
        {
            run.Take(choices[random.Next(choices.Count)]);
        }

        RequireOver(run);
        return run;
    }

    /// <summary>Every order, one run each, as long as there are not too many.</summary>
    /// <param name="play">The play.</param>
    /// <param name="options">The options of its workspace.</param>
    /// <param name="isWhole">Whether each effect ends as soon as it is out; else when is a choice too.</param>
    /// <param name="runsMax">How many runs are enough.</param>
    /// <param name="see">Sees each run at its end.</param>
    /// <returns>How many runs there were, and whether those are all.</returns>
    public static (int Count, bool IsAll) Every(
        Play play, ProtocolOptions options, bool isWhole, int runsMax, Action<Run, IReadOnlyList<int>> see)
    {
        var path = new List<(int Taken, int Count)>();
        var choices = new List<Choice>();
        for (var count = 1; ; count++)
        {
            var run = new Run(play, options);
            for (var depth = 0; ; depth++)
            {
                run.Collect(choices);
                if (choices.Count == 0)
                {
                    break;
                }

                if (depth == path.Count)
                {
                    path.Add((0, choices.Count));
                }

                run.Take(choices[path[depth].Taken]);
                if (isWhole)
                {
                    run.EndAll();
                }
            }

            RequireOver(run);
            see(run, path.ConvertAll(step => step.Taken));
            if (!Advance(path) || count == runsMax)
            {
                return (count, path.Count == 0);
            }
        }
    }

    private static bool Advance(List<(int Taken, int Count)> path)
    {
        while (path.Count > 0 && path[^1].Taken + 1 == path[^1].Count)
        {
            path.RemoveAt(path.Count - 1);
        }

        if (path.Count == 0)
        {
            return false;
        }

        path[^1] = (path[^1].Taken + 1, path[^1].Count);
        return true;
    }

    private static void Act(Run run, int agent)
    {
        if (run.Agents[agent].HasMove)
        {
            run.Take(new Choice(ChoiceKind.Act, agent));
            run.EndAll();
        }
    }

    private static void RequireOver(Run run) =>
        PlayException.Require(run.IsOver, "nobody has anything to do, and not everybody is done");
}
