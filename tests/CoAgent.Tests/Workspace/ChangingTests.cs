using System.Runtime.Versioning;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace;

/// <summary>write_file, edit_file, create_directory, delete_file, move_file, copy_file.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ChangingTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly WorkspaceFixture _workspace = new();

    [Fact]
    public async Task A_written_file_has_exactly_the_content_and_its_directories()
    {
        Assert.Equal("wrote 9 bytes to new/dir/ä.txt", await _workspace.Succeed("write_file", new { path = "new/dir/ä.txt", content = "ä\r\nb🎉" }));
        Assert.Equal("ä\r\nb🎉", _workspace.Content("new/dir/ä.txt"));
        Assert.Equal("wrote 0 bytes to new/dir/ä.txt", await _workspace.Succeed("write_file", new { path = "new/dir/ä.txt", content = "" }));
        Assert.Equal(["ä.txt"], Directory.GetFileSystemEntries(_workspace.At("new/dir")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_replaced_file_keeps_its_mode_and_a_link_to_it_stays_a_link()
    {
        _workspace.Put("run.sh", "old");
        File.SetUnixFileMode(_workspace.At("run.sh"), OwnerOnly);
        _workspace.Link("link", "run.sh");
        await _workspace.Succeed("write_file", new { path = "link", content = "new" });
        await _workspace.Succeed("edit_file", new { path = "run.sh", old = "new", @new = "newer" });
        Assert.Equal("newer", _workspace.Content("run.sh"));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_workspace.At("run.sh")));
        Assert.NotNull(new FileInfo(_workspace.At("link")).LinkTarget);
    }

    [Fact]
    public async Task What_cannot_be_written_is_refused_and_leaves_nothing_behind()
    {
        _workspace.Put("file", "x");
        Directory.CreateDirectory(_workspace.At("dir"));
        Assert.Contains("is a directory", await _workspace.Fail("write_file", new { path = "dir", content = "" }), StringComparison.Ordinal);
        Assert.Contains("a file has its name", await _workspace.Fail("write_file", new { path = "file/b", content = "" }), StringComparison.Ordinal);
        await _workspace.Succeed("bash", new { command = "mkfifo pipe" });
        Assert.Contains("is not a file", await _workspace.Fail("write_file", new { path = "pipe", content = "" }), StringComparison.Ordinal);
        Assert.Equal(["dir", "file", "pipe"], Directory.GetFileSystemEntries(_workspace.RootPath).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task An_edit_replaces_the_one_occurrence()
    {
        _workspace.Put("a.txt", "eins zwei drei\n");
        Assert.Equal("replaced 1 occurrence in a.txt", await _workspace.Succeed("edit_file", new { path = "a.txt", old = "zwei", @new = "2" }));
        Assert.Equal("eins 2 drei\n", _workspace.Content("a.txt"));
    }

    [Fact]
    public async Task An_edit_that_is_not_clear_says_how_often_the_text_is_there()
    {
        _workspace.Put("a.txt", "aa b aa");
        Assert.Contains("not found in a.txt", await _workspace.Fail("edit_file", new { path = "a.txt", old = "c", @new = "d" }), StringComparison.Ordinal);
        Assert.Contains("not found in a.txt", await _workspace.Fail("edit_file", new { path = "a.txt", old = "c", @new = "d", all = true }), StringComparison.Ordinal);
        Assert.Contains("found 2 times in a.txt", await _workspace.Fail("edit_file", new { path = "a.txt", old = "aa", @new = "d" }), StringComparison.Ordinal);
        Assert.Contains("is empty", await _workspace.Fail("edit_file", new { path = "a.txt", old = "", @new = "d" }), StringComparison.Ordinal);
        Assert.Contains("are the same", await _workspace.Fail("edit_file", new { path = "a.txt", old = "b", @new = "b" }), StringComparison.Ordinal);
        Assert.Equal("aa b aa", _workspace.Content("a.txt"));
        Assert.Equal("replaced 2 occurrences in a.txt", await _workspace.Succeed("edit_file", new { path = "a.txt", old = "aa", @new = "", all = true }));
        Assert.Equal(" b ", _workspace.Content("a.txt"));
        _workspace.Put("a.txt", "aaa");
        Assert.Contains("found 2 times", await _workspace.Fail("edit_file", new { path = "a.txt", old = "aa", @new = "d" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_keeps_line_ends_and_bytes_that_are_no_text()
    {
        _workspace.Put("crlf.txt", "a\r\nb\r\nc\r\n");
        await _workspace.Succeed("edit_file", new { path = "crlf.txt", old = "a\nb", @new = "x\ny\r\nz" });
        Assert.Equal("x\r\ny\r\nz\r\nc\r\n", _workspace.Content("crlf.txt"));
        _workspace.Put("mixed.txt", "a\r\nb\n");
        await _workspace.Succeed("edit_file", new { path = "mixed.txt", old = "b\n", @new = "c\n" });
        Assert.Equal("a\r\nc\n", _workspace.Content("mixed.txt"));
        _workspace.PutBytes("bin", 0xFF, 0x41, 0x00, 0xFE);
        await _workspace.Succeed("edit_file", new { path = "bin", old = "A", @new = "BB" });
        Assert.Equal([0xFF, 0x42, 0x42, 0x00, 0xFE], File.ReadAllBytes(_workspace.At("bin")));
    }

    [Fact]
    public async Task An_edit_that_would_grow_a_file_beyond_the_limit_is_refused()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { FileBytesMax = 6 });
        workspace.Put("a", "aaa");
        Assert.Contains("beyond 6 bytes", await workspace.Fail("edit_file", new { path = "a", old = "a", @new = "bbb", all = true }), StringComparison.Ordinal);
        await workspace.Succeed("edit_file", new { path = "a", old = "a", @new = "bb", all = true });
        Assert.Equal("bbbbbb", workspace.Content("a"));
    }

    [Fact]
    public async Task A_directory_is_made_once_and_said_to_be_there_ever_after()
    {
        _workspace.Put("file", "");
        Assert.Equal("a/b is there", await _workspace.Succeed("create_directory", new { path = "a/b" }));
        Assert.Equal("a/b is there", await _workspace.Succeed("create_directory", new { path = "a/b" }));
        Assert.True(Directory.Exists(_workspace.At("a/b")));
        Assert.Contains("is a file", await _workspace.Fail("create_directory", new { path = "file" }), StringComparison.Ordinal);
        Assert.Contains("a file has its name", await _workspace.Fail("create_directory", new { path = "file/b" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_links_and_directories_are_deleted_as_named()
    {
        _workspace.Put("dir/sub/a", "");
        _workspace.Put("file", "");
        _workspace.Link("to-dir", "dir");
        _workspace.Link("to-out", _workspace.OutsidePath);
        _workspace.Link("lost", "nowhere");
        Assert.Equal("deleted to-dir", await _workspace.Succeed("delete_file", new { path = "to-dir" }));
        Assert.Equal("deleted to-out", await _workspace.Succeed("delete_file", new { path = "to-out", recursive = true }));
        await _workspace.Succeed("delete_file", new { path = "lost" });
        await _workspace.Succeed("delete_file", new { path = "file" });
        Assert.Contains("set recursive", await _workspace.Fail("delete_file", new { path = "dir" }), StringComparison.Ordinal);
        Assert.True(File.Exists(_workspace.At("dir/sub/a")));
        Assert.True(Directory.Exists(_workspace.OutsidePath));
        Assert.Equal("deleted dir", await _workspace.Succeed("delete_file", new { path = "dir", recursive = true }));
        Assert.Contains("does not exist", await _workspace.Fail("delete_file", new { path = "dir", recursive = true }), StringComparison.Ordinal);
        Assert.Contains("root itself", await _workspace.Fail("delete_file", new { path = ".", recursive = true }), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_workspace.RootPath));
    }

    [Fact]
    public async Task Deleting_a_tree_leaves_what_its_links_lead_to()
    {
        File.WriteAllText(Path.Combine(_workspace.OutsidePath, "kept"), "");
        Directory.CreateDirectory(_workspace.At("dir"));
        _workspace.Link("dir/out", _workspace.OutsidePath);
        await _workspace.Succeed("delete_file", new { path = "dir", recursive = true });
        Assert.True(File.Exists(Path.Combine(_workspace.OutsidePath, "kept")));
    }

    [Fact]
    public async Task Files_links_and_directories_are_moved_with_what_they_hold()
    {
        _workspace.Put("a.txt", "a");
        _workspace.Put("dir/b.txt", "b");
        _workspace.Link("lost", "nowhere");
        Assert.Equal("moved a.txt to new/place/a.txt", await _workspace.Succeed("move_file", new { from = "a.txt", to = "new/place/a.txt" }));
        await _workspace.Succeed("move_file", new { from = "dir", to = "moved" });
        await _workspace.Succeed("move_file", new { from = "lost", to = "still-lost" });
        Assert.Equal("a", _workspace.Content("new/place/a.txt"));
        Assert.Equal("b", _workspace.Content("moved/b.txt"));
        Assert.Equal("nowhere", new FileInfo(_workspace.At("still-lost")).LinkTarget);
        Assert.Equal(["moved", "new", "still-lost"], Directory.GetFileSystemEntries(_workspace.RootPath).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_copy_keeps_content_mode_and_the_links_inside()
    {
        _workspace.Put("dir/run.sh", "x");
        File.SetUnixFileMode(_workspace.At("dir/run.sh"), OwnerOnly);
        _workspace.Link("dir/link", "run.sh");
        _workspace.Link("to-run", "dir/run.sh");
        await _workspace.Succeed("copy_file", new { from = "dir", to = "deep/copy" });
        await _workspace.Succeed("copy_file", new { from = "to-run", to = "run2.sh" });
        Assert.Equal("x", _workspace.Content("deep/copy/run.sh"));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_workspace.At("deep/copy/run.sh")));
        Assert.Equal("run.sh", new FileInfo(_workspace.At("deep/copy/link")).LinkTarget);
        Assert.Null(new FileInfo(_workspace.At("run2.sh")).LinkTarget);
        Assert.Equal("x", _workspace.Content("run2.sh"));
    }

    [Theory]
    [InlineData("move_file")]
    [InlineData("copy_file")]
    public async Task Nothing_is_moved_or_copied_onto_something(string tool)
    {
        _workspace.Put("a", "a");
        _workspace.Put("b", "b");
        _workspace.Put("dir/c", "c");
        _workspace.Link("lost", "nowhere");
        foreach (var to in (string[])["b", "dir", "lost", "a", "."])
        {
            Assert.Contains("exists already", await _workspace.Fail(tool, new { from = "a", to }), StringComparison.Ordinal);
        }

        Assert.Contains("does not exist", await _workspace.Fail(tool, new { from = "none", to = "x" }), StringComparison.Ordinal);
        Assert.Contains("is inside dir", await _workspace.Fail(tool, new { from = "dir", to = "dir/sub/x" }), StringComparison.Ordinal);
        Assert.Contains("a file has its name", await _workspace.Fail(tool, new { from = "a", to = "b/x" }), StringComparison.Ordinal);
        Assert.Equal("b", _workspace.Content("b"));
        Assert.Equal(["a", "b", "dir", "lost"], Directory.GetFileSystemEntries(_workspace.RootPath).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_root_itself_is_not_moved_and_not_copied_into_itself()
    {
        Assert.Contains("root itself", await _workspace.Fail("move_file", new { from = ".", to = "x" }), StringComparison.Ordinal);
        Assert.Contains("is inside .", await _workspace.Fail("copy_file", new { from = ".", to = "x" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_that_fails_halfway_leaves_nothing()
    {
        _workspace.Put("dir/a", "");
        await _workspace.Succeed("bash", new { command = "mkfifo dir/pipe" });
        Assert.Contains("dir/pipe is a pipe", await _workspace.Fail("copy_file", new { from = "dir", to = "copy" }), StringComparison.Ordinal);
        Assert.Contains("is a pipe", await _workspace.Fail("copy_file", new { from = "dir/pipe", to = "copy" }), StringComparison.Ordinal);
        Assert.Equal(["dir"], Directory.GetFileSystemEntries(_workspace.RootPath).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Edits_at_the_same_time_all_count()
    {
        _workspace.Put("counter", string.Concat(Enumerable.Range(0, 40).Select(number => $"<{number}>")));
        var edits = Enumerable.Range(0, 40).Select(number => _workspace.Succeed("edit_file", new { path = "counter", old = $"<{number}>", @new = "." }));
        await Task.WhenAll(edits);
        Assert.Equal(new string('.', 40), _workspace.Content("counter"));
    }

    [Fact]
    public async Task A_reader_sees_the_old_content_or_the_new_and_never_a_file_in_the_making()
    {
        string[] contents = [new string('a', 30_000), new string('b', 20_000)];
        _workspace.Put("dir/file", contents[0]);
        var writes = Task.Run(async () =>
        {
            for (var round = 0; round < 100; round++)
            {
                await _workspace.Succeed("write_file", new { path = "dir/file", content = contents[round % 2] });
            }
        });
        do
        {
            Assert.Contains(await _workspace.Succeed("read_file", new { path = "dir/file" }), contents);
            Assert.Equal("file", await _workspace.Succeed("list_directory", new { path = "dir" }));
        }
        while (!writes.IsCompleted);

        await writes;
    }

    [Fact]
    public async Task Of_two_calls_that_create_the_same_name_one_fails()
    {
        _workspace.Put("a", "a");
        _workspace.Put("b", "b");
        var answers = await Task.WhenAll(
            _workspace.Call("move_file", new { from = "a", to = "c" }), _workspace.Call("move_file", new { from = "b", to = "c" }));
        Assert.Single(answers, answer => answer.IsError);
    }

    public void Dispose() => _workspace.Dispose();
}
