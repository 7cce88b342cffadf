using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace;

/// <summary>What each tool declares to read and write; R stands for the root in the expectations.</summary>
public sealed class FootprintTests : IDisposable
{
    private readonly WorkspaceFixture _workspace = new();

    public FootprintTests()
    {
        _workspace.Put("a.txt", "a");
        _workspace.Put("dir/b.txt", "b");
        _workspace.Put("dir/sub/c.txt", "c");
        _workspace.Link("link", "a.txt");
        _workspace.Link("linked-dir", "dir");
    }

    [Fact]
    public void Reading_a_file_reads_it_also_when_it_is_not_there()
    {
        Reads("read_file", new { path = "a.txt" }, "R/a.txt");
        Reads("read_file", new { path = "./dir/../a.txt" }, "R/a.txt");
        Reads("read_file", new { path = "none/x" }, "R/none/x", "R/none");
    }

    [Fact]
    public void Content_is_the_targets_and_the_link_is_read()
    {
        Reads("read_file", new { path = "link" }, "R/a.txt", "R/link");
        Reads("read_file", new { path = "linked-dir/b.txt" }, "R/dir/b.txt", "R/linked-dir");
        Writes("write_file", new { path = "link", content = "" }, ["R/link"], ["R/a.txt"]);
    }

    [Fact]
    public void Listing_reads_which_children_there_are()
    {
        Reads("list_directory", new { path = "dir" }, "R/dir/*", "R/dir");
        Reads("list_directory", new { path = "." }, "R/*", "R");
        Reads("list_directory", new { path = "none" }, "R/none/*", "R/none");
    }

    [Fact]
    public void Finding_reads_every_listing_that_it_looks_at()
    {
        Reads("find_files", new { pattern = "**/*.cs" }, "R/**");
        Reads("find_files", new { pattern = "*.cs" }, "R/*", "R");
        Reads("find_files", new { pattern = "dir/*.cs" }, "R/dir/*", "R/dir");
        Reads("find_files", new { pattern = "dir/*/x" }, "R/dir/**");
        Reads("find_files", new { pattern = "linked-dir/**" }, "R/dir/**", "R/linked-dir");
        Reads("find_files", new { pattern = "none/*" }, "R/none/*", "R/none");
    }

    [Fact]
    public void Searching_reads_everything_that_it_looks_through()
    {
        Reads("search", new { pattern = "x" }, "R/**");
        Reads("search", new { pattern = "x", path = "dir" }, "R/dir/**");
        Reads("search", new { pattern = "x", path = "link" }, "R/a.txt", "R/link");
        Reads("search", new { pattern = "x", path = "none" }, "R/none");
    }

    [Fact]
    public void Writing_a_file_is_blind_and_writes_the_listing_only_when_it_is_new()
    {
        Writes("write_file", new { path = "a.txt", content = "" }, [], ["R/a.txt"]);
        Writes("write_file", new { path = "new.txt", content = "" }, [], ["R/new.txt", "R/*"]);
    }

    [Fact]
    public void Directories_made_on_the_way_write_their_parents_listings()
    {
        Writes("write_file", new { path = "x/y/z.txt", content = "" }, [], ["R/x/y/z.txt", "R/x/y/*", "R/x/y", "R/x/*", "R/x", "R/*"]);
        Writes("create_directory", new { path = "dir/x/y" }, [], ["R/dir/x/y", "R/dir/x/*", "R/dir/x", "R/dir/*"]);
        Writes("create_directory", new { path = "dir" }, [], ["R/dir"]);
    }

    [Fact]
    public void Editing_reads_what_it_writes_and_no_listing() =>
        Writes("edit_file", new { path = "link", old = "a", @new = "b" }, ["R/link", "R/a.txt"], ["R/a.txt"]);

    [Fact]
    public void Deleting_writes_the_listing_and_a_link_is_deleted_itself()
    {
        Modifies("delete_file", new { path = "a.txt" }, "R/a.txt", "R/*");
        Modifies("delete_file", new { path = "link" }, "R/link", "R/*");
        Modifies("delete_file", new { path = "dir", recursive = true }, "R/dir/**", "R/*");
        Modifies("delete_file", new { path = "dir/none" }, "R/dir/none", "R/dir/*");
        Writes("delete_file", new { path = "linked-dir/b.txt" }, ["R/linked-dir", "R/dir/b.txt"], ["R/dir/b.txt", "R/dir/*"]);
    }

