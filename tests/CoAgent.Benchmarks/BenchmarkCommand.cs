using System.CommandLine;
using CoAgent.Benchmarks.Measuring;

namespace CoAgent.Benchmarks;

/// <summary>The command line of the benchmark.</summary>
internal static class BenchmarkCommand
{
    private const int RoundsMax = 100;

    public static RootCommand Create(Func<BenchmarkOptions, int> run, params Command[] parts)
    {
        var quick = new Option<bool>("--quick")
        {
            Description = "About half a minute instead of some minutes; figures are rough",
        };
        var rounds = new Option<int?>("--rounds") { Description = $"Rounds to measure, 1 to {RoundsMax}" };
        var only = new Option<string[]>("--only")
        {
            Description = "Rows to measure, by the beginning of their names, such as: --only floor coagent-http",
            AllowMultipleArgumentsPerToken = true,
        };
        var coagent = new Option<string?>("--coagent")
        {
            Description = "The coagent executable (default: published from this repository)",
        };
        var npm = new Option<string?>("--npm")
        {
            Description = "The folder whose node_modules holds the other proxies (default: tests/npm)",
        };
        var json = new Option<string?>("--json") { Description = "Write every figure of every round to this file" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > RoundsMax)
            {
                result.AddError($"--rounds takes a number from 1 to {RoundsMax}");
            }
        });

        var command = new RootCommand("Measures the proxy beside a bare relay, the server itself and other proxies")
        {
            quick, rounds, only, coagent, npm, json,
        };
        Array.ForEach(parts, command.Subcommands.Add);
        command.SetAction(parsed =>
        {
            var pace = parsed.GetValue(quick) ? Pace.Quick : Pace.Full;
            return run(new BenchmarkOptions
            {
                Pace = pace with { Rounds = parsed.GetValue(rounds) ?? pace.Rounds },
                Only = parsed.GetValue(only) ?? [],
                CoAgent = parsed.GetValue(coagent),
                Npm = parsed.GetValue(npm),
                Json = parsed.GetValue(json),
            });
        });
        return command;
    }
}
