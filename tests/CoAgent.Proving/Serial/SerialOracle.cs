using System.Collections.Immutable;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Serial;

/// <summary>Runs the programs of a scenario one after the other, in rank order: what every run has to be like in the end.</summary>
internal static class SerialOracle
{
    /// <summary>The end of the serial run.</summary>
    public static SerialEnd Run(Scenario scenario)
    {
        var contents = Place.InitialContents();
        var answers = ImmutableArray.CreateBuilder<ImmutableArray<string?>>();
        foreach (var program in scenario.Programs)
        {
            var before = (string?[])contents.Clone();
            answers.Add([.. Run(program, contents)]);
            if (program.Steps.Any(step => step.Verb == Verb.Abort))
            {
                before[Place.Outbox.Index] = contents[Place.Outbox.Index];
                contents = before;
            }
        }

        return new SerialEnd([.. contents], answers.ToImmutable());
    }

    private static string?[] Run(AgentProgram program, string?[] contents)
    {
        var answers = new string?[program.Steps.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            var step = program.Steps[i];
            if (step.IsCall && !program.IsUndoneLater(i) && (step.When?.Holds(answers) ?? true))
            {
                answers[i] = step.Bind(answers).Run(contents).Text;
            }
        }

        return answers;
    }
}

/// <summary>How a serial run ends.</summary>
/// <param name="Contents">What the objects hold.</param>
/// <param name="Answers">For each agent what its steps were answered; null for what it did not do.</param>
internal sealed record SerialEnd(ImmutableArray<string?> Contents, ImmutableArray<ImmutableArray<string?>> Answers);
