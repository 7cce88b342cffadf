using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Sampling;

/// <summary>Makes scenarios up.</summary>
/// <param name="AgentsMin">The fewest agents.</param>
/// <param name="AgentsMax">The most agents.</param>
internal sealed record ScenarioSource(int AgentsMin = 2, int AgentsMax = 8)
{
    private const string Letters = "abcdefghijklmnop";

    private static readonly ImmutableArray<Verb> Verbs =
    [
        Verb.Read, Verb.Read, Verb.Read, Verb.List, Verb.Set, Verb.Set, Verb.Pair, Verb.Delete, Verb.Append, Verb.Append,
        Verb.Edit, Verb.Half, Verb.Copy, Verb.Copy, Verb.Move, Verb.Send, Verb.Mail, Verb.Undo,
    ];

    /// <summary>The scenario of a seed.</summary>
    public Scenario Make(Random random)
    {
        // Many agents with many steps each spread over the objects; few meet the more often.
        var agentCount = random.Next(AgentsMin, AgentsMax + 1);
        var places = Place.All.Where(place => place != Place.Outbox).OrderBy(_ => random.Next()).Take(random.Next(2, 5)).ToArray();
        var gate = random.Next(6) switch { 0 => GateMode.Acknowledge, 1 => GateMode.Off, _ => GateMode.Reissue };
        var programs = Enumerable.Range(0, agentCount).Select(agent => Program(random, places, agent));
        var irreversible = random.Next(3) == 0 ? IrreversibleMode.Defer : IrreversibleMode.Hold;
        // Who is only told that more has changed cannot know from it whether its deferred mail has gone.
        var noticesMax = random.Next(8) == 0 && irreversible == IrreversibleMode.Hold ? random.Next(1, 4) : 0;
        return new Scenario([.. programs])
        {
            Gate = gate,
            Irreversible = irreversible,
            FaultCount = random.Next(3) == 0 ? random.Next(1, 4) : 0,
            DisturbanceCount = random.Next(4) == 0 ? random.Next(1, 4) : 0,
            BeginsLate = random.Next(4) == 0,
            MayLeave = random.Next(4) == 0,
            NoticesMax = noticesMax,
        };
    }

    /// <summary>Who aborts sends nothing: mail cannot be called back.</summary>
    private static AgentProgram Program(Random random, Place[] places, int agent)
    {
        var steps = new List<Step>();
        var length = random.Next(1, 7);
        var isAborting = random.Next(12) == 0;
        for (var i = 0; i < length; i++)
        {
            steps.Add(MakeStep(random, places, steps, $"{Letters[agent]}{i}", !isAborting));
        }

        if (isAborting)
        {
            steps.Add(new Step(Verb.Abort));
        }

        return new AgentProgram([.. steps], random.Next(2) == 0 ? RepairStyle.Absorb : RepairStyle.Rerun);
    }

    private static Step MakeStep(Random random, Place[] places, List<Step> earlier, string mark, bool maySend)
    {
        var verb = Verbs[random.Next(Verbs.Length)];
        var step = verb switch
        {
            Verb.Undo => Undo(random, earlier),
            Verb.Move => Move(random, places),
            Verb.Mail or Verb.Send when !maySend => null,
            Verb.Delete => Delete(random, places),
            _ => Plain(random, verb, places, earlier, mark),
        };
        step ??= new Step(Verb.Read, places[random.Next(places.Length)]);
        if (!step.IsCall)
        {
            return step;
        }

        step = step with { Traits = Traits(random, step) };
        var sources = Sources(earlier);
        return sources.Length > 0 && random.Next(5) == 0
            ? step with { When = new Condition(sources[random.Next(sources.Length)], $"{"abx0"[random.Next(4)]}", random.Next(2) == 0) }
            : step;
    }

    private static Step Plain(Random random, Verb verb, Place[] places, List<Step> earlier, string mark)
    {
        var (target, source) = (places[random.Next(places.Length)], places[random.Next(places.Length)]);
        var text = Text(random, earlier, mark);
        return verb switch
        {
            Verb.List => new Step(verb, Directory: target.Directory),
            Verb.Set or Verb.Append => new Step(verb, target, Text: text),
            Verb.Pair => source == target ? new Step(Verb.Set, target, Text: text) : new Step(verb, target, source, Text: text),
            Verb.Edit or Verb.Half => new Step(verb, target, Text: $"{"abx0"[random.Next(4)]}", With: text),
            Verb.Copy => source == target ? new Step(Verb.Read, target) : new Step(verb, target, source),
            Verb.Send => new Step(verb, Place.Outbox, Text: text),
            Verb.Mail => new Step(verb, Place.Outbox, source),
            _ => new Step(verb, target),
        };
    }

    private static Step? Delete(Random random, Place[] places)
    {
        var files = places.Where(place => !place.IsCell).ToArray();
        return files.Length == 0 ? null : new Step(Verb.Delete, files[random.Next(files.Length)]);
    }

    private static Step? Move(Random random, Place[] places)
    {
        var files = places.Where(place => !place.IsCell).ToArray();
        return files.Length < 2 ? null : new Step(Verb.Move, files[0], files[1]) is var step && random.Next(2) == 0
            ? step
            : new Step(Verb.Move, files[1], files[0]);
    }

    /// <summary>An undo of a write that no later step depends on; mail that was sent in between could not be called back.</summary>
    private static Step? Undo(Random random, List<Step> earlier)
    {
        var undone = Enumerable.Range(0, earlier.Count).Where(i =>
            earlier[i] is { IsCall: true, IsRead: false, IsIrreversible: false }
            && !earlier.Exists(step => step.Undone == i || step.Sources.Contains(i))
            && !earlier.Skip(i).Any(step => step.IsIrreversible)).ToArray();
        return undone.Length == 0 ? null : new Step(Verb.Undo, Undone: undone[random.Next(undone.Length)]);
    }

    private static string Text(Random random, List<Step> earlier, string mark)
    {
        var sources = Sources(earlier);
        return sources.Length > 0 && random.Next(2) == 0 ? $"{mark}${sources[random.Next(sources.Length)]}" : mark;
    }

    /// <summary>The steps whose answers may be used: those that are not taken back and that have an answer.</summary>
    private static int[] Sources(List<Step> earlier) =>
        [.. Enumerable.Range(0, earlier.Count).Where(i =>
            earlier[i] is { IsCall: true, IsIrreversible: false } && !earlier.Exists(step => step.Undone == i))];

    private static StepTraits Traits(Random random, Step step)
    {
        var traits = step.IsRead
            ? Sometimes(random, 4, StepTraits.Rewind) | Sometimes(random, 6, StepTraits.NoReread)
            : Sometimes(random, step.IsIrreversible ? int.MaxValue : 3, StepTraits.Tells) | Sometimes(random, 8, StepTraits.NoReplay)
                | Sometimes(random, 6, StepTraits.Fragile) | Sometimes(random, 3, StepTraits.Probe);
        return traits | Sometimes(random, 4, StepTraits.Ahead);
    }

    private static StepTraits Sometimes(Random random, int oneIn, StepTraits traits) =>
        random.Next(oneIn) == 0 ? traits : StepTraits.None;
}
