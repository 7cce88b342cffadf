using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;
using CoAgent.Trials.Graphs;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Differential;

/// <summary>Random programs on the entities, observations and relations of a small graph.</summary>
internal static class RandomGraphPlay
{
    private const int AgentsMin = 2;
    private const int AgentsMax = 4;
    private const int StepsMin = 3;
    private const int StepsMax = 7;
    private const int AbortPercent = 8;
    private const int UndoPercent = 12;

    // Names that are each other's parts, so that searches find more than they look for; one with what ids are made of.
    private static readonly string[] Names = ["Ada", "Bob", "Adam", "C/*", "D%2F"];
    private static readonly string[] Kinds = ["knows", "is a"];

    // Each verb as often as it is here.
    private static readonly GraphVerb[] Verbs =
    [
        GraphVerb.Graph, GraphVerb.Graph, GraphVerb.Open, GraphVerb.Open, GraphVerb.Open, GraphVerb.Find, GraphVerb.Create, GraphVerb.Create,
        GraphVerb.Create, GraphVerb.Relate, GraphVerb.Relate, GraphVerb.Observe, GraphVerb.Observe, GraphVerb.Observe, GraphVerb.Delete,
        GraphVerb.Delete, GraphVerb.Forget, GraphVerb.Unrelate,
    ];

    /// <summary>Programs in rank order.</summary>
    public static RandomPrograms Of(Random random)
    {
        ImmutableArray<ImmutableArray<GraphStep>> programs =
            [.. Enumerable.Range(0, random.Next(AgentsMin, AgentsMax + 1)).Select(agent => ProgramOf(random, (char)('A' + agent)))];
        return new RandomPrograms(
            new Play([Beginning], [.. programs.Select(ScriptOf)])
            {
                Aborting = [.. Enumerable.Range(0, programs.Length).Where(agent => programs[agent].Any(step => step.Verb == GraphVerb.Abort))],
            },
            string.Join('\n', programs.Select((steps, agent) => $"  {(char)('A' + agent)}: {string.Join("; ", steps)}")));
    }

    private static (string Name, string Content) Beginning => GraphWords.Graph(
        [new("Ada", "thing", "0", "1"), new("Bob", "thing"), new("C/*", "thing", "0")],
        [new("Ada", "Bob", "knows"), new("Bob", "Ada", "knows"), new("Adam", "Ada", "is a")]);

    private static ImmutableArray<GraphStep> ProgramOf(Random random, char agent)
    {
        var steps = new List<GraphStep>();
        var count = random.Next(StepsMin, StepsMax + 1);
        while (steps.Count < count)
        {
            if (random.Next(100) < UndoPercent && Undoable(steps) is { Length: > 0 } undoable)
            {
                var undone = undoable[random.Next(undoable.Length)];
                steps[undone] = steps[undone] with { IsUndoneLater = true };
                steps.Add(new GraphStep(GraphVerb.Undo, "", "", "") { Undone = undone });
            }
            else
            {
                steps.Add(StepOf(random, $"{agent}{steps.Count}"));
            }
        }

        if (random.Next(100) < AbortPercent)
        {
            steps.Add(new GraphStep(GraphVerb.Abort, "", "", ""));
        }

        return [.. steps];
    }

    private static int[] Undoable(List<GraphStep> steps) =>
    [
        .. Enumerable.Range(0, steps.Count).Where(at =>
            steps[at] is { Verb: >= GraphVerb.Create and <= GraphVerb.Unrelate, OnlyIf: null, IsUndoneLater: false }),
    ];

    private static GraphStep StepOf(Random random, string tag)
    {
        var verb = Pick(random, Verbs);
        var text = verb switch
        {
            GraphVerb.Relate or GraphVerb.Unrelate => Pick(random, Kinds),
            GraphVerb.Find => Pick(random, ["ada", "0", "other", "A1"]),
            _ => tag,
        };
        return new GraphStep(verb, Pick(random, Names), Pick(random, Names), text)
        {
            Echoes = verb is GraphVerb.Create or GraphVerb.Observe && random.Next(2) == 0,
            OnlyIf = random.Next(5) == 0 ? Pick(random, ["0", "Ada", "knows"]) : null,
        };
    }

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];

    private static AgentScript ScriptOf(ImmutableArray<GraphStep> steps)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            var made = new Move.Call?[steps.Length];
            for (var at = 0; at < steps.Length; at++)
            {
                if (steps[at].Verb == GraphVerb.Abort)
                {
                    yield return new Move.Abort();
                }
                else if (steps[at].Verb == GraphVerb.Undo)
                {
                    yield return new Move.TakeBack(made[steps[at].Undone]!);
                }
                else if (steps[at].IsMadeAfter(heard))
                {
                    yield return made[at] = steps[at].Call((GraphWords)say, heard);
                }
            }
        }
    }
}
