using System.Collections.Immutable;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>The places outside a root where programs keep things of their own, and what of it may be thrown away.</summary>
/// <remarks>
/// What a command has made there and removed again is nobody's business. What is a cache is made again when it is missing: it is thrown away. What
/// else is there when the command has ended is a write outside.
/// </remarks>
internal static class OuterPlaces
{
    /// <summary>Caches and logs in a home directory: nothing is lost with them but time.</summary>
    private static readonly ImmutableArray<string> s_homeCaches =
    [
        ".cache", ".npm", ".nuget", ".dotnet", ".local/share/NuGet", ".local/share/pnpm", ".templateengine", ".cargo/registry", ".cargo/git",
        ".cargo/.package-cache", ".cargo/.global-cache", "go/pkg", ".m2/repository", ".gradle", ".yarn", ".bun/install/cache", ".ccache",
        ".config/matplotlib", ".ipython", ".pyenv/shims", ".aspnet", ".bundle/cache", ".kube/cache", ".lesshst", ".wget-hsts",
        ".node_repl_history", ".python_history", ".sqlite_history",
    ];

    /// <summary>What runtimes leave in a folder for temporary files, by the beginnings of the names.</summary>
    private static readonly ImmutableArray<string> s_temporaries =
    [
        ".dotnet", "dotnet-diagnostic-", "clr-debug-pipe-", "MSBuildTemp", "NuGetScratch", "VBCSCompiler", "hsperfdata_", "node-compile-cache",
        "v8-compile-cache", "go-build", "npm-", "pip-", "jiti", "pyright-",
    ];

    /// <summary>The places of this machine.</summary>
    internal static ImmutableArray<string> Find()
    {
        var home = Environment.GetEnvironmentVariable("HOME");
        var mounts = MountTable.Read();
        var places = ImmutableArray.CreateBuilder<string>();
        foreach (var place in (ReadOnlySpan<string?>)["/tmp", "/var/tmp", "/run", home is ['/', _, ..] ? home.TrimEnd('/') : null])
        {
            // Another file system below would not be seen; in /run there are always some, and nothing in them is for commands.
            if (place is not null && FileKinds.Of(place) == FileKind.Directory
                && PathWalk.Follow(LiveFiles.Instance, "/", place, followLast: true, static _ => { }).Absolute == place
                && (place == "/run" || !mounts.Any(mount => mount.Path != place && LayerSupport.IsBelow(mount.Path, place)))
                && !places.Any(other => LayerSupport.IsBelow(place, other)))
            {
                places.Add(place);
            }
        }

        return places.ToImmutable();
    }

    /// <summary>Whether what is written at a path may be thrown away.</summary>
    internal static bool IsThrownAway(string path) => InHome(path) is { } inHome
        ? s_homeCaches.Any(cache => LayerSupport.IsBelow(inHome, cache)) || path.Contains("/__pycache__", StringComparison.Ordinal)
        : path.Contains("/__pycache__", StringComparison.Ordinal)
            || s_temporaries.Any(name => path.StartsWith("/tmp/" + name, StringComparison.Ordinal) || path.StartsWith("/var/tmp/" + name, StringComparison.Ordinal));

    /// <summary>What a command has left in a place, the first of it; null when that is nothing.</summary>
    /// <param name="upper">The folder of what it wrote there.</param>
    /// <param name="place">The place.</param>
    /// <param name="ours">What is no write: the call's scratch folder.</param>
    internal static string? FindLeft(string upper, string place, string ours)
    {
        foreach (var entry in new DirectoryInfo(upper).EnumerateFileSystemInfos())
        {
            var path = PathWalk.Join(place, entry.Name);
            if (LayerSupport.IsBelow(path, ours) || IsThrownAway(path))
            {
                continue;
            }

            // A directory that was there is in the layer when something in it is.
            var isOnTheWay = entry is DirectoryInfo { LinkTarget: null } && FileKinds.Of(path) == FileKind.Directory;
            if (!isOnTheWay)
            {
                return path;
            }

            if (FindLeft(entry.FullName, path, ours) is { } left)
            {
                return left;
            }
        }

        return null;
    }

    private static string? InHome(string path) =>
        Environment.GetEnvironmentVariable("HOME") is ['/', _, ..] home && LayerSupport.IsBelow(path, home) && path.Length > home.TrimEnd('/').Length
            ? path[(home.TrimEnd('/').Length + 1)..]
            : null;
}
