using System.CommandLine;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>The command line of the benchmark of coordination.</summary>
internal static class CoordinationCommand
{
    private const int RoundsMax = 1_000;

    public static Command Create(Func<CoordinationOptions, int> run)
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter rounds; figures are rough" };
        var rounds = new Option<int?>("--rounds") { Description = $"Rounds to measure, 1 to {RoundsMax}" };
        var only = new Option<string[]>("--only")
        {
            Description = "Parts to measure, by the beginning of their names: clients, inside, writers, replay",
            AllowMultipleArgumentsPerToken = true,
        };
        var coagent = new Option<string?>("--coagent")
        {
            Description = "The coagent executable (default: published from this repository)",
        };
        var directory = new Option<string?>("--directory")
        {
            Description = "Where files and journals are made, on the disk that is measured (default: the temporary directory)",
        };
        var json = new Option<string?>("--json") { Description = "Write every figure of every round to this file" };
        rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > RoundsMax)
            {
                result.AddError($"--rounds takes a number from 1 to {RoundsMax}");
            }
        });

        var command = new Command("coordination", "Measures what coordination costs beside the plain relay")
        {
            quick, rounds, only, coagent, directory, json,
        };
        command.SetAction(parsed =>
        {
            var pace = parsed.GetValue(quick) ? CoordinationPace.Quick : CoordinationPace.Full;
            return run(new CoordinationOptions
            {
                Pace = pace with { Rounds = parsed.GetValue(rounds) ?? pace.Rounds },
                Only = parsed.GetValue(only) ?? [],
                CoAgent = parsed.GetValue(coagent),
                Directory = parsed.GetValue(directory) ?? Path.GetTempPath(),
                Json = parsed.GetValue(json),
            });
        });
        return command;
    }
}

/// <summary>What the user asked of a run.</summary>
internal sealed record CoordinationOptions
{
    public required CoordinationPace Pace { get; init; }

    /// <summary>Beginnings of the names of the parts wanted; empty for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <value>null: the proxy is published from this repository.</value>
    public required string? CoAgent { get; init; }

    /// <summary>Where files and journals are made.</summary>
    public required string Directory { get; init; }

    /// <value>null: no JSON is written.</value>
    public required string? Json { get; init; }

    public bool Wants(string part) =>
        Only.Count == 0 || Only.Any(name => part.StartsWith(name, StringComparison.Ordinal));
}

/// <summary>How long a run takes: short slices of each kind by turns, many times, so that what the machine does beside meets all alike.</summary>
/// <param name="Rounds">How often all kinds take their turn.</param>
/// <param name="Slice">How long a kind is called by a client before it is another's turn.</param>
/// <param name="SliceCalls">How many calls a slice has inside of one process.</param>
/// <param name="ReplayRounds">How often calls are replayed.</param>
/// <param name="ReplayCalls">How many calls lie above a late write.</param>
internal sealed record CoordinationPace(int Rounds, TimeSpan Slice, int SliceCalls, int ReplayRounds, int ReplayCalls)
{
    public static CoordinationPace Quick { get; } =
        new(5, TimeSpan.FromMilliseconds(60), SliceCalls: 500, ReplayRounds: 2, ReplayCalls: 1_000);

    public static CoordinationPace Full { get; } =
        new(40, TimeSpan.FromMilliseconds(150), SliceCalls: 1_000, ReplayRounds: 7, ReplayCalls: 1_000);
}
