using System.Globalization;
using System.Text;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>One check of a scenario and how it came out.</summary>
internal sealed record ConformanceCheck(string Id, string Status, string? Message)
{
    public override string ToString() => $"{Id}={Status}";
}

/// <summary>One scenario of the official suite: its checks, in order.</summary>
internal sealed record ScenarioResult(string Name, bool IsScored, IReadOnlyList<ConformanceCheck> Checks)
{
    /// <summary>As the suite counts: no check failed, and there was one.</summary>
    public bool Passed => Checks.Count > 0 && Checks.All(check => check.Status != "FAILURE");

    /// <summary>The checks as one text, to compare two runs by.</summary>
    public string Signature => string.Join(", ", Checks);
}

/// <summary>What the official suite says of one server, for one requirement set.</summary>
internal sealed record ConformanceReport(
    string RequirementSet, IReadOnlyList<ScenarioResult> Scenarios, TimeSpan Duration)
{
    public IReadOnlyList<ScenarioResult> Scored => [.. Scenarios.Where(scenario => scenario.IsScored)];

    /// <summary>The scored scenarios that did not pass, each with the checks that failed.</summary>
    public IReadOnlyList<string> Failures =>
    [
        .. Scored.Where(scenario => !scenario.Passed).Select(scenario =>
            $"{scenario.Name}: " + string.Join("; ", scenario.Checks
                .Where(check => check.Status == "FAILURE")
                .Select(check => $"{check.Id}: {check.Message}"))),
    ];

    /// <summary>Where another run, through a proxy say, differs from this one; scenarios that are not scored too.</summary>
    public IReadOnlyList<string> DifferencesFrom(ConformanceReport other)
    {
        var theirs = other.Scenarios.ToDictionary(scenario => scenario.Name, scenario => scenario.Signature);
        return
        [
            .. Scenarios
                .Where(scenario => theirs.GetValueOrDefault(scenario.Name) != scenario.Signature)
                .Select(scenario =>
                    $"{scenario.Name}: {scenario.Signature} | {theirs.GetValueOrDefault(scenario.Name, "(did not run)")}"),
            .. theirs.Keys.Except(Scenarios.Select(scenario => scenario.Name)).Select(name => $"{name}: (did not run here)"),
        ];
    }

    /// <summary>One line a scenario, and the sum.</summary>
    public string ToTable()
    {
        var table = new StringBuilder();
        foreach (var scenario in Scenarios)
        {
            var passed = scenario.Checks.Count(check => check.Status == "SUCCESS");
            var failed = scenario.Checks.Count(check => check.Status == "FAILURE");
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"{(scenario.Passed ? "pass" : "FAIL")}  {(scenario.IsScored ? "scored" : "      ")}  {scenario.Name,-48} {passed,3} {failed,3}");
        }

        return table.AppendLine(
            CultureInfo.InvariantCulture,
            $"{RequirementSet}: {Scored.Count(scenario => scenario.Passed)} of {Scored.Count} scored scenarios pass, {Duration.TotalSeconds:F1} s")
            .ToString();
    }
}
