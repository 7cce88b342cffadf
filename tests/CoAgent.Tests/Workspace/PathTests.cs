namespace CoAgent.Tests.Workspace;

/// <summary>No spelling of a path and no link leads out of the root or to what belongs to CoAgent.</summary>
public sealed class PathTests : IDisposable
{
    private readonly WorkspaceFixture _workspace = new();

    public static TheoryData<string, string> EveryPathArgument { get; } = new()
    {
        { "read_file", """{"path":"$"}""" },
        { "write_file", """{"path":"$","content":"x"}""" },
        { "edit_file", """{"path":"$","old":"a","new":"b"}""" },
        { "list_directory", """{"path":"$"}""" },
        { "search", """{"path":"$","pattern":"."}""" },
        { "create_directory", """{"path":"$"}""" },
        { "delete_file", """{"path":"$"}""" },
        { "move_file", """{"from":"$","to":"free"}""" },
        { "move_file", """{"from":"inside.txt","to":"$"}""" },
        { "copy_file", """{"from":"$","to":"free"}""" },
        { "copy_file", """{"from":"inside.txt","to":"$"}""" },
        { "bash", """{"command":"true","cwd":"$"}""" },
    };

    [Theory]
    [MemberData(nameof(EveryPathArgument))]
    public async Task Every_path_argument_refuses_what_is_outside(string tool, string arguments)
    {
        _workspace.Put("inside.txt", "a");
        File.WriteAllText(Path.Combine(_workspace.OutsidePath, "secret"), "a");
        _workspace.Link("out", _workspace.OutsidePath);
        string[] outside =
        [
            "../outside/secret", "/etc/passwd", _workspace.OutsidePath + "/secret", "out/secret", "out/new", "..", "/", "out/../../outside",
            "../root2/x",
        ];
        foreach (var path in outside)
        {
            var text = await Fail(tool, arguments, path);
            Assert.Contains("is outside the workspace", text, StringComparison.Ordinal);
        }

        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_workspace.OutsidePath).Select(Path.GetFileName));
        Assert.Equal("a", File.ReadAllText(Path.Combine(_workspace.OutsidePath, "secret")));
    }

    [Theory]
    [MemberData(nameof(EveryPathArgument))]
    public async Task Every_path_argument_refuses_the_state_of_coagent(string tool, string arguments)
    {
        _workspace.Put("inside.txt", "a");
        _workspace.Put(".coagent/daemon.json", "a");
        _workspace.Put("sub/.coagent/journal.db", "a");
        _workspace.Link("hidden", ".coagent");
        foreach (var path in (string[])[".coagent/daemon.json", ".CoAgent/x", "hidden/daemon.json", "sub/.coagent", ".coagent~0123", "./x/../.coagent."])
        {
            if (path.StartsWith("./x", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(_workspace.At("x"));
            }

            Assert.Contains(".coagent belongs to CoAgent", await Fail(tool, arguments, path), StringComparison.Ordinal);
        }

        Assert.Equal("a", _workspace.Content(".coagent/daemon.json"));
    }

    [Theory]
    [MemberData(nameof(EveryPathArgument))]
    public async Task Every_path_argument_refuses_what_is_no_path(string tool, string arguments)
    {
        _workspace.Put("inside.txt", "a");
        Assert.Contains("A path is empty", await Fail(tool, arguments, ""), StringComparison.Ordinal);
        Assert.Contains("NUL", await Fail(tool, arguments, "a\\u0000b"), StringComparison.Ordinal);
        Assert.Contains("longer than 4096 bytes", await Fail(tool, arguments, new string('x', 4097)), StringComparison.Ordinal);
        Assert.Contains("longer than the file system allows", await Fail(tool, arguments, new string('x', 256)), StringComparison.Ordinal);
        Assert.Contains("half of a surrogate pair", await Fail(tool, arguments, "\\ud800"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_in_a_loop_are_refused()
    {
        _workspace.Link("a", "b");
        _workspace.Link("b", "a");
        Assert.Contains("too many symbolic links", await _workspace.Fail("read_file", new { path = "a" }), StringComparison.Ordinal);
        Assert.Contains("too many symbolic links", await _workspace.Fail("write_file", new { path = "a/x", content = "" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dangling_link_to_outside_is_refused_and_nothing_appears_there()
    {
        _workspace.Link("dangling", Path.Combine(_workspace.OutsidePath, "new"));
        Assert.Contains("outside", await _workspace.Fail("write_file", new { path = "dangling", content = "x" }), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_workspace.OutsidePath));
    }

    [Fact]
    public async Task A_dangling_link_inside_is_written_through()
    {
        _workspace.Link("dangling", "made/here.txt");
        await _workspace.Succeed("write_file", new { path = "dangling", content = "x" });
        Assert.Equal("x", _workspace.Content("made/here.txt"));
        Assert.NotNull(new FileInfo(_workspace.At("dangling")).LinkTarget);
    }

    [Fact]
    public async Task Up_is_taken_after_links_as_the_kernel_does()
    {
        _workspace.Put("deep/down/x.txt", "");
        _workspace.Put("deep/sibling.txt", "here");
        _workspace.Link("short", "deep/down");
        Assert.Equal("here", await _workspace.Succeed("read_file", new { path = "short/../sibling.txt" }));
        Assert.Contains("goes up", await _workspace.Fail("read_file", new { path = "nothing/../sibling.txt" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absolute_paths_inside_the_root_are_taken_by_any_spelling()
    {
        _workspace.Put("a.txt", "here");
        var alias = Path.Combine(_workspace.OutsidePath, "alias");
        File.CreateSymbolicLink(alias, _workspace.RootPath);
        Assert.Equal("here", await _workspace.Succeed("read_file", new { path = _workspace.At("a.txt") }));
        Assert.Equal("here", await _workspace.Succeed("read_file", new { path = alias + "/a.txt" }));
    }

    [Fact]
    public void A_root_that_is_no_directory_is_refused_with_its_name()
    {
        var fault = Assert.Throws<DirectoryNotFoundException>(() => new CoAgent.Workspace.WorkspaceRoot(_workspace.At("nowhere")));
        Assert.Contains("nowhere", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_given_through_a_link_is_known_by_its_own_path()
    {
        _workspace.Link("again", ".");
        Assert.Equal(new CoAgent.Workspace.WorkspaceRoot(_workspace.RootPath).Path, new CoAgent.Workspace.WorkspaceRoot(_workspace.At("again")).Path);
    }

    [Fact]
    public async Task Listings_and_searches_show_nothing_of_coagent()
    {
        _workspace.Put(".coagent/token", "needle");
        _workspace.Put("sub/.COAGENT/token", "needle");
        _workspace.Put(".coagent~00ff", "needle");
        _workspace.Put(".coagentignore", "needle");
        Assert.Equal(".coagentignore\nsub/", await _workspace.Succeed("list_directory", new { path = "." }));
        Assert.Equal("", await _workspace.Succeed("list_directory", new { path = "sub" }));
        Assert.Equal(".coagentignore", await _workspace.Succeed("find_files", new { pattern = "**" }));
        Assert.Equal(".coagentignore:1:needle", await _workspace.Succeed("search", new { pattern = "needle" }));
    }

    [Fact]
    public async Task A_directory_that_holds_the_state_of_coagent_is_neither_moved_nor_copied_nor_deleted()
    {
        _workspace.Put("nested/deep/.coagent/token", "x");
        Assert.Contains("holds .coagent", await _workspace.Fail("delete_file", new { path = "nested", recursive = true }), StringComparison.Ordinal);
        Assert.Contains("holds .coagent", await _workspace.Fail("move_file", new { from = "nested", to = "b" }), StringComparison.Ordinal);
        Assert.Contains("holds .coagent", await _workspace.Fail("copy_file", new { from = "nested", to = "b" }), StringComparison.Ordinal);
        Assert.Equal("x", _workspace.Content("nested/deep/.coagent/token"));
    }

    public void Dispose() => _workspace.Dispose();

    private async Task<string> Fail(string tool, string arguments, string path) =>
        await _workspace.Fail(tool, System.Text.Json.JsonDocument.Parse(arguments.Replace("$", path, StringComparison.Ordinal)).RootElement);
}
