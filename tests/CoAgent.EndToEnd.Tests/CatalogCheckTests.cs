using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary><c>coagent catalog check</c>: what keeps the laws is trusted, what breaks one is put aside with the evidence.</summary>
public sealed class CatalogCheckTests
{
    private const string Writes = "    - \"mcp:ledger/entries/{name}\"\n    - \"mcp:ledger/entries/*\"\n";
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_right_manifest_is_verified_for_the_tool_as_its_server_lists_it()
    {
        await using var workspace = Ledger(("put", Manifest("put")));

        var check = await workspace.RunAsync(["catalog", "check"], None);
        var list = await workspace.RunAsync(["catalog", "list", "--all"], None);

        Assert.Equal((0, ""), (check.ExitCode, check.Error));
        Snapshot.Matches("catalog-check", check.Output);
        Assert.Contains("verified", list.Output, StringComparison.Ordinal);
        var entry = Lock(workspace).GetProperty("ledger/put");
        Assert.Equal("ledger 1.0.0", Assert.Single(entry.GetProperty("definitions").EnumerateObject()).Value.GetProperty("server").GetString());
        Assert.Equal(8, entry.GetProperty("evidence").GetProperty("laws").GetArrayLength());
    }

    [Theory]
    [InlineData("put", "before.nothing", "undo")] // A wrong inverse: what was there before is dropped.
    [InlineData("put_noted", "before.value", "footprint")]
    [InlineData("put_numbered", "before.value", "replay")]
    public async Task A_wrong_manifest_is_put_aside_with_the_evidence(string tool, string condition, string law)
    {
        await using var workspace = Ledger((tool, Manifest(tool, condition)));

        var check = await workspace.RunAsync(["catalog", "check", $"ledger/{tool}", "--json"], None);

        Assert.Equal(1, check.ExitCode);
        Assert.Equal("broken", Assert.Single(check.Json.EnumerateArray()).GetProperty("verdict").GetString(), ignoreCase: true);
        Assert.False(File.Exists(workspace.PathOf("tools-catalog", "ledger", $"{tool}.yaml")));
        Assert.True(File.Exists(workspace.PathOf("tools-catalog", "_quarantine", "ledger", $"{tool}.yaml")));
        var evidence = JsonElement.Parse(await File.ReadAllTextAsync(workspace.PathOf("tools-catalog", "_quarantine", "ledger", $"{tool}.evidence.json")));
        Assert.Contains(evidence.GetProperty("laws").EnumerateArray(), result =>
            result.GetProperty("law").GetString() == law && result.GetProperty("outcome").GetString() == "broken");
    }

    [Fact]
    public async Task What_is_found_changes_nothing_where_that_is_asked_for()
    {
        await using var workspace = Ledger(("put_noted", Manifest("put_noted")));

        Assert.Equal(1, (await workspace.RunAsync(["catalog", "check", "--keep"], None)).ExitCode);

        Assert.True(File.Exists(workspace.PathOf("tools-catalog", "ledger", "put_noted.yaml")));
        Assert.False(File.Exists(workspace.PathOf("tools-catalog", "catalog.lock")));
    }

    [Fact]
    public async Task A_manifest_without_examples_stays_a_draft_and_is_told_so()
    {
        var manifest = Manifest("put");
        await using var workspace = Ledger(("put", manifest[..manifest.IndexOf("examples:", StringComparison.Ordinal)]));

        var check = await workspace.RunAsync(["catalog", "check", "ledger"], None);

        Assert.Equal(0, check.ExitCode);
        Assert.Contains("not tried", check.Output, StringComparison.Ordinal);
        Assert.Contains("add one to its manifest", check.Output, StringComparison.Ordinal);
    }

    private static JsonElement Lock(TestWorkspace workspace) =>
        JsonElement.Parse(File.ReadAllText(workspace.PathOf("tools-catalog", "catalog.lock"))).GetProperty("tools");

    private static TestWorkspace Ledger(params (string Tool, string Manifest)[] manifests)
    {
        var workspace = TestWorkspace.With();
        Directory.CreateDirectory(workspace.PathOf("tools-catalog", "ledger"));
        workspace.Write(
            "tools-catalog/ledger/profile.yaml",
            $$"""
            profile: ledger
            servers: [ledger]
            start: [dotnet, "{{Repository.FixtureAssembly}}", ledger, --store, "{root}/ledger.json"]
            state:
              - call: all

            """);
        foreach (var (tool, manifest) in manifests)
        {
            workspace.Write($"tools-catalog/ledger/{tool}.yaml", manifest);
        }

        return workspace;
    }

    private static string Manifest(string tool, string before = "before.value") =>
        $$$"""
        tool: {{{tool}}}
        effect: write
        write: blind
        footprint:
          writes:
        {{{Writes}}}prepare:
          - call: { tool: get, arguments: { name: "{name}" } }
            save: before
        reverse:
          guard:
            - call: { tool: get, arguments: { name: "{name}" } }
          steps:
            - call: { tool: put, arguments: { name: "{name}", value: "{before.value?}" } }
              when: "{{{{before}}}}"
            - call: { tool: drop, arguments: { name: "{name}" } }
              when: "!{{{{before}}}}"
        examples:
          - name: one that is not there
            arguments: { name: Bob, value: "2" }
          - name: one that is there
            setup:
              - call: { tool: put, arguments: { name: Alice, value: "1" } }
            arguments: { name: Alice, value: "2" }

        """;
}
