using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Workspace.Foreign;

/// <summary>What a manifest's <c>leaves</c> foresee of the files of one directory; <c>write</c> stands for what the footprint writes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FileLeavesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("coagent-leaves-").FullName;

    public FileLeavesTests()
    {
        Directory.CreateDirectory(At("dir/inner"));
        File.WriteAllText(At("a.txt"), "one\r\ntwo\r\n");
        File.WriteAllBytes(At("odd.bin"), [0xff, 0xfe]);
        File.CreateSymbolicLink(At("link"), "a.txt");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("""{"path":"a.txt","content":"x"}""", "a.txt: steps x")]
    [InlineData("""{"path":"a.txt","content":"x","replaced":true}""", "a.txt: whole x")]
    [InlineData("""{"path":"link","content":"x"}""", "a.txt: steps x")] // through a link
    [InlineData("""{"path":"new","content":"x","replaced":true}""", "new: steps x")] // a new one is written in place in any case
    [InlineData("""{"path":"new","content":""}""", "new: steps ")]
    [InlineData("""{"path":"none/new","content":"x"}""", "")] // no directory, and none that the call makes
    [InlineData("""{"path":"a.txt/new","content":"x"}""", "")] // a file is in the way
    [InlineData("""{"path":"dir","content":"x"}""", "")] // a directory is
    [InlineData("""{"path":"a.txt","content":7}""", "")] // no text
    public void A_file_of_a_content_is_left_where_it_can_be_written(string leaf, string left) => Assert.Equal(left, Left(leaf));

    [Theory]
    [InlineData("""{"path":"a.txt","edits":[{"oldText":"two","newText":"2"}]}""", "a.txt: steps one\n2\n")]
    [InlineData("""{"path":"a.txt","edits":[{"oldText":"one\r\ntwo","newText":"1\r\n2"},{"oldText":"2","newText":"3"}],"replaced":true}""", "a.txt: whole 1\n3\n")]
    [InlineData("""{"path":"a.txt","edits":[{"oldText":"three","newText":""}]}""", "a.txt: anything")] // the server matches otherwise
    [InlineData("""{"path":"a.txt","edits":[{"oldText":"one"}]}""", "a.txt: anything")]
    [InlineData("""{"path":"a.txt","edits":"two"}""", "a.txt: anything")]
    [InlineData("""{"path":"odd.bin","edits":[]}""", "odd.bin: anything")]
    [InlineData("""{"path":"none","edits":[]}""", "")]
    [InlineData("""{"path":"dir","edits":[]}""", "")]
    public void Edits_are_made_where_each_finds_its_text(string leaf, string left) => Assert.Equal(left, Left(leaf));

    [Theory]
    [InlineData("""{"path":"new","folder":true}""", "new: folder")]
    [InlineData("""{"path":"dir","folder":true}""", "")] // it is there
    [InlineData("""{"path":"x/y","folder":true}""", "")] // x is missing, and the call does not make it
    [InlineData("""{"path":"x/y","folder":true}""", "x/y: folder", "x")]
    [InlineData("""{"path":"a.txt/y","folder":true}""", "")]
    [InlineData("""{"path":"a.txt","gone":true}""", "a.txt: gone")]
    [InlineData("""{"path":"dir","gone":true}""", "dir: gone")]
    [InlineData("""{"path":"none","gone":true}""", "")]
    [InlineData("""{"path":"a.txt","gone":false}""", "a.txt: anything")]
    public void A_directory_is_made_and_what_is_there_is_removed(string leaf, string left, string write = "") => Assert.Equal(left, Left(leaf, write));

    [Theory]
    [InlineData("""{"path":"new","moved-from":"a.txt"}""", "a.txt: gone, new: as a.txt")]
    [InlineData("""{"path":"dir/new","moved-from":"dir/inner"}""", "dir/inner: gone, dir/new: as dir/inner")]
    [InlineData("""{"path":"dir","moved-from":"a.txt"}""", "")] // something is there
    [InlineData("""{"path":"new","moved-from":"none"}""", "")]
    [InlineData("""{"path":"dir/inner/new","moved-from":"dir"}""", "")] // into itself
    [InlineData("""{"path":"none/new","moved-from":"a.txt"}""", "")]
    [InlineData("""{"path":"new","moved-from":7}""", "")]
    public void What_is_moved_is_gone_where_it_was(string leaf, string left) => Assert.Equal(left, Left(leaf));

    [Theory]
    [InlineData("""{"path":"a.txt"}""", "a.txt: anything")]
    [InlineData("""{"path":"dir"}""", "dir: anything")]
    [InlineData("""{"path":"new"}""", "new: anything")]
    [InlineData("""{"path":"none/new"}""", "")]
    [InlineData("""{"path":7}""", "")]
    [InlineData("""{"path":""}""", "")]
    public void What_nobody_can_foresee_is_anything_where_something_can_be(string leaf, string left) => Assert.Equal(left, Left(leaf));

    [Theory]
    [InlineData("""{"path":["a.txt","new"],"content":["x","y"]}""", "a.txt: steps x, new: steps y")]
    [InlineData("""{"path":["a.txt","new"],"content":"x"}""", "a.txt: steps x, new: steps x")]
    [InlineData("""{"path":["a.txt","new"],"content":["x"]}""", "a.txt: steps x, new: anything")] // nobody can tell
    [InlineData("""{"path":["a.txt","none"],"gone":true}""", "a.txt: gone")]
    [InlineData("""{"path":[],"content":"x"}""", "")]
    public void Lists_are_gone_through_side_by_side(string leaf, string left) => Assert.Equal(left, Left(leaf));

    [Fact]
    public void Of_two_leaves_of_one_file_the_later_counts() =>
        Assert.Equal("a.txt: steps y", Left("""{"path":"a.txt","content":"x"},{"path":"link","content":"y"}"""));

    [Fact]
    public void Without_leaves_all_that_is_written_may_be_anything() =>
        Assert.Equal("a.txt: anything, dir: anything", Words(FileLeaves.Of(Call("{}", "a.txt dir"), new FilePaths())));

    [Theory]
    [InlineData("""{"leaves":{}}""")]
    [InlineData("""{"leaves":[{"content":"x"}]}""")]
    [InlineData("""{"leaves":["a.txt"]}""")]
    public void What_a_manifest_does_not_say_as_it_must_is_refused(string with) =>
        Assert.Throws<FormatException>(() => FileLeaves.Of(Call(with, ""), new FilePaths()));

    private string Left(string leaves, string write = "") => Words(FileLeaves.Of(Call($$"""{"leaves":[{{leaves}}]}""", write), new FilePaths()));

    private StatefulCall Call(string with, string write) => new(
        new ForeignServer("s", OwnName: null, Profile: null, ["s"], _root),
        "t",
        JsonElement.Parse("{}"),
        Footprint.Create([], [.. write.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => ObjectPattern.Parse($"file:{At(name)}"))]),
        JsonElement.Parse(with))
    {
        Directories = [_root],
    };

    private string Words(IReadOnlyDictionary<string, Expectation> left) => string.Join(", ", left
        .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{Name(pair.Key)}: {Words(pair.Value)}"));

    // A content is known by its digest alone: the candidates of these tests are tried.
    private string Words(Expectation left) => left switch
    {
        Expectation.FileOf file => $"{(file.IsInSteps ? "steps" : "whole")} {s_contents.Single(text => ContentId.Of(Encoding.UTF8.GetBytes(text)) == file.Content)}",
        Expectation.AnyFolder => "folder",
        Expectation.SameAs same => $"as {Name(same.Path)}",
        Expectation.Anything => "anything",
        _ when left == Expectation.Gone => "gone",
        _ => throw new InvalidOperationException($"Nothing here is left as {left}."),
    };

    private static readonly string[] s_contents = ["x", "y", "", "one\n2\n", "1\n3\n"];

    private string Name(string path) => Path.GetRelativePath(_root, path);

    private string At(string name) => Path.Combine(_root, name);
}
