using CoAgent.Protocol;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Sampling;

/// <summary>Scenarios that are a little simpler than a given one, the simplest first.</summary>
internal static class ScenarioShrinker
{
    public static IEnumerable<Scenario> Shrink(Scenario scenario) =>
        WithoutPrograms(scenario).Concat(WithoutOptions(scenario)).Concat(WithoutSteps(scenario)).Concat(WithPlainerSteps(scenario));

    private static IEnumerable<Scenario> WithoutPrograms(Scenario scenario) =>
        scenario.Programs.Length <= 1
            ? []
            : scenario.Programs.Select((_, i) => scenario with { Programs = scenario.Programs.RemoveAt(i) });

    private static IEnumerable<Scenario> WithoutOptions(Scenario scenario)
    {
        Scenario[] plainer =
        [
            scenario with { FaultCount = 0 },
            scenario with { FaultCount = Math.Min(scenario.FaultCount, 1) },
            scenario with { DisturbanceCount = 0 },
            scenario with { DisturbanceCount = Math.Min(scenario.DisturbanceCount, 1) },
            scenario with { BeginsLate = false },
            scenario with { MayLeave = false },
            scenario with { NoticesMax = 0 },
            scenario with { Gate = GateMode.Reissue },
            scenario with { Irreversible = IrreversibleMode.Hold },
        ];
        return plainer.Where(plain => !plain.Equals(scenario));
    }

    private static IEnumerable<Scenario> WithoutSteps(Scenario scenario) =>
        from agent in Enumerable.Range(0, scenario.Programs.Length)
        from step in Enumerable.Range(0, scenario.Programs[agent].Steps.Length)
        where scenario.Programs[agent].Steps.Length > 1
        let shorter = WithoutStep(scenario.Programs[agent], step)
        where shorter is not null
        select scenario with { Programs = scenario.Programs.SetItem(agent, shorter) };

    /// <summary>The program without a step on which no other one depends; null when one does.</summary>
    private static AgentProgram? WithoutStep(AgentProgram program, int removed)
    {
        var rest = program.Steps.RemoveAt(removed);
        return rest.Any(step => step.Undone == removed || step.Sources.Contains(removed))
            ? null
            : program with { Steps = [.. rest.Select(step => Renumber(step, removed))] };
    }

    private static Step Renumber(Step step, int removed) => step with
    {
        Undone = step.Undone > removed ? step.Undone - 1 : step.Undone,
        Text = Renumber(step.Text, removed),
        With = Renumber(step.With, removed),
        When = step.When is { } when && when.Step > removed ? when with { Step = when.Step - 1 } : step.When,
    };

    private static string Renumber(string text, int removed) => Template.StepsIn(text).Where(step => step > removed).Order()
        .Aggregate(text, (renumbered, step) => renumbered.Replace($"${step}", $"${step - 1}", StringComparison.Ordinal));

    private static IEnumerable<Scenario> WithPlainerSteps(Scenario scenario)
    {
        for (var agent = 0; agent < scenario.Programs.Length; agent++)
        {
            var program = scenario.Programs[agent];
            if (program.Style == RepairStyle.Absorb)
            {
                yield return scenario with { Programs = scenario.Programs.SetItem(agent, program with { Style = RepairStyle.Rerun }) };
            }

            for (var i = 0; i < program.Steps.Length; i++)
            {
                foreach (var step in Plainer(program.Steps[i]))
                {
                    yield return scenario with
                    {
                        Programs = scenario.Programs.SetItem(agent, program with { Steps = program.Steps.SetItem(i, step) }),
                    };
                }
            }
        }
    }

    private static IEnumerable<Step> Plainer(Step step)
    {
        if (step.When is not null)
        {
            yield return step with { When = null };
        }

        foreach (var trait in Enum.GetValues<StepTraits>().Where(trait => trait != StepTraits.None && step.Traits.HasFlag(trait)))
        {
            yield return step with { Traits = step.Traits & ~trait };
        }

        if (step.Verb == Verb.Pair)
        {
            yield return new Step(Verb.Set, step.Target, Text: step.Text) { When = step.When, Traits = step.Traits };
            yield return new Step(Verb.Set, step.Source, Text: step.Text) { When = step.When, Traits = step.Traits };
        }

        if (step.Text.Contains('$', StringComparison.Ordinal) && step.Verb is Verb.Set or Verb.Pair or Verb.Append or Verb.Send)
        {
            yield return step with { Text = step.Text[..step.Text.IndexOf('$', StringComparison.Ordinal)] + "k" };
        }
    }
}
