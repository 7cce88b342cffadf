using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Bash;

/// <summary>A path that a command changed.</summary>
/// <param name="Path">The canonical path in the live tree.</param>
/// <param name="State">What the command left there.</param>
/// <param name="Source">Where its content is; null when there is none.</param>
internal sealed record LayerChange(string Path, FileState State, string? Source);

/// <summary>Reads from an overlay's upper folder what a command changed. It costs with what changed, not with the tree.</summary>
/// <remarks>Reserved names are not looked at: what a command did to them does not happen.</remarks>
internal sealed class UpperLayer(string upper, string root, int entriesMax, Beneath beneath)
{
    private readonly FileStateReader _reader = new(new ContentCollector.Naming(), entriesMax);
    private readonly List<LayerChange> _changes = [];

    /// <summary>The changes.</summary>
    /// <exception cref="NotCapturableException">There are too many, or some cannot be made again.</exception>
    internal IReadOnlyList<LayerChange> Read(CancellationToken cancellationToken)
    {
        AddMode(upper, root);
        ReadDirectory(upper, root, hidesLive: false, cancellationToken);
        _changes.RemoveAll(change => beneath.EarlierAt(change.Path) == change.State);
        return _changes;
    }

    private void ReadDirectory(string layer, string live, bool hidesLive, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in DirectoryListing.Of(layer))
        {
            names.Add(entry.Name);
            ReadEntry(PathWalk.Join(layer, entry.Name), PathWalk.Join(live, entry.Name), hidesLive, cancellationToken);
        }

        if (hidesLive && beneath.KindOf(live) == FileKind.Directory)
        {
            foreach (var name in beneath.NamesIn(live).Where(name => !names.Contains(name)))
            {
                AddRemoval(PathWalk.Join(live, name));
            }
        }
    }

    private void ReadEntry(string layer, string live, bool hidesLive, CancellationToken cancellationToken)
    {
        if (FileKinds.IsWhiteout(layer))
        {
            AddRemoval(live);
            return;
        }

        var state = _reader.StateOf(layer);
        switch (state)
        {
            case FileState.Absent:
                throw new NotCapturableException("it would change a file whose name is not UTF-8");
            case FileState.Folder when beneath.KindOf(live) == FileKind.Directory:
                AddMode(layer, live);
                ReadDirectory(layer, live, hidesLive || IsOpaque(layer), cancellationToken);
                break;
            case FileState.Folder:
                _changes.Add(new LayerChange(live, state, Source: null));
                ReadDirectory(layer, live, hidesLive: false, cancellationToken);
                break;
            default:
                AddReplacement(live, state, layer);
                break;
        }
    }

    // A file in place of a directory: what was in it goes as well.
    private void AddReplacement(string live, FileState state, string layer)
    {
        if (beneath.KindOf(live) == FileKind.Directory)
        {
            AddRemovalsIn(live);
        }

        _changes.Add(new LayerChange(live, state, layer));
    }

    private void AddRemoval(string live)
    {
        switch (beneath.KindOf(live))
        {
            case FileKind.Absent:
                return;
            case FileKind.Directory:
                AddRemovalsIn(live);
                break;
        }

        _changes.Add(new LayerChange(live, FileState.Nothing, Source: null));
    }

    private void AddRemovalsIn(string live)
    {
        foreach (var name in beneath.NamesIn(live))
        {
            AddRemoval(PathWalk.Join(live, name));
        }
    }

    private void AddMode(string layer, string live)
    {
        var mode = FileKinds.StatusOf(layer).Mode;
        if (mode != beneath.ModeOf(live))
        {
            _changes.Add(new LayerChange(live, new FileState.Folder(mode), Source: null));
        }
    }

    private static bool IsOpaque(string directory)
    {
        byte value = 0;
        return SystemCalls.GetAttribute(directory, "user.overlay.opaque", ref value, 1) == 1 && value == (byte)'y';
    }
}
