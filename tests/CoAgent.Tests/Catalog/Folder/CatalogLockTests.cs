using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class CatalogLockTests
{
    private static readonly LockedDefinition s_definition = new(
        ToolDefinition.Of(JsonElement.Parse("""{"name":"a","description":"A.","inputSchema":{"type":"object","properties":{"x":{}}}}""")), "memory-server 0.6.3");

    [Fact]
    public void A_lock_is_one_sorted_fact_a_line() => Snapshot.Matches("catalog-lock", Lock().ToText());

    [Fact]
    public void What_was_written_is_read_again()
    {
        var read = Read(Lock().ToText());

        Assert.Equal(Lock().ToText(), read.ToText());
        Assert.Equal(["m/a", "m/b", "n/a"], read.Entries.Keys.Select(static name => $"{name}"));
        Assert.True(read.Entries[new CatalogName("m", "a")].IsFor(s_definition.Definition.Digest));
        Assert.Equal("overlay", read.Entries[new CatalogName("m", "b")].Evidence?.GetProperty("sandbox").GetString());
    }

    [Fact]
    public void Two_branches_that_each_add_a_tool_merge_by_lines()
    {
        var merged = Lock().ToText().Replace("    \"n/a\"", "    \"m/c\": { \"manifest\": \"00000000000000000000000000000001\", \"trust\": \"draft\" },\n    \"n/a\"", StringComparison.Ordinal);

        Assert.Equal(4, Read(merged).Entries.Count);
    }

    [Fact]
    public void A_comma_that_a_merge_has_left_is_no_fault() =>
        Assert.Single(Read("""{"version":1,"tools":{"m/a":{"manifest":"00000000000000000000000000000001","trust":"approved",},},}""").Entries);

    [Theory]
    [InlineData("<<<<<<< ours\n{}", "line 1 is not JSON; settle the merge")]
    [InlineData("{\"version\":2,\"tools\":{}}", "written by another version")]
    [InlineData("{\"version\":1,\"tools\":{\"ma\":{}}}", "\"ma\" is no name such as profile/tool")]
    [InlineData("{\"version\":1,\"tools\":{\"m/a\":{\"manifest\":\"1\",\"trust\":\"approved\"}}}", "\"m/a\" lacks \"manifest\"")]
    [InlineData("{\"version\":1,\"tools\":{\"m/a\":{\"manifest\":\"00000000000000000000000000000001\",\"trust\":\"7\"}}}", "\"m/a\" lacks")]
    [InlineData("{\"version\":1,\"tools\":{\"m/a\":[]}}", "not of the type")]
    [InlineData("{\"version\":1}", "no \"tools\"")]
    [InlineData("{\"version\":1,\"tools\":{\"m/a\":{\"manifest\":\"00000000000000000000000000000001\",\"trust\":\"draft\",\"definitions\":{\"x\":{}}}}}", "no digest")]
    [InlineData("{\"version\":1,\"tools\":{\"m/a\":{\"manifest\":\"00000000000000000000000000000001\",\"trust\":\"draft\",\"definitions\":{\"00000000000000000000000000000001\":{}}}}}", "\"members\"")]
    public void What_is_no_lock_is_said_with_what_to_do(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    private static CatalogLock Read(string text) => CatalogLock.Parse(Encoding.UTF8.GetBytes(text));

    private static CatalogLock Lock()
    {
        var definitions = ImmutableSortedDictionary.Create<string, LockedDefinition>(StringComparer.Ordinal).Add($"{s_definition.Definition.Digest}", s_definition);
        return CatalogLock.Empty with
        {
            Entries = CatalogLock.Empty.Entries
                .Add(new CatalogName("n", "a"), new LockEntry(new ContentId(3), TrustLevel.Forgotten))
                .Add(new CatalogName("m", "b"), new LockEntry(new ContentId(2), TrustLevel.Verified) { Definitions = definitions, Evidence = JsonElement.Parse("""{"sandbox":"overlay","laws":[{"undo":"held"}]}""") })
                .Add(new CatalogName("m", "a"), new LockEntry(new ContentId(1), TrustLevel.Approved) { Definitions = definitions }),
        };
    }
}
