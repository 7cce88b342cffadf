using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>A folder that shows, as a layer over the live tree, what was there earlier.</summary>
/// <param name="root">The live tree.</param>
/// <param name="folder">The folder, which is made.</param>
/// <param name="contents">The contents of the files.</param>
internal sealed class EarlierFolder(string root, string folder, IReadOnlyDictionary<ContentId, ReadOnlyMemory<byte>> contents)
{
    /// <summary>Fills it.</summary>
    /// <exception cref="IOException">The file system refused something.</exception>
    internal void Write(ImmutableArray<EarlierPath> paths, CancellationToken cancellationToken)
    {
        MakeFolder(folder, FileKinds.StatusOf(root).Mode);
        var gone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, state) in paths.OrderBy(static path => path.Path, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (state is not FileState.Absent)
            {
                MakeParents(path);
                Make(At(path), state);
            }
            else if (gone.Add(path) && !gone.Contains(PathWalk.ParentOf(path)) && FileKinds.Of(path) != FileKind.Absent)
            {
                MakeParents(path);
                Hide(At(path));
            }
        }
    }

    private string At(string path) => folder + path[root.Length..];

    private void Make(string at, FileState state)
    {
        switch (state)
        {
            case FileState.Folder directory:
                MakeFolder(at, directory.Mode);
                break;
            case FileState.Regular file:
                File.WriteAllBytes(at, file.Length == 0 ? [] : contents[file.Content].Span);
                FileKinds.SetMode(at, file.Mode);
                break;
            case FileState.Link link:
                File.CreateSymbolicLink(at, link.Target);
                break;
            case FileState.Special special when SystemCalls.MakeNode(at, (uint)special.TypeAndMode, device: 0) == 0:
                FileKinds.SetMode(at, FileKinds.PermissionsOf(special.TypeAndMode));
                break;
            default:
                throw new IOException($"{state} cannot be made in a layer.");
        }
    }

    // A directory of a layer gives its mode to what is seen: on the way to a path it is the live one's.
    private void MakeParents(string path)
    {
        var parent = PathWalk.ParentOf(path);
        if (parent.Length > root.Length && FileKinds.Of(At(parent)) == FileKind.Absent)
        {
            MakeParents(parent);
            MakeFolder(At(parent), FileKinds.StatusOf(parent).Mode);
        }
    }

    private static void MakeFolder(string at, int mode)
    {
        Directory.CreateDirectory(at);
        FileKinds.SetMode(at, mode);
    }

    private static void Hide(string at)
    {
        if (!FileKinds.TryMakeWhiteout(at))
        {
            throw new IOException("What is not there cannot be shown as missing in a layer.");
        }
    }
}
