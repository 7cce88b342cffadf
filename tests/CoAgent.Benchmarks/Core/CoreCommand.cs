using System.CommandLine;

namespace CoAgent.Benchmarks.Core;

/// <summary>The command line of the protocol's own benchmark.</summary>
internal static class CoreCommand
{
    private const int RoundsMax = 100;

    public static Command Create(Func<CoreOptions, int> run)
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter rounds; figures are rough" };
        var rounds = new Option<int?>("--rounds") { Description = $"Rounds to measure, 1 to {RoundsMax}" };
        var only = new Option<string[]>("--only")
        {
            Description = "Parts to measure, by the beginning of their names: steps, late, memory",
            AllowMultipleArgumentsPerToken = true,
        };
        var json = new Option<string?>("--json") { Description = "Write every figure of every round to this file" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > RoundsMax)
            {
                result.AddError($"--rounds takes a number from 1 to {RoundsMax}");
            }
        });

        var command = new Command("core", "Measures the protocol alone: its steps, late work, memory")
        {
            quick, rounds, only, json,
        };
        command.SetAction(parsed =>
        {
            var pace = parsed.GetValue(quick) ? CorePace.Quick : CorePace.Full;
            return run(new CoreOptions
            {
                Pace = pace with { Rounds = parsed.GetValue(rounds) ?? pace.Rounds },
                Only = parsed.GetValue(only) ?? [],
                Json = parsed.GetValue(json),
            });
        });
        return command;
    }
}
