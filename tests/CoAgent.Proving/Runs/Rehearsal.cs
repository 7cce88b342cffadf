using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <summary>A run in an order that a test writes down, checked after every step as all runs are.</summary>
/// <param name="scenario">The scenario's line; see <see cref="ScenarioText"/>.</param>
/// <param name="options">What is tried.</param>
internal sealed class Rehearsal(string scenario, ProofOptions options)
{
    /// <summary>The run.</summary>
    public Run Run { get; } = new(ScenarioText.Read(scenario), options);

    /// <summary>Each of the agents in turn makes its next move, and all that follows from it comes to its end.</summary>
    /// <param name="agents">The agents by rank; one may come several times.</param>
    public Rehearsal Let(params ReadOnlySpan<int> agents)
    {
        foreach (var agent in agents)
        {
            Begin(agent);
            Deliver();
        }

        return this;
    }

    /// <summary>An agent makes its next move; what follows from it stays on its way.</summary>
    /// <param name="agent">The agent's rank.</param>
    public Rehearsal Begin(int agent)
    {
        Run.Take(new Choice.Act(agent - 1), isChecked: true);
        return this;
    }

    /// <summary>All that is on its way comes to its end.</summary>
    public Rehearsal Deliver()
    {
        while (Run.Out.Count > 0)
        {
            Run.Take(new Choice.End(Run.Out[0].Id, Ending.Normal), isChecked: true);
        }

        return this;
    }

    /// <summary>The agents go on to the end, the lowest rank first as far as it can.</summary>
    public Rehearsal Finish()
    {
        while (!Run.IsOver)
        {
            var next = Run.Choices().Find(choice => choice.IsProgress)
                ?? throw new ProofException("liveness", "nobody can do anything, and not everybody is done");
            Run.Take(next, isChecked: true);
        }

        return this;
    }

    /// <summary>What an object holds; null when it is not there.</summary>
    public string? this[string place] => Run.World.Live[Place.Named(place).Index];
}
