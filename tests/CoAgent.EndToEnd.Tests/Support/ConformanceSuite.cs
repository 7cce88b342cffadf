using System.Text.Json;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>The official conformance suite, run against a URL.</summary>
internal static class ConformanceSuite
{
    public const string Legacy = "2025-11-25";
    public const string Modern = "2026-07-28";

    private const string ResultPrefix = "server-";

    // Each result folder ends with the time of its run: -2026-01-31T23-59-59-999Z.
    private const int ResultTimeLength = 25;

    public static async Task<ConformanceReport> RunAsync(
        NpmPackages packages, Uri url, string requirementSet, CancellationToken cancellationToken)
    {
        var results = Directory.CreateTempSubdirectory("coagent-conformance-");
        try
        {
            var clock = TimeProvider.System;
            var started = clock.GetTimestamp();
            await using var suite = TestProcess.Start(
                packages.Node,
                [
                    packages.ConformanceSuite, "server", "--url", url.ToString(),
                    "--requirements", requirementSet, "--output-dir", results.FullName,
                ],
                results.FullName);
            suite.CloseInput();
            var draining = suite.Output.CopyToAsync(Stream.Null, cancellationToken);
            await suite.WaitForExitAsync(cancellationToken);
            await draining.WithinAsync("the suite's output", cancellationToken);
            var scored = ReadScored(packages.ConformanceRequirements(requirementSet));
            var scenarios = ReadResults(results, scored);
            return new ConformanceReport(requirementSet, AddMissing(scenarios, scored), clock.GetElapsedTime(started));
        }
        finally
        {
            results.Delete(recursive: true);
        }
    }

    // The names under "server:", up to the next key.
    private static List<string> ReadScored(string requirements) =>
    [
        .. File.ReadLines(requirements)
            .SkipWhile(line => line != "server:")
            .Skip(1)
            .TakeWhile(line => line.Length == 0 || line.StartsWith("  - ", StringComparison.Ordinal))
            .Where(line => line.Length > 0)
            .Select(line => line["  - ".Length..].Trim()),
    ];

    private static List<ScenarioResult> ReadResults(DirectoryInfo results, List<string> scored) =>
    [
        .. results.EnumerateDirectories(ResultPrefix + "*")
            .Select(folder =>
            {
                var name = folder.Name[ResultPrefix.Length..^ResultTimeLength];
                var checks = ReadChecks(Path.Combine(folder.FullName, "checks.json"));
                return new ScenarioResult(name, scored.Contains(name), checks);
            })
            .OrderBy(scenario => scenario.IsScored ? scored.IndexOf(scenario.Name) : int.MaxValue)
            .ThenBy(scenario => scenario.Name, StringComparer.Ordinal),
    ];

    // A scenario that broke down leaves no result; it has not passed.
    private static List<ScenarioResult> AddMissing(List<ScenarioResult> scenarios, List<string> scored) =>
    [
        .. scenarios,
        .. scored.Except(scenarios.Select(scenario => scenario.Name))
            .Select(name => new ScenarioResult(name, IsScored: true, [])),
    ];

    private static List<ConformanceCheck> ReadChecks(string file)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        using var checks = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. checks.RootElement.EnumerateArray().Select(check => new ConformanceCheck(
                check.GetProperty("id").GetString()!,
                check.GetProperty("status").GetString()!,
                check.TryGetProperty("errorMessage", out var message) ? message.GetString() : null)),
        ];
    }
}
