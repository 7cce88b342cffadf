using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class ProfileScopeTests
{
    [Theory]
    [InlineData("mcp:memory/entities/{names[]}", "mcp:memory/entities/**")]
    [InlineData("mcp:memory/entities/*", "mcp:memory/entities/**")]
    [InlineData("mcp:memory/graph", "mcp:memory/**")]
    [InlineData("k8s:{context}/{namespace}/pods/{name}", "k8s:**")]
    [InlineData("k8s:main-{context}", "k8s:**")]
    [InlineData("file:{path|parent}/*", "file:/**")]
    [InlineData("sqlite:/db/{table}", "sqlite:/db/**")]
    [InlineData("**", "**")]
    public void An_unknown_tool_may_touch_all_that_lies_below_what_is_written_out(string entry, string scope) =>
        Assert.Equal([scope], ProfileScope.Of([Writing(entry)]).Select(static pattern => $"{pattern}"));

    [Fact]
    public void Captured_state_is_part_of_it_and_what_lies_in_another_entry_is_not_said_twice() => Assert.Equal(
        ["file:/**", "mcp:memory/**"],
        ProfileScope.Of([Writing("mcp:memory/graph"), Writing("mcp:memory/entities/{x}"), Writing("mcp:memory/x") with { State = "files" }])
            .Select(static pattern => $"{pattern}"));

    private static ToolManifest Writing(string entry) => new()
    {
        Tool = "t", Effect = ToolEffect.Write, Writes = [new FootprintEntry(TextTemplate.Parse(entry), When: null)],
    };
}
