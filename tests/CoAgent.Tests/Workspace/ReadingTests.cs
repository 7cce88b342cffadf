using System.Text;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace;

/// <summary>read_file, list_directory, find_files, search.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly WorkspaceFixture _workspace = new();

    [Theory]
    [InlineData("")]
    [InlineData("one line, no end")]
    [InlineData("crlf\r\nlines\r\n")]
    [InlineData("\uFEFFwith a mark")]
    [InlineData("äöü 漢字 🎉 \0 nul\n\n\n")]
    public async Task A_file_is_answered_exactly(string content)
    {
        _workspace.Put("a.txt", content);
        Assert.Equal(content, await _workspace.Succeed("read_file", new { path = "a.txt" }));
    }

    [Fact]
    public async Task Offset_and_limit_count_lines_from_one()
    {
        _workspace.Put("a.txt", "1\r\n2\r\n3");
        Assert.Equal("1\r\n2\r\n", await _workspace.Succeed("read_file", new { path = "a.txt", limit = 2 }));
        Assert.Equal("2\r\n3", await _workspace.Succeed("read_file", new { path = "a.txt", offset = 2 }));
        Assert.Equal("3", await _workspace.Succeed("read_file", new { path = "a.txt", offset = 3, limit = 9 }));
        Assert.Equal("a.txt has 3 lines; offset 4 is beyond its end.", await _workspace.Fail("read_file", new { path = "a.txt", offset = 4 }));
    }

    [Fact]
    public async Task A_file_that_is_not_utf8_is_refused_with_its_size()
    {
        _workspace.PutBytes("a.bin", 0x41, 0xFF, 0x42);
        Assert.Contains("not UTF-8 text (3 bytes)", await _workspace.Fail("read_file", new { path = "a.bin" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_file_is_refused_with_what_to_do()
    {
        Directory.CreateDirectory(_workspace.At("dir"));
        _workspace.Put("a.txt", "x");
        await _workspace.Succeed("bash", new { command = "mkfifo pipe" });
        Assert.Contains("does not exist", await _workspace.Fail("read_file", new { path = "none" }), StringComparison.Ordinal);
        Assert.Contains("does not exist", await _workspace.Fail("read_file", new { path = "a.txt/b" }), StringComparison.Ordinal);
        Assert.Contains("is a directory; list_directory", await _workspace.Fail("read_file", new { path = "dir" }), StringComparison.Ordinal);
        Assert.Contains("a pipe, a socket or a device", await _workspace.Fail("read_file", new { path = "pipe" }), StringComparison.Ordinal);
        Assert.Equal("", await _workspace.Succeed("search", new { pattern = "y" }));
    }

    [Fact]
    public async Task A_long_file_is_cut_at_a_line_and_says_how_to_go_on()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { AnswerBytesMax = 10 });
        workspace.Put("a.txt", "aaaa\nbbbb\ncccc\n");
        Assert.Equal("aaaa\nbbbb\n[cut: lines 1 to 2 of 3; go on with offset 3]", await workspace.Succeed("read_file", new { path = "a.txt" }));
        Assert.Equal("cccc\n", await workspace.Succeed("read_file", new { path = "a.txt", offset = 3 }));
        workspace.Put("edge.txt", "123456789\n");
        Assert.Equal("123456789\n", await workspace.Succeed("read_file", new { path = "edge.txt" }));
        workspace.Put("line.txt", "12345678äöü\nnext\n");
        var text = await workspace.Succeed("read_file", new { path = "line.txt" });
        Assert.StartsWith("12345678ä\n[cut: the first 10 bytes of line 1 of 2;", text, StringComparison.Ordinal);
        Assert.EndsWith("the next line is at offset 2]", text, StringComparison.Ordinal);
        workspace.Put("torn.txt", "123456789äöü\n");
        Assert.StartsWith("123456789\n[cut: the first 9 bytes", await workspace.Succeed("read_file", new { path = "torn.txt" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_beyond_the_limit_is_refused_and_skipped()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { FileBytesMax = 4 });
        workspace.Put("at", "1234");
        workspace.Put("over", "12345");
        Assert.Equal("1234", await workspace.Succeed("read_file", new { path = "at" }));
        Assert.Contains("larger than 4 bytes; use bash", await workspace.Fail("read_file", new { path = "over" }), StringComparison.Ordinal);
        Assert.Equal(
            "at:1:1234\n[too large or not readable, not searched: over]", await workspace.Succeed("search", new { pattern = "1" }));
    }

    [Fact]
    public async Task A_listing_is_sorted_and_marks_directories_but_not_links()
    {
        _workspace.Put("b/x", "");
        _workspace.Put("a.txt", "");
        _workspace.Put("B", "");
        _workspace.Put("ä", "");
        _workspace.Put(".hidden", "");
        _workspace.Link("to-b", "b");
        _workspace.Link("lost", "nowhere");
        Assert.Equal(".hidden\nB\na.txt\nb/\nlost\nto-b\nä", await _workspace.Succeed("list_directory", new { path = "." }));
        Assert.Equal("x", await _workspace.Succeed("list_directory", new { path = "to-b/" }));
        Assert.Contains("is a file", await _workspace.Fail("list_directory", new { path = "a.txt" }), StringComparison.Ordinal);
        Assert.Contains("does not exist", await _workspace.Fail("list_directory", new { path = "none" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_listing_is_cut_and_says_so()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { AnswerBytesMax = 4 });
        workspace.Put("a", "");
        workspace.Put("b", "");
        Assert.Equal("a\nb", await workspace.Succeed("list_directory", new { path = "." }));
        workspace.Put("c", "");
        Assert.StartsWith("a\nb\n[cut: 2 of 3 names;", await workspace.Succeed("list_directory", new { path = "." }), StringComparison.Ordinal);
        Assert.StartsWith("a\nb\n[cut: the first 2 paths;", await workspace.Succeed("find_files", new { pattern = "*" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("**", "a-b.cs a.md a/x.cs a/x/deep.cs a/y.txt dir/ü.cs")]
    [InlineData("*", "a-b.cs a.md")]
    [InlineData("*.cs", "a-b.cs")]
    [InlineData("**/*.cs", "a-b.cs a/x.cs a/x/deep.cs dir/ü.cs")]
    [InlineData("a/*", "a/x.cs a/y.txt")]
    [InlineData("a/**", "a/x.cs a/x/deep.cs a/y.txt")]
    [InlineData("a/**/deep.cs", "a/x/deep.cs")]
    [InlineData("a/x/**/deep.cs", "a/x/deep.cs")]
    [InlineData("**/x/*", "a/x/deep.cs")]
    [InlineData("?/?.cs", "a/x.cs")]
    [InlineData("dir/?.cs", "dir/ü.cs")]
    [InlineData("./a/{x.cs,y.txt}", "a/x.cs a/y.txt")]
    [InlineData("{a,dir}/*.{cs,md}", "a/x.cs dir/ü.cs")]
    [InlineData("a.md", "a.md")]
    [InlineData("A.md", "")]
    [InlineData("none/**", "")]
    [InlineData("a.md/**", "")]
    [InlineData("**/.git/**", ".git/config")]
    [InlineData(".git/*", ".git/config")]
    public async Task Files_are_found_by_pattern_in_order(string pattern, string found)
    {
        foreach (var path in (string[])["a-b.cs", "a.md", "a/x.cs", "a/x/deep.cs", "a/y.txt", "dir/ü.cs", ".git/config"])
        {
            if (path != "a/x/deep.cs")
            {
                _workspace.Put(path, "");
            }
        }

        _workspace.Put("a/x/deep.cs", "");
        Assert.Equal(found.Replace(' ', '\n'), await _workspace.Succeed("find_files", new { pattern }));
    }

    [Theory]
    [InlineData("", "names nothing")]
    [InlineData("./", "names nothing")]
    [InlineData("/a", "begins with '/'")]
    [InlineData("a/../../b", "goes up")]
    [InlineData("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "more than 64 patterns")]
    public async Task A_pattern_that_cannot_be_meant_is_refused(string pattern, string said) =>
        Assert.Contains(said, await _workspace.Fail("find_files", new { pattern }), StringComparison.Ordinal);

    [Fact]
    public async Task Found_files_do_not_lead_through_links()
    {
        _workspace.Put("real/a.cs", "needle");
        _workspace.Link("linked", "real");
        _workspace.Link("loop", ".");
        _workspace.Link("out.cs", "/etc/passwd");
        Assert.Equal("linked\nloop\nout.cs\nreal/a.cs", await _workspace.Succeed("find_files", new { pattern = "**" }));
        Assert.Equal("linked/a.cs", await _workspace.Succeed("find_files", new { pattern = "linked/*" }));
        Assert.Equal("real/a.cs:1:needle", await _workspace.Succeed("search", new { pattern = "." }));
    }

    [Fact]
    public async Task A_search_answers_path_line_and_text_in_order()
    {
        _workspace.Put("b.txt", "no\r\nNeedle äöü\r\nneedle");
        _workspace.Put("a/c.txt", "needle\n");
        _workspace.Put(".git/c.txt", "needle\n");
        _workspace.PutBytes("bin", [.. "needle"u8, 0]);
        _workspace.PutBytes("latin1", [.. "needle"u8, 0xE4]);
        Assert.Equal("a/c.txt:1:needle\nb.txt:3:needle", await _workspace.Succeed("search", new { pattern = "needle$" }));
        Assert.Equal("b.txt:2:Needle äöü", await _workspace.Succeed("search", new { pattern = "^N.*ü$", path = "b.txt" }));
        Assert.Equal("a/c.txt:1:needle", await _workspace.Succeed("search", new { pattern = "needle", path = "./a" }));
        Assert.Equal(".git/c.txt:1:needle", await _workspace.Succeed("search", new { pattern = "needle", path = ".git" }));
        Assert.Equal("", await _workspace.Succeed("search", new { pattern = "nothing like it" }));
        Assert.Contains("not UTF-8", await _workspace.Fail("search", new { pattern = "needle", path = "bin" }), StringComparison.Ordinal);
        Assert.Contains("does not exist", await _workspace.Fail("search", new { pattern = "x", path = "none" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_is_cut_by_size_and_long_lines_are_shortened()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { AnswerBytesMax = 28, MatchCharactersMax = 5 });
        workspace.Put("a", "123456\n12345\n1\n");
        Assert.Equal(
            "a:1:12345 [cut]\na:2:12345\n[cut: the first 2 matching lines; a narrower pattern or path shows the others]",
            await workspace.Succeed("search", new { pattern = "1" }));
        workspace.Put("b", "1234🎉6\n");
        Assert.Equal("b:1:1234 [cut]", await workspace.Succeed("search", new { pattern = "6", path = "b" }));
    }

    [Theory]
    [InlineData("(", "not a regular expression")]
    [InlineData("(?=a)", "lookaround")]
    [InlineData(@"(a)\1", "backreference")]
    public async Task An_expression_that_search_does_not_take_is_refused(string pattern, string said) =>
        Assert.Contains(said, await _workspace.Fail("search", new { pattern }), StringComparison.Ordinal);

    [Fact]
    public async Task An_expression_that_would_backtrack_for_ever_ends()
    {
        _workspace.Put("a", new string('a', 50_000));
        Assert.Equal("", await _workspace.Succeed("search", new { pattern = "^(a+)+b$" }));
    }

    [Fact]
    public async Task Patterns_beyond_the_limit_are_refused()
    {
        using var workspace = new WorkspaceFixture(WorkspaceLimits.Default with { PatternCharactersMax = 3 });
        workspace.Put("abc", "abc");
        Assert.Equal("abc", await workspace.Succeed("find_files", new { pattern = "abc" }));
        Assert.Equal("abc:1:abc", await workspace.Succeed("search", new { pattern = "abc" }));
        Assert.Contains("longer than 3", await workspace.Fail("find_files", new { pattern = "abcd" }), StringComparison.Ordinal);
        Assert.Contains("longer than 3", await workspace.Fail("search", new { pattern = "abcd" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_reads_in_parts_that_join_to_the_whole()
    {
        var content = string.Concat(Enumerable.Range(1, 20_000).Select(number => $"line {number} äöü\n"));
        _workspace.Put("large.txt", content);
        var joined = new StringBuilder();
        for (var offset = 1; ;)
        {
            var text = await _workspace.Succeed("read_file", new { path = "large.txt", offset });
            var notice = text.LastIndexOf("[cut: ", StringComparison.Ordinal);
            joined.Append(notice < 0 ? text : text[..notice]);
            if (notice < 0)
            {
                break;
            }

            offset = int.Parse(text[(text.LastIndexOf(' ') + 1)..^1]);
        }

        Assert.Equal(content, joined.ToString());
    }

    public void Dispose() => _workspace.Dispose();
}
