using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Commands;

/// <summary>The names in a view of the tree, as a command line would find them there.</summary>
/// <remarks>CoAgent's own names are not among them: a command does not see them either.</remarks>
internal sealed class TreeNames(WorkspaceRoot root, IFileView files) : ICommandFiles
{
    /// <inheritdoc/>
    public string Root => root.Path;

    /// <inheritdoc/>
    public FilePath? Resolve(string directory, string path, bool followsLast)
    {
        if (path.Length == 0 || path.Contains('\0'))
        {
            return null;
        }

        try
        {
            var walked = PathWalk.Follow(files, directory, path, followsLast, static _ => { });
            return new FilePath(
                walked.Absolute,
                walked.Kind != FileKind.Absent,
                walked.Kind == FileKind.Directory,
                walked.Links,
                walked.Kind == FileKind.Absent ? Missing(walked.Absolute) : []);
        }
        catch (CallRefusedException)
        {
            // A loop of links, or '..' from what is no directory: the system takes it no more than we do.
            return null;
        }
    }

    /// <inheritdoc/>
    public ImmutableArray<string> List(string canonical) => files.KindOf(canonical) == FileKind.Directory
        ? [.. files.List(canonical).Select(static entry => entry.Name).Order(StringComparer.Ordinal)]
        : [];

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Content(string canonical, int bytesMax) =>
        files.KindOf(canonical) == FileKind.File && files.Read(canonical, bytesMax) is { } bytes ? new ReadOnlyMemory<byte>(bytes) : null;

    /// <inheritdoc/>
    /// <remarks>By the live tree: views keep which names go together.</remarks>
    public bool HasOtherNames(string canonical) => OperatingSystem.IsLinux() && files.KindOf(canonical) == FileKind.File
        && SystemCalls.StatX(SystemCalls.CurrentDirectory, canonical, SystemCalls.DoNotFollow, SystemCalls.WantIdentity, out var status) == 0
        && status.Names > 1;

    private ImmutableArray<string> Missing(string absolute)
    {
        var missing = ImmutableArray.CreateBuilder<string>();
        for (var at = PathWalk.ParentOf(absolute); files.KindOf(at) == FileKind.Absent; at = PathWalk.ParentOf(at))
        {
            missing.Add(at);
        }

        return missing.ToImmutable();
    }
}
