using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class TrustTests : IDisposable
{
    private static readonly CatalogName s_name = new("p", "a");
    private readonly TwoCatalogs _files = new();

    public TrustTests() => _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a"));

    public void Dispose() => _files.Dispose();

    private CatalogedTool Tool => _files.Read().Find(s_name)!;

    private Standing Now => Tool.StandingFor(TwoCatalogs.Digest("a"));

    [Fact]
    public void A_manifest_that_no_lock_speaks_of_is_a_draft() => Assert.Equal(Standing.Draft, Now);

    [Theory]
    [InlineData(TrustLevel.Approved, Standing.Approved)]
    [InlineData(TrustLevel.Verified, Standing.Verified)]
    [InlineData(TrustLevel.Draft, Standing.Draft)]
    public void A_manifest_stands_as_it_is_trusted_for_the_definition_that_it_was_looked_at_with(TrustLevel trust, Standing standing)
    {
        Trust(trust);

        Assert.Equal(standing, Now);
        Assert.Equal(Standing.Stale, Tool.StandingFor(TwoCatalogs.Digest("a", "Other.")));
    }

    [Fact]
    public void A_tool_that_its_server_does_not_list_is_unlisted()
    {
        Trust(TrustLevel.Approved);

        Assert.Equal(Standing.Unlisted, Tool.StandingFor(definition: null));
    }

    [Fact]
    public void A_manifest_that_was_changed_is_a_draft_until_somebody_looks_at_it_and_is_then_tied_to_what_it_was()
    {
        Trust(TrustLevel.Approved);
        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/more"));
        Assert.Equal(Standing.Changed, Now);

        _files.Own.Trust(Tool, TrustLevel.Approved, []);

        Assert.Equal(Standing.Approved, Now);
    }

    [Fact]
    public void Definitions_add_up_for_one_manifest()
    {
        Trust(TrustLevel.Approved);
        _files.Own.Trust(Tool, TrustLevel.Approved, [TwoCatalogs.Definition("a", "Other.")]);

        Assert.Equal(Standing.Approved, Now);
        Assert.Equal(Standing.Approved, Tool.StandingFor(TwoCatalogs.Digest("a", "Other.")));
    }

    [Fact]
    public void Evidence_stays_with_the_very_manifest_that_it_is_about()
    {
        _files.Own.Trust(Tool, TrustLevel.Verified, [TwoCatalogs.Definition("a")], JsonElement.Parse("""{"undo":"held"}"""));
        Trust(TrustLevel.Approved);
        Assert.Equal("held", Tool.Entries[0].Evidence?.GetProperty("undo").GetString());

        _files.Write("workspace/p/a.yaml", TwoCatalogs.Manifest("a", "mcp:p/more"));
        Trust(TrustLevel.Approved);
        Assert.Null(Tool.Entries[0].Evidence);
    }

    [Fact]
    public void A_manifest_of_the_workspace_that_is_forgotten_is_gone()
    {
        Trust(TrustLevel.Approved);

        Assert.Equal(_files.PathOf("workspace/p/a.yaml"), _files.Own.Forget(Tool));

        Assert.Null(_files.Read().Find(s_name));
        Assert.DoesNotContain("p/a", File.ReadAllText(_files.PathOf("workspace/catalog.lock")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_that_ships_is_crossed_out_until_it_is_approved_again()
    {
        Ship();
        Assert.Equal(Standing.Approved, Now);

        Assert.Null(_files.Own.Forget(Tool));
        Assert.Equal(Standing.Forgotten, Now);

        Trust(TrustLevel.Approved);
        Assert.Equal(Standing.Approved, Now);
    }

    [Fact]
    public void What_ships_can_be_tied_to_another_definition_by_the_workspace()
    {
        Ship();

        _files.Own.Trust(Tool, TrustLevel.Approved, [TwoCatalogs.Definition("a", "Other.")]);

        Assert.Equal(Standing.Approved, Tool.StandingFor(TwoCatalogs.Digest("a", "Other.")));
        Assert.Equal(Standing.Approved, Now);
    }

    [Fact]
    public void A_manifest_that_failed_lies_aside_with_what_has_shown_it()
    {
        Trust(TrustLevel.Approved);

        var place = _files.Own.Quarantine(Tool, JsonElement.Parse("""{"undo":"broken"}"""));

        Assert.Equal(_files.PathOf("workspace/_quarantine/p/a.yaml"), place);
        Assert.True(File.Exists(place));
        Assert.Contains("broken", File.ReadAllText(_files.PathOf("workspace/_quarantine/p/a.evidence.json")), StringComparison.Ordinal);
        Assert.Null(_files.Read().Find(s_name));
    }

    [Fact]
    public void A_lock_that_cannot_be_read_is_not_written_over()
    {
        _files.Write("workspace/catalog.lock", "<<<<<<< ours");

        Assert.Contains("settle the merge", Assert.Throws<CatalogException>(() => Trust(TrustLevel.Approved)).Message, StringComparison.Ordinal);
        Assert.Equal("<<<<<<< ours", File.ReadAllText(_files.PathOf("workspace/catalog.lock")));
    }

    [Fact]
    public void Two_that_change_the_lock_at_once_do_not_lose_each_others_change()
    {
        using (new FileStream(_files.PathOf("workspace/catalog.lock.new"), FileMode.Create, FileAccess.Write, FileShare.None))
        {
            Assert.Contains("try again", Assert.Throws<CatalogException>(() => Trust(TrustLevel.Approved)).Message, StringComparison.Ordinal);
        }

        Trust(TrustLevel.Approved);
        Assert.Equal(Standing.Approved, Now);
    }

    [Theory]
    [InlineData(Standing.Draft, "coagent catalog approve p/a --from-server s")]
    [InlineData(Standing.Changed, "coagent catalog approve p/a --from-server s")]
    [InlineData(Standing.Stale, "coagent catalog diff s")]
    [InlineData(Standing.Unlisted, "coagent catalog diff s")]
    [InlineData(Standing.Forgotten, "coagent catalog approve p/a --from-server s")]
    public void Each_standing_says_why_and_what_to_do(Standing standing, string command)
    {
        Assert.False(standing.Coordinates());
        Assert.Equal(command, standing.Remedy(s_name, "s"));
        Assert.Contains("p/a", standing.Why(s_name), StringComparison.Ordinal);
    }

    private void Trust(TrustLevel trust) => _files.Own.Trust(Tool, trust, [TwoCatalogs.Definition("a")]);

    private void Ship()
    {
        _files.Delete("workspace/p/a.yaml");
        _files.Write("shipped/p/a.yaml", TwoCatalogs.Manifest("a"));
        new WorkspaceCatalog(_files.Folders.Shipped!).Trust(_files.Read().Find(s_name)!, TrustLevel.Approved, [TwoCatalogs.Definition("a")]);
    }
}
