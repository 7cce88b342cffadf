using CoAgent.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace CoAgent.EndToEnd.Tests;

/// <summary>The fixture that the proxy is measured with must itself be beyond doubt.</summary>
public sealed class ConformanceFixtureTests(NpmPackages packages, ITestOutputHelper output) : IClassFixture<NpmPackages>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(ConformanceSuite.Legacy, 30)]
    [InlineData(ConformanceSuite.Modern, 37)]
    public async Task The_fixture_passes_every_scored_scenario(string requirementSet, int scenarioCount)
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");

        var report = await ConformanceSuite.RunAsync(packages, fixture.Url, requirementSet, None);

        output.WriteLine(report.ToTable());
        Assert.Empty(report.Failures);
        Assert.Equal(scenarioCount, report.Scored.Count);
    }

    [Fact]
    public async Task Two_runs_against_the_same_server_come_out_alike()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");

        var first = await ConformanceSuite.RunAsync(packages, fixture.Url, ConformanceSuite.Modern, None);
        var second = await ConformanceSuite.RunAsync(packages, fixture.Url, ConformanceSuite.Modern, None);

        Assert.Empty(first.DifferencesFrom(second));
    }

    [Fact]
    public async Task A_server_that_fails_scenarios_is_seen_to_fail_them()
    {
        await using var fixture = await HttpFixture.StartAsync(None, "echo");

        var report = await ConformanceSuite.RunAsync(packages, fixture.Url, ConformanceSuite.Legacy, None);

        Assert.Contains(report.Failures, failure => failure.StartsWith("prompts-list:", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Failures, failure => failure.StartsWith("ping:", StringComparison.Ordinal));
    }
}
