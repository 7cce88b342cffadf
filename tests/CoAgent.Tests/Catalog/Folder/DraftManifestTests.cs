using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class DraftManifestTests
{
    private static readonly JsonElement s_definition = JsonElement.Parse(
        """{"name":"render","description":"Renders \"a\": b\nto a file.","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}""");

    private static readonly JsonElement s_arguments = JsonElement.Parse("""{"target":"./out/{a}.svg","text":"x","depth":3}""");

    [Fact]
    public void What_was_seen_is_written_down_with_arguments_in_place_of_what_they_name() => Snapshot.Matches(
        "draft-seen",
        DraftManifest.Of(
            "maker", s_definition,
            Seen(created: ["/w/out/{a}.svg", "/w/out"], changed: ["/w/index.txt"], deleted: ["/w/old.svg"]) with { Doubt = "other calls were under way." },
            s_arguments));

    [Fact]
    public void What_nobody_has_looked_at_is_no_more_than_its_server_says() =>
        Snapshot.Matches("draft-unseen", DraftManifest.Of("maker", JsonElement.Parse("""{"name":"send"}"""), seen: null));

    [Fact]
    public void A_tool_that_says_it_only_reads_and_was_seen_to_write_is_no_read()
    {
        Assert.Contains("effect: live-read", DraftManifest.Of("maker", s_definition, SeenChanges.None), StringComparison.Ordinal);
        Assert.Contains("effect: write", DraftManifest.Of("maker", s_definition, Seen(["/w/a"], [], [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secure-filesystem-server", "secure-filesystem-server")]
    [InlineData("mcp-servers/everything", "everything")]
    [InlineData("../..", "server")]
    [InlineData("a b:c", "a-b-c")]
    [InlineData("_hidden", "hidden")]
    public void A_profile_is_called_what_a_folder_may_be_called(string server, string profile) =>
        Assert.Equal(profile, DraftManifest.ProfileNameOf(server));

    private static SeenChanges Seen(string[] created, string[] changed, string[] deleted) => SeenChanges.None with
    {
        Created = created.ToImmutableSortedSet(StringComparer.Ordinal),
        Changed = changed.ToImmutableSortedSet(StringComparer.Ordinal),
        Deleted = deleted.ToImmutableSortedSet(StringComparer.Ordinal),
    };
}
