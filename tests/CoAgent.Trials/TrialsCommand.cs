using CoAgent.Trials.Anomalies;
using CoAgent.Trials.Commands;
using CoAgent.Trials.Commands.Hostile;
using CoAgent.Trials.Commands.Growth;
using CoAgent.Trials.Differential;
using CoAgent.Trials.Drills;
using CoAgent.Trials.Load;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials;

/// <summary>Trials of the real program over MCP that take longer than a test may, and single ones to look at.</summary>
internal static class TrialsCommand
{
    private const string Usage = """
        coagent-trials matrix [--row ID] [--server workspace|filesystem|bash] [--protocol none|mtpo] [--orders N] [--seed N]
        coagent-trials differential [--seeds N] [--seed FIRST] [--protocol none|mtpo|serially] [--server workspace|filesystem|memory|bash]
        coagent-trials drills [--count N] [--seed FIRST] [--protocol none|mtpo] [--verify true|false]
        coagent-trials load [--agents N] [--objects N] [--minutes M]
        coagent-trials commands [--category C] [--line N] [--every N] [--workers N] [--no-rules] [--json] [--verbose]
        coagent-trials hostile [--file escapes|loads] [--line N] [--json]
        coagent-trials stream [--tasks N] [--verbose]
        coagent-trials fuzz [--count N] [--seed N] [--json] [--verbose]
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length == 0 || OptionsOf(args.AsSpan(1)) is not { } options)
        {
            return TellUsage();
        }

        return args[0] switch
        {
            "commands" => await CommandsMode.RunAsync(options),
            "fuzz" => await HostileMode.RunAsync(options, isFuzzing: true),
            "hostile" => await HostileMode.RunAsync(options, isFuzzing: false),
            "differential" => await CompareAsync(options),
            "drills" => await DrillAsync(options),
            "load" => await LoadAsync(options),
            "stream" => await StreamMode.RunAsync(options),
            "matrix" => await PlayMatrixAsync(options),
            _ => TellUsage(),
        };
    }

    // An option is a name and a value, or a name alone before another one or at the end; null where a value stands alone.
    private static Dictionary<string, string>? OptionsOf(ReadOnlySpan<string> words)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = 0; at < words.Length; at++)
        {
            if (!words[at].StartsWith("--", StringComparison.Ordinal))
            {
                return null;
            }

            var hasValue = at + 1 < words.Length && !words[at + 1].StartsWith("--", StringComparison.Ordinal);
            options[words[at][2..]] = hasValue ? words[at + 1] : "true";
            at += hasValue ? 1 : 0;
        }

        return options;
    }

    private static int TellUsage()
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    private static async Task<int> PlayMatrixAsync(Dictionary<string, string> options)
    {
        var npm = await NpmFolder.OpenAsync();
        await using var matrix = new Matrix(npm)
        {
            OrderCount = int.Parse(options.GetValueOrDefault("orders", "2")),
            Seed = int.Parse(options.GetValueOrDefault("seed", "1")),
        };
        foreach (var row in Matrix.Rows.Where(row => row.Id.StartsWith(options.GetValueOrDefault("row", ""), StringComparison.Ordinal)))
        {
            foreach (var server in ServersOf(options).Where(row.IsPlayedOn))
            {
                foreach (var protocol in Matrix.Protocols.Where(protocol => IsWanted(options, "protocol", protocol)))
                {
                    Console.WriteLine(await matrix.PlayAsync(row, server, protocol, CancellationToken.None));
                }
            }
        }

        return matrix.Results.Any(result => result is { Protocol: not "none", Failure: not null }) ? 1 : 0;
    }

    private static async Task<int> CompareAsync(Dictionary<string, string> options)
    {
        var campaign = new Campaign(await NpmFolder.OpenAsync())
        {
            Protocol = options.GetValueOrDefault("protocol", "mtpo"),
            Server = Enum.Parse<StageServer>(options.GetValueOrDefault("server", "workspace"), ignoreCase: true),
            FirstSeed = int.Parse(options.GetValueOrDefault("seed", "1")),
            SeedCount = int.Parse(options.GetValueOrDefault("seeds", "100")),
        };
        await foreach (var failure in campaign.FailuresAsync(CancellationToken.None))
        {
            Console.WriteLine(failure);
        }

        Console.WriteLine(campaign.Summary);
        return campaign.FailureCount == 0 ? 0 : 1;
    }

    private static async Task<int> DrillAsync(Dictionary<string, string> options)
    {
        var npm = await NpmFolder.OpenAsync();
        var (first, count) = (int.Parse(options.GetValueOrDefault("seed", "1")), int.Parse(options.GetValueOrDefault("count", "200")));
        var failureCount = 0;
        for (var seed = first; seed < first + count; seed++)
        {
            var drill = new KillDrill((StageServer)(seed % 2), npm, seed)
            {
                Protocol = options.GetValueOrDefault("protocol", "mtpo"),
                IsVerifying = bool.Parse(options.GetValueOrDefault("verify", "true")),
            };
            var failure = await drill.FailureAsync(CancellationToken.None);
            failureCount += failure is null ? 0 : 1;
            Console.WriteLine($"{(failure is null ? '✓' : '✗')} drill {seed}: killed {string.Join(", ", drill.Killed)}; told {drill.Told}  {failure}");
        }

        Console.WriteLine($"{count} drills from seed {first}: {failureCount} do not add up");
        return failureCount == 0 ? 0 : 1;
    }

    private static async Task<int> LoadAsync(Dictionary<string, string> options)
    {
        var load = new LoadRun(
            await NpmFolder.OpenAsync(),
            int.Parse(options.GetValueOrDefault("agents", "64")),
            int.Parse(options.GetValueOrDefault("objects", "10000")),
            TimeSpan.FromMinutes(double.Parse(options.GetValueOrDefault("minutes", "30"))));
        var failure = await load.RunAsync(Console.Out, CancellationToken.None);
        Console.WriteLine(failure ?? "no notice was lost, the files are those of the serial order, memory is flat");
        return failure is null ? 0 : 1;
    }

    private static StageServer[] ServersOf(Dictionary<string, string> options) => options.TryGetValue("server", out var wanted)
        ? [Enum.Parse<StageServer>(wanted, ignoreCase: true)]
        : [StageServer.Workspace, StageServer.Filesystem];

    private static bool IsWanted(Dictionary<string, string> options, string option, string value) =>
        !options.TryGetValue(option, out var wanted) || value.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
