using System.Runtime.Versioning;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Foreign;

namespace CoAgent.Tests.Workspace.Foreign;

/// <summary>Where the paths lead that file servers are given: <c>R</c> is the first directory of the server, <c>S</c> the second.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FilePathsTests : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("coagent-paths-").FullName;

    public FilePathsTests()
    {
        Directory.CreateDirectory(At("R/dir/deep"));
        Directory.CreateDirectory(At("S"));
        File.WriteAllText(At("R/a.txt"), "a");
        File.WriteAllText(At("S/only.txt"), "s");
        File.CreateSymbolicLink(At("R/to-deep"), "dir/deep");
        File.CreateSymbolicLink(At("R/to-a"), At("R/a.txt"));
        File.CreateSymbolicLink(At("R/twice"), "to-a");
        File.CreateSymbolicLink(At("R/nowhere"), "gone/x");
        File.CreateSymbolicLink(At("R/loop"), "loop");
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);

    [Theory]
    [InlineData("a.txt", "R/a.txt")]
    [InlineData("./dir//deep/../../a.txt", "R/a.txt")]
    [InlineData("dir/", "R/dir")]
    [InlineData(".", "R")]
    [InlineData("only.txt", "R/only.txt")] // the first directory below which it may lie, whether it does or not
    [InlineData("../S/only.txt", "S/only.txt")]
    [InlineData("../elsewhere", "elsewhere")] // below none: what the first makes of it
    [InlineData("to-deep/../a.txt", "R/a.txt")] // taken apart before links are followed
    [InlineData("to-deep/x", "R/dir/deep/x")]
    [InlineData("twice", "R/a.txt")] // the last link, too
    [InlineData("nowhere", "R/gone/x")]
    [InlineData("a.txt/x", "R/a.txt/x")]
    public void A_path_leads_to_one_place(string given, string canonical) => Assert.Equal(At(canonical), Resolve(given)!.Canonical);

    [Fact]
    public void An_absolute_path_is_taken_as_it_is_and_needs_no_directory()
    {
        Assert.Equal(At("S/only.txt"), Resolve(At("S/../S/only.txt"))!.Canonical);
        Assert.Equal(At("S"), new FilePaths().Resolve([], At("S"))!.Canonical);
    }

    [Theory]
    [InlineData("~", "")]
    [InlineData("~/x-of-nobody", "/x-of-nobody")]
    public void The_home_directory_is_put_in(string given, string behind) =>
        Assert.Equal(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + behind, Resolve(given)!.Canonical);

    [Fact]
    public void A_name_that_begins_like_home_is_a_name() => Assert.Equal(At("R/~x"), Resolve("~x")!.Canonical);

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("loop")]
    [InlineData("loop/x")]
    public void What_no_server_takes_leads_nowhere(string given) => Assert.Null(Resolve(given));

    [Fact]
    public void Without_a_directory_a_relative_path_leads_nowhere() => Assert.Null(new FilePaths().Resolve([], "a.txt"));

    [Theory]
    [InlineData("twice", "R/to-a R/twice")]
    [InlineData("to-deep/x", "R/to-deep")]
    [InlineData("to-deep/../a.txt", "")]
    [InlineData("nowhere", "R/nowhere")]
    public void The_links_on_the_way_are_told(string given, string links) =>
        Assert.Equal(Places(links), Resolve(given)!.Links.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("a.txt", true, false)]
    [InlineData("dir", true, true)]
    [InlineData("to-deep", true, true)]
    [InlineData("to-a", true, false)]
    [InlineData("nowhere", false, false)]
    [InlineData("none", false, false)]
    public void What_is_there_is_seen(string given, bool exists, bool isDirectory)
    {
        var path = Resolve(given)!;
        Assert.Equal((exists, isDirectory), (path.Exists, path.IsDirectory));
    }

    [Theory]
    [InlineData("none", "")]
    [InlineData("x/y/z", "R/x/y R/x")] // the nearest first
    [InlineData("nowhere", "R/gone")]
    [InlineData("to-deep/x/y", "R/dir/deep/x")]
    [InlineData("dir/deep", "")]
    [InlineData("a.txt/x", "")] // a file is in the way: nothing is missing above it
    public void The_directories_that_are_missing_above_it_are_told(string given, string missing) =>
        Assert.Equal(Places(missing), Resolve(given)!.Missing);

    private FilePath? Resolve(string given) => new FilePaths().Resolve([At("R"), At("S")], given);

    private IEnumerable<string> Places(string places) => places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(At);

    private string At(string place) => Path.Combine(_top, place);
}
