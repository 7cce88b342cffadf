using CoAgent.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace CoAgent.EndToEnd.Tests;

/// <summary>The official suite cannot tell the proxy from the server behind it.</summary>
public sealed class ProxyConformanceTests(NpmPackages packages, ITestOutputHelper output) : IClassFixture<NpmPackages>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(ConformanceSuite.Legacy, 30)]
    [InlineData(ConformanceSuite.Modern, 37)]
    public async Task A_server_scores_the_same_behind_the_proxy_as_without_it(string requirementSet, int scenarioCount)
    {
        await using var fixture = await HttpFixture.StartAsync(None, "conformance");
        await using var behindStdio = await ServedWorkspace.StartAsync(
            None, ServedWorkspace.Server.Stdio("fixture", "conformance"));
        await using var behindHttp = await ServedWorkspace.StartAsync(
            None, ServedWorkspace.Server.Http("fixture", fixture.Url));

        var direct = await ConformanceSuite.RunAsync(packages, fixture.Url, requirementSet, None);
        var overStdio = await ConformanceSuite.RunAsync(packages, behindStdio.Url, requirementSet, None);
        var overHttp = await ConformanceSuite.RunAsync(packages, behindHttp.Url, requirementSet, None);

        output.WriteLine($"direct\n{direct.ToTable()}\nHTTP to stdio\n{overStdio.ToTable()}\nHTTP to HTTP\n{overHttp.ToTable()}");
        Assert.Equal(scenarioCount, direct.Scored.Count);
        AssertNone(overStdio.Failures);
        AssertNone(overHttp.Failures);
        AssertNone(overStdio.DifferencesFrom(direct));
        AssertNone(overHttp.DifferencesFrom(direct));
    }

    private static void AssertNone(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join('\n', faults));
}
