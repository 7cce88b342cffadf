using CoAgent.Trials.Anomalies;
using CoAgent.Trials.Plays;
using CoAgent.Trials.Support;

namespace CoAgent.Trials;

/// <summary>Trials of the real program over MCP that take longer than a test may, and single ones to look at.</summary>
internal static class TrialsCommand
{
    private const string Usage = """
        coagent-trials matrix [--row ID] [--server workspace|filesystem] [--protocol none|mtpo] [--orders N] [--seed N]
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length % 2 == 0)
        {
            return TellUsage();
        }

        var options = args.Skip(1).Chunk(2).ToDictionary(pair => pair[0].TrimStart('-'), pair => pair[1]);
        return args[0] switch
        {
            "matrix" => await PlayMatrixAsync(options),
            _ => TellUsage(),
        };
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
            foreach (var server in row.Servers.Where(server => IsWanted(options, "server", $"{server}")))
            {
                foreach (var protocol in Matrix.Protocols.Where(protocol => IsWanted(options, "protocol", protocol)))
                {
                    Console.WriteLine(await matrix.PlayAsync(row, server, protocol, CancellationToken.None));
                }
            }
        }

        return matrix.Results.Any(result => result is { Protocol: not "none", Failure: not null }) ? 1 : 0;
    }

    private static bool IsWanted(Dictionary<string, string> options, string option, string value) =>
        !options.TryGetValue(option, out var wanted) || value.Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
