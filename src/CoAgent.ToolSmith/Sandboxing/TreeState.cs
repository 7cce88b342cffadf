using System.Collections.Immutable;
using System.Globalization;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>What is at a path: content, mode, or where a link leads. Times are no state.</summary>
/// <param name="Text">In words: <c>file 0644 5 bytes 2cf2…</c>, <c>folder 0755</c>, <c>link to a</c>.</param>
public sealed record PathState(string Text)
{
    private const string Link = "link to ";

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => Text.StartsWith("folder", StringComparison.Ordinal);

    /// <summary>Where a link leads; null for what is none.</summary>
    public string? Target => Text.StartsWith(Link, StringComparison.Ordinal) ? Text[Link.Length..] : null;

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal static PathState LinkTo(string target) => new(Link + target);
}

/// <summary>A path whose state is another than before.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Before">What was there; null for nothing.</param>
/// <param name="After">What is there; null for nothing.</param>
public sealed record PathChange(string Path, PathState? Before, PathState? After)
{
    /// <summary>Whether it came or went: its folder's listing changed.</summary>
    public bool ChangesListing => Before is null || After is null;

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Before?.Text ?? "nothing"} → {After?.Text ?? "nothing"}";
}

/// <summary>All that lies in a folder, itself included.</summary>
/// <param name="Paths">What is there, by full path.</param>
public sealed record TreeState(ImmutableSortedDictionary<string, PathState> Paths)
{
    /// <summary>Looks at a folder.</summary>
    /// <exception cref="SandboxException">There is too much in it.</exception>
    public static TreeState Of(string folder, SandboxLimits limits)
    {
        var paths = ImmutableSortedDictionary.CreateBuilder<string, PathState>(StringComparer.Ordinal);
        Add(new DirectoryInfo(folder), paths, limits);
        return new TreeState(paths.ToImmutable());
    }

    /// <summary>What has changed from this state to a later one.</summary>
    public ImmutableArray<PathChange> ChangesTo(TreeState later) =>
    [
        .. Paths.Keys.Union(later.Paths.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(path => new PathChange(path, Paths.GetValueOrDefault(path), later.Paths.GetValueOrDefault(path)))
            .Where(static change => change.Before != change.After),
    ];

    private static void Add(FileSystemInfo entry, ImmutableSortedDictionary<string, PathState>.Builder paths, SandboxLimits limits)
    {
        if (paths.Count >= limits.FilesMax)
        {
            throw new SandboxException($"the trial folder holds more than {limits.FilesMax} files");
        }

        paths[entry.FullName] = StateOf(entry, limits);
        if (entry is DirectoryInfo { LinkTarget: null } folder)
        {
            foreach (var below in folder.EnumerateFileSystemInfos())
            {
                Add(below, paths, limits);
            }
        }
    }

    private static PathState StateOf(FileSystemInfo entry, SandboxLimits limits)
    {
        if (entry.LinkTarget is { } target)
        {
            return PathState.LinkTo(target);
        }

        var mode = Convert.ToString((int)entry.UnixFileMode, toBase: 8).PadLeft(4, '0');
        return entry switch
        {
            DirectoryInfo => new PathState($"folder {mode}"),
            FileInfo { Length: 0 } => new PathState($"file {mode} empty"),
            FileInfo file when file.Length > limits.FileBytesMax =>
                throw new SandboxException($"{file.Name} is longer than {limits.FileBytesMax} bytes"),
            FileInfo file => new PathState(string.Create(
                CultureInfo.InvariantCulture, $"file {mode} {file.Length} bytes {ContentId.Of(File.ReadAllBytes(file.FullName))}")),
            _ => throw new InvalidOperationException("An entry of a folder is a file or a folder."),
        };
    }
}
