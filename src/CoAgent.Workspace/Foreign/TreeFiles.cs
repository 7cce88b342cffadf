using System.Collections.Immutable;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Foreign;

/// <summary>The names in the tree as it is, for who looks at command lines beside their execution.</summary>
/// <param name="root">The canonical path of the root.</param>
public sealed class TreeFiles(string root) : ICommandFiles
{
    private readonly FilePaths _paths = new();

    /// <inheritdoc/>
    public string Root => root;

    /// <inheritdoc/>
    public FilePath? Resolve(string directory, string path, bool followsLast)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            // The home directory is the shell's affair: a word that still begins with "~" is a name.
            var full = Path.IsPathRooted(path) ? path : $"{directory}/{path}";
            return followsLast ? _paths.Resolve([directory], full) : Unfollowed(full);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<string> List(string canonical)
    {
        try
        {
            return Directory.Exists(canonical)
                ? [.. Directory.EnumerateFileSystemEntries(canonical).Select(static entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)]
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Content(string canonical, int bytesMax)
    {
        try
        {
            return new FileInfo(canonical) is { Exists: true, LinkTarget: null } file && file.Length <= bytesMax ? File.ReadAllBytes(canonical) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FilePath? Unfollowed(string full)
    {
        var last = Path.GetFileName(Path.TrimEndingDirectorySeparator(full));
        if (last is "" or "." or ".." || _paths.Resolve([root], Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full))!) is not { } above)
        {
            return _paths.Resolve([root], full);
        }

        var path = above.Canonical == "/" ? $"/{last}" : $"{above.Canonical}/{last}";
        return new FileInfo(path).LinkTarget is not null
            ? above with { Canonical = path, Exists = true, IsDirectory = false }
            : _paths.Resolve([root], path) is { } there ? there with { Links = [.. above.Links, .. there.Links] } : null;
    }
}