    [Fact]
    public void Moving_writes_both_names_and_both_listings()
    {
        Modifies("move_file", new { from = "a.txt", to = "dir/a.txt" }, "R/a.txt", "R/*", "R/dir/a.txt", "R/dir/*");
        Modifies("move_file", new { from = "link", to = "new/link" }, "R/link", "R/*", "R/new/link", "R/new/*", "R/new", "R/*");
        Modifies("move_file", new { from = "dir", to = "moved" }, "R/dir/**", "R/*", "R/moved/**", "R/*");
    }

    [Fact]
    public void Copying_reads_the_source_and_writes_the_copy()
    {
        Writes("copy_file", new { from = "link", to = "new" }, ["R/a.txt", "R/link", "R/new"], ["R/new", "R/*"]);
        Writes("copy_file", new { from = "dir", to = "new" }, ["R/dir/**", "R/new/**"], ["R/new/**", "R/*"]);
    }

    [Fact]
    public void A_command_may_touch_everything_and_cannot_be_taken_back()
    {
        var footprint = _workspace.Bind("bash", new { command = "true", cwd = "dir" });
        Assert.Equal(Ids("R/**"), footprint.Reads);
        Assert.Equal(Ids("R/**"), footprint.Writes);
        Assert.False(footprint.Reversible);
        Assert.False(footprint.IsRead);
    }

    [Fact]
    public void Names_that_would_be_read_as_patterns_are_encoded()
    {
        Reads("read_file", new { path = "100%/a*b\n\u0085/ä 漢?" }, "R/100%25/a%2Ab%0A%C2%85/ä 漢?", "R/100%25/a%2Ab%0A%C2%85", "R/100%25");
        Reads("list_directory", new { path = "**" }, "R/%2A%2A/*", "R/%2A%2A");
    }

    [Theory]
    [InlineData("read_file", "../x")]
    [InlineData("delete_file", ".")]
    [InlineData("delete_file", ".coagent/x")]
    [InlineData("write_file", "x")]
    [InlineData("no_such_tool", "x")]
    public void A_call_that_is_refused_touches_nothing(string tool, string path) =>
        Assert.Equal(Footprint.None, _workspace.Bind(tool, new { path }));

    [Fact]
    public void A_workspace_at_the_top_of_the_file_system_has_ids_like_others()
    {
        var footprint = new WorkspaceFootprint(new WorkspaceRoot("/"));
        var arguments = System.Text.Json.JsonSerializer.SerializeToElement(new { path = "." });
        Assert.Equal((string[])["file:/*", "file:/"], footprint.Bind("list_directory", arguments).Reads);
        arguments = System.Text.Json.JsonSerializer.SerializeToElement(new { command = "true" });
        Assert.Equal((string[])["file:/**"], footprint.Bind("bash", arguments).Writes);
    }

    public void Dispose() => _workspace.Dispose();

    private void Reads(string tool, object arguments, params string[] reads)
    {
        var footprint = _workspace.Bind(tool, arguments);
        Assert.Equal(Ids(reads), footprint.Reads);
        Assert.True(footprint.IsRead);
        Assert.True(footprint.Reversible);
    }

    private void Writes(string tool, object arguments, string[] reads, string[] writes)
    {
        var footprint = _workspace.Bind(tool, arguments);
        Assert.Equal(Ids(reads), footprint.Reads);
        Assert.Equal(Ids(writes), footprint.Writes);
        Assert.False(footprint.IsRead);
        Assert.True(footprint.Reversible);
    }

    private void Modifies(string tool, object arguments, params string[] both)
    {
        // What else is in a directory is nothing to a call that adds or removes one name in it.
        var distinct = both.Distinct().ToArray();
        Writes(tool, arguments, [.. distinct.Where(pattern => !pattern.EndsWith("/*", StringComparison.Ordinal))], distinct);
    }

    private string[] Ids(params string[] patterns)
    {
        var root = "file:" + new WorkspaceRoot(_workspace.RootPath).Path;
        return [.. patterns.Select(pattern => root + pattern[1..])];
    }
}
