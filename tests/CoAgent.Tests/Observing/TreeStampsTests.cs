using System.Runtime.Versioning;
using CoAgent.Proxy.Observing;

namespace CoAgent.Tests.Observing;

[UnsupportedOSPlatform("windows")]
public sealed class TreeStampsTests : IDisposable
{
    private static readonly DateTime s_early = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("coagent-watch-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void What_was_created_changed_and_deleted_is_seen_and_nothing_else()
    {
        Write("kept", "a");
        Write("changed", "a");
        Write("deleted", "a");
        var before = Look();
        Write("sub/created", "a");
        Write("changed", "ab");
        File.Delete(PathOf("deleted"));

        var seen = before.Until(Look());

        Assert.Equal([PathOf("sub"), PathOf("sub/created")], seen.Created);
        Assert.Equal([PathOf("changed")], seen.Changed);
        Assert.Equal([PathOf("deleted")], seen.Deleted);
        Assert.Null(seen.Doubt);
    }

    [Fact]
    public void A_content_of_the_same_length_and_another_mode_are_changes()
    {
        Write("content", "a");
        Write("mode", "a");
        var before = Look();
        File.WriteAllText(PathOf("content"), "b");
        File.SetUnixFileMode(PathOf("mode"), UnixFileMode.UserRead);

        Assert.Equal([PathOf("content"), PathOf("mode")], before.Until(Look()).Changed);
    }

    [Fact]
    public void A_link_is_looked_at_and_not_followed()
    {
        Directory.CreateSymbolicLink(PathOf("loop"), _root.FullName);
        var before = Look();
        Directory.CreateSymbolicLink(PathOf("other"), "/");

        Assert.Equal([PathOf("other")], before.Until(Look()).Created);
    }

    [Fact]
    public void What_is_our_own_is_no_part_of_it()
    {
        Directory.CreateDirectory(PathOf("own"));
        var before = Look("own");
        Write("own/a", "a");

        Assert.Empty(before.Until(Look("own")).All);
    }

    [Fact]
    public void A_tree_that_is_too_large_is_in_doubt()
    {
        var large = new TreeStamps((Dictionary<string, TreeStamp>?)null);

        var seen = Look().Until(large);

        Assert.Empty(seen.All);
        Assert.Contains($"{TreeStamps.EntriesMax} files", seen.Doubt, StringComparison.Ordinal);
    }

    private TreeStamps Look(params string[] without) => TreeStamps.Of(_root.FullName, [.. without.Select(PathOf)]);

    private string PathOf(string name) => Path.Combine(_root.FullName, name);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
        File.SetLastWriteTimeUtc(PathOf(name), s_early);
    }
}
