using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Differential;

/// <summary>Random programs on a few files: the same ones for the same seed.</summary>
internal static class RandomPlay
{
    private const int AgentsMin = 2;
    private const int AgentsMax = 5;
    private const int StepsMin = 3;
    private const int StepsMax = 8;
    private const int AbortPercent = 8;
    private const int UndoPercent = 12;

    private static readonly string[] Names = ["a", "b", "c", "d/a", "d/b", "e/f/g"];
    private static readonly string[] Folders = [".", "d", "e", "e/f"];

    private static readonly string[] Commands =
    [
        "printf 0 >> a", "printf x0 > d/c", "cat a b", "cat a >> c", "rm -f b", "mv a d/a", "chmod 600 a", "mkdir -p e/f; printf 0 > e/f/h",
        "ls -R", "wc -c a b c", "printf y > b; exit 4", "sed -i s/0/1/ a", "ln -s b link", "cp -r d e/d", "grep -r 0 .", "test -f d/a && rm -r d",
    ];

    private static readonly (Verb Verb, int Weight)[] Weights =
    [
        (Verb.Read, 20), (Verb.List, 10), (Verb.Find, 5), (Verb.Search, 5), (Verb.Write, 20), (Verb.Edit, 12), (Verb.Move, 7),
        (Verb.Copy, 6), (Verb.Remove, 6), (Verb.RemoveAll, 2), (Verb.MakeDirectory, 3), (Verb.Bash, 8),
    ];

    // What npm server-filesystem has a tool for.
    private static readonly (Verb Verb, int Weight)[] WeightsOfFilesystem =
        [.. Weights.Where(one => one.Verb is not (Verb.Search or Verb.RemoveAll or Verb.Bash))];

    /// <summary>Programs in rank order, in the words of a file server.</summary>
    public static RandomPrograms Of(Random random, StageServer server)
    {
        var weights = server is StageServer.Workspace or StageServer.Bash ? Weights : WeightsOfFilesystem;
        ImmutableArray<ImmutableArray<RandomStep>> programs =
            [.. Enumerable.Range(0, random.Next(AgentsMin, AgentsMax + 1)).Select(agent => ProgramOf(random, agent, weights))];
        return new RandomPrograms(PlayOf(programs), Text(programs));
    }

    private static Play PlayOf(ImmutableArray<ImmutableArray<RandomStep>> programs) => new(
        [("a", "0"), ("b", "0b"), ("d/a", "0d")],
        [.. programs.Select(ScriptOf)])
    {
        Aborting = [.. Enumerable.Range(0, programs.Length).Where(agent => programs[agent].Any(step => step.Verb == Verb.Abort))],
    };

    private static string Text(ImmutableArray<ImmutableArray<RandomStep>> programs) =>
        string.Join('\n', programs.Select((steps, agent) => $"  {(char)('A' + agent)}: {string.Join("; ", steps)}"));

    private static ImmutableArray<RandomStep> ProgramOf(Random random, int agent, (Verb Verb, int Weight)[] weights)
    {
        var steps = new List<RandomStep>();
        var count = random.Next(StepsMin, StepsMax + 1);
        while (steps.Count < count)
        {
            if (random.Next(100) < UndoPercent && Undoable(steps) is { Length: > 0 } undoable)
            {
                var undone = undoable[random.Next(undoable.Length)];
                steps[undone] = steps[undone] with { IsUndoneLater = true };
                steps.Add(new RandomStep(Verb.Undo, "", "") { Undone = undone });
            }
            else
            {
                steps.Add(StepOf(random, weights, $"{(char)('A' + agent)}{steps.Count}"));
            }
        }

        if (random.Next(100) < AbortPercent)
        {
            steps.Add(new RandomStep(Verb.Abort, "", ""));
        }

        return [.. steps];
    }

    private static int[] Undoable(List<RandomStep> steps) =>
    [
        .. Enumerable.Range(0, steps.Count).Where(at =>
            steps[at] is { Verb: >= Verb.Write and <= Verb.Bash, OnlyIf: null, IsUndoneLater: false }),
    ];

    private static RandomStep StepOf(Random random, (Verb Verb, int Weight)[] weights, string tag)
    {
        var verb = VerbOf(random, weights);
        var (name, other) = verb switch
        {
            Verb.List => (Pick(random, Folders), ""),
            Verb.Find => ("**/a", ""),
            Verb.Search => ("0", ""),
            Verb.RemoveAll or Verb.MakeDirectory => (Pick(random, Folders[1..]), ""),
            Verb.Bash => (Pick(random, Commands), ""),
            Verb.Move or Verb.Copy => (Pick(random, [.. Names, .. Folders[1..]]), Pick(random, [.. Names, "e/h"])),
            Verb.Edit => (Pick(random, Names), tag + "0"),
            _ => (Pick(random, Names), tag + (random.Next(2) == 0 ? "0" : "")),
        };
        return new RandomStep(verb, name, other)
        {
            Echoes = verb is Verb.Write or Verb.Edit && random.Next(2) == 0,
            OnlyIf = random.Next(5) == 0 ? Pick(random, ["0", "a", "d"]) : null,
        };
    }

    private static Verb VerbOf(Random random, (Verb Verb, int Weight)[] weights)
    {
        var at = random.Next(weights.Sum(one => one.Weight));
        foreach (var (verb, weight) in weights)
        {
            at -= weight;
            if (at < 0)
            {
                return verb;
            }
        }

        throw new InvalidOperationException("The weights do not add up.");
    }

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private static AgentScript ScriptOf(ImmutableArray<RandomStep> steps)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            var made = new Move.Call?[steps.Length];
            for (var at = 0; at < steps.Length; at++)
            {
                if (steps[at].Verb == Verb.Abort)
                {
                    yield return new Move.Abort();
                }
                else if (steps[at].Verb == Verb.Undo)
                {
                    yield return new Move.TakeBack(made[steps[at].Undone]!);
                }
                else if (steps[at].IsMadeAfter(heard))
                {
                    yield return made[at] = steps[at].Call(say, heard);
                }
            }
        }
    }
}
