using System.Globalization;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>Copies a tree with contents, modes, times and links, within bounds. Reserved names are left out.</summary>
internal sealed class TreeDuplicate(WorkspaceLimits limits)
{
    // Files with several names, by what the system calls them: the first copy of each.
    private readonly Dictionary<(ulong Device, ulong File), string> _linked = [];
    private long _bytes;
    private int _entries;

    /// <summary>Copies it; the copy must not be there.</summary>
    /// <exception cref="NotCapturableException">There is too much of it, or something in it that cannot be made again.</exception>
    internal void Copy(string from, string to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (++_entries > limits.CaptureEntriesMax)
        {
            throw TooLarge($"{limits.CaptureEntriesMax.ToString(CultureInfo.InvariantCulture)} files");
        }

        var (kind, mode) = FileKinds.StatusOf(from);
        switch (kind)
        {
            case FileKind.Directory:
                CopyDirectory(from, to, mode, cancellationToken);
                break;
            case FileKind.Link when new FileInfo(from).LinkTarget is { } target:
                File.CreateSymbolicLink(to, target);
                break;
            case FileKind.File:
                CopyFile(from, to);
                break;
            case FileKind.Special when FileKinds.CanBeMade(mode) && SystemCalls.MakeNode(to, (uint)mode, device: 0) == 0:
                FileKinds.SetMode(to, FileKinds.PermissionsOf(mode));
                break;
            case FileKind.Absent:
                break; // Gone meanwhile.
            default:
                throw new NotCapturableException("the tree holds a device");
        }
    }

    private void CopyDirectory(string from, string to, int mode, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in DirectoryListing.Of(from))
        {
            Copy(PathWalk.Join(from, entry.Name), PathWalk.Join(to, entry.Name), cancellationToken);
        }

        // Last, for a directory that forbids writing could not be filled, and filling it is a change of its own.
        FileKinds.SetMode(to, mode);
        Directory.SetLastWriteTimeUtc(to, Directory.GetLastWriteTimeUtc(from));
    }

    private void CopyFile(string from, string to)
    {
        var identity = SystemCalls.IdentityOf(from);
        if (identity.Names > 1 && !_linked.TryAdd((identity.Device, identity.File), to))
        {
            SystemCalls.MakeName(_linked[(identity.Device, identity.File)], to);
            return;
        }

        _bytes += new FileInfo(from).Length;
        if (_bytes > limits.LayerBytesMax)
        {
            throw TooLarge($"{limits.LayerBytesMax.ToString(CultureInfo.InvariantCulture)} bytes");
        }

        // Shares blocks where the file system can.
        File.Copy(from, to, overwrite: false);
        FileKinds.KeepMode(from, to);
        File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(from));
    }

    private static NotCapturableException TooLarge(string bound) =>
        new($"it needs a copy of the tree, which holds more than {bound}");
}
