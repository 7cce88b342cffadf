using CoAgent.Proving.Agents;
using CoAgent.Proving.Runs;
using CoAgent.Proving.Serial;

namespace CoAgent.Proving.Sampling;

/// <summary>One run of a scenario in an order that a seed decides.</summary>
internal static class SampledRun
{
    /// <summary>Runs to the end.</summary>
    /// <returns>What is wrong with the run, and how many choices it took.</returns>
    public static (Violation? Violation, int ChoiceCount) Take(Scenario scenario, int seed, ProofOptions options)
    {
        var schedule = new List<int>();
        try
        {
            return (Walk(scenario, new Random(seed), options, schedule), schedule.Count);
        }
        catch (Exception exception) when (Violation.Of(exception, scenario, schedule) is not null)
        {
            return (Violation.Of(exception, scenario, schedule), schedule.Count);
        }
    }

    private static Violation? Walk(Scenario scenario, Random random, ProofOptions options, List<int> schedule)
    {
        var run = new Run(scenario, options, SerialOracle.Run(scenario));
        while (!run.IsOver)
        {
            var choices = run.Choices();
            if (!choices.Exists(choice => choice.IsProgress))
            {
                return new Violation(scenario, schedule, "liveness", "nobody can do anything, and not everybody is done");
            }

            if (schedule.Count >= options.ChoicesMax)
            {
                return new Violation(scenario, schedule, "liveness", $"it goes on after {schedule.Count} choices");
            }

            schedule.Add(Pick(choices, random));
            run.Take(choices[schedule[^1]], isChecked: true);
        }

        return null;
    }

    /// <summary>Faults and disturbances are many among the choices and rare in a run.</summary>
    private static int Pick(List<Choice> choices, Random random)
    {
        if (random.Next(8) == 0)
        {
            return random.Next(choices.Count);
        }

        var progress = choices.Count(choice => choice.IsProgress);
        var pick = random.Next(progress);
        return choices.FindIndex(choice => choice.IsProgress && pick-- == 0);
    }
}
