using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;
using CoAgent.Trials.Support;

namespace CoAgent.EndToEnd.Tests.Catalog;

/// <summary>The daemon goes by the catalog that comes with it, with nothing said in the workspace.</summary>
public sealed class ShippedCatalogTests(NpmPackages packages) : IClassFixture<NpmPackages>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_write_to_the_memory_server_is_known_and_is_taken_back()
    {
        await using var workspace = TestWorkspace.Empty();
        var entry = TestWorkspace.Entry(packages.Node, packages.MemoryServer)[..^1]
            + $$""","env":{"MEMORY_FILE_PATH":{{JsonSerializer.Serialize(workspace.PathOf("memory.jsonl"))}} } }""";
        workspace.Configure("""{"protocol":"mtpo"}""", ("memory", entry));
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);

        var made = await client.CallAsync(
            "create_entities", """{"entities":[{"name":"Ada","entityType":"person","observations":[]}]}""", None);
        var call = made.Result.GetProperty("_meta").GetProperty("coagent/call");
        var undone = await client.CallAsync("coagent_undo", JsonSerializer.Serialize(new { calls = new[] { call.GetProperty("id").GetString() } }), None);
        var graph = await client.CallAsync("read_graph", "{}", None);

        Assert.True(call.GetProperty("reversible").GetBoolean());
        Assert.Equal(
            ["mcp:memory/entities/*", "mcp:memory/entities/Ada", "mcp:memory/graph"],
            call.GetProperty("writes").EnumerateArray().Select(one => one.GetString()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("coagent catalog", made.Text, StringComparison.Ordinal);
        Assert.Contains("taken back", undone.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", graph.FirstText, StringComparison.Ordinal);
    }
}
