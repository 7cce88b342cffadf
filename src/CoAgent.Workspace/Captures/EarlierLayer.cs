using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>Writes an earlier tree as a folder that an overlay lays over the live one: what differs, and nothing else.</summary>
/// <remarks>What was not there is a device 0/0, which is the overlay's own format.</remarks>
internal sealed class EarlierLayer
{
    private readonly Dictionary<string, FileState> _states;
    private readonly EarlierTree _tree;
    private readonly string _root;
    private readonly string _folder;
    private readonly SortedDictionary<string, int> _modes = new(StringComparer.Ordinal);

    private EarlierLayer(EarlierTree tree, string root, string folder)
    {
        _tree = tree;
        _states = tree.Paths.ToDictionary(static path => path.Path, static path => path.State, StringComparer.Ordinal);
        _root = root;
        _folder = folder;
    }

    /// <summary>Writes what differs below a root into a new folder.</summary>
    /// <returns>False when the system does not allow what an overlay needs; what is there is then of no use.</returns>
    /// <exception cref="KeyNotFoundException">What was captured is no longer kept.</exception>
    internal static async Task<bool> TryWriteAsync(EarlierTree tree, string root, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        FileKinds.KeepMode(root, folder);
        return await new EarlierLayer(tree, root, folder).TryWriteAllAsync(cancellationToken);
    }

    private async Task<bool> TryWriteAllAsync(CancellationToken cancellationToken)
    {
        var below = PathWalk.Join(_root, "");
        foreach (var (path, state) in _tree.Paths)
        {
            // What lies below something that was no directory then was not there either.
            if ((path == _root || (path.StartsWith(below, StringComparison.Ordinal) && IsParentThere(path)))
                && !await TryWriteAsync(path, state, cancellationToken))
            {
                return false;
            }
        }

        // Last and from the bottom up, for a directory that forbids writing could not be filled.
        foreach (var (directory, mode) in _modes.Reverse())
        {
            SetMode(directory, mode);
        }

        return true;
    }

    private async Task<bool> TryWriteAsync(string path, FileState state, CancellationToken cancellationToken)
    {
        var target = TargetOf(path);
        switch (state)
        {
            case FileState.Absent:
                return FileKinds.Of(path) == FileKind.Absent || FileKinds.TryMakeWhiteout(target);
            case FileState.Folder folder:
                Directory.CreateDirectory(target);
                _modes[target] = folder.Mode;
                return true;
            case FileState.Regular file:
                var bytes = file.Length == 0 ? default : await _tree.Read(file.Content, cancellationToken);
                await File.WriteAllBytesAsync(target, bytes, cancellationToken);
                SetMode(target, file.Mode);
                return true;
            case FileState.Link link:
                File.CreateSymbolicLink(target, link.Target);
                return true;
            case FileState.Special special:
                return SystemCalls.MakeNode(target, (uint)special.TypeAndMode, device: 0) == 0;
            default:
                throw new InvalidOperationException("a state is one of five");
        }
    }

    // Directories on the way are as they are now, where nothing else is said of them.
    private bool IsParentThere(string path)
    {
        var parent = PathWalk.ParentOf(path);
        var target = TargetOf(parent);
        switch (FileKinds.Of(target))
        {
            case FileKind.Directory:
                return true;
            case not FileKind.Absent:
                return false;
        }

        if (_states.ContainsKey(parent) || FileKinds.StatusOf(parent) is not (FileKind.Directory, var mode) || !IsParentThere(parent))
        {
            return false;
        }

        Directory.CreateDirectory(target);
        _modes[target] = mode;
        return true;
    }

    private string TargetOf(string path) => _folder + path[_root.Length..];

    private static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }
    }
}
