using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>The sockets of this machine that have a path: a read-only mount does not keep anybody from connecting to one.</summary>
public static class ListeningSockets
{
    private const string Table = "/proc/net/unix";
    private const int PathsMax = 256;
    private static readonly ImmutableArray<string> s_hidden = ["/tmp/", "/var/tmp/", "/run/", "/var/run/", "/dev/", "/sys/", "/proc/"];

    /// <summary>Those that lie where a sandbox can see them.</summary>
    /// <param name="shown">The folders that it is shown, wherever they lie.</param>
    /// <exception cref="IOException">There are too many to cover.</exception>
    internal static ImmutableArray<string> Paths(IReadOnlyCollection<string> shown) => Paths(path => IsSeen(path, shown));

    /// <summary>Those that lie where somebody can see them.</summary>
    /// <param name="isSeen">Whether a path is seen.</param>
    /// <exception cref="IOException">There are too many to cover.</exception>
    public static ImmutableArray<string> Paths(Func<string, bool> isSeen)
    {
        // "Num: RefCount Protocol Flags Type St Inode Path", the path with its blanks.
        var paths = File.ReadLines(Table)
            .Select(static line => line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries))
            .Where(static fields => fields.Length == 8 && fields[7].StartsWith('/'))
            .Select(static fields => fields[7])
            .Where(path => isSeen(path) && File.Exists(path))
            .Distinct(StringComparer.Ordinal)
            .Take(PathsMax + 1)
            .ToImmutableArray();
        return paths.Length <= PathsMax ? paths : throw new IOException($"More than {PathsMax} sockets would have to be covered.");
    }

    private static bool IsSeen(string path, IReadOnlyCollection<string> shown) =>
        !s_hidden.Any(hidden => path.StartsWith(hidden, StringComparison.Ordinal))
        || shown.Any(folder => path.StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal));
}
