using System.Runtime.InteropServices;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>Puts files into a given state: what must go first, then what must be there, from the top down.</summary>
/// <remarks>
/// Each file is replaced atomically, and doing it all again changes nothing more: it may be interrupted anywhere and begun anew. A directory
/// that is to go goes only when it is empty, for others may have put things there.
/// </remarks>
/// <param name="contents">Writes the content of that name.</param>
internal sealed class FileRestore(Action<ContentId, Stream> contents)
{
    /// <summary>What a directory's mode must have for its owner to work in it.</summary>
    internal const int OwnerWrites = 0xC0;

    // Directories whose mode does not let us work in them, and the mode that they get back.
    private readonly Dictionary<string, int> _opened = new(StringComparer.Ordinal);

    // Names that are to be names of one file: the other one, which is made before.
    private readonly Dictionary<string, string> _linked = new(StringComparer.Ordinal);

    /// <summary>Done before each change of the file system.</summary>
    /// <value>Nothing; where a process may die is tried here.</value>
    internal Action BeforeStep { get; init; } = static () => { };

    /// <summary>What has to be at a path.</summary>
    internal readonly record struct Wanted(string Path, FileState Now, FileState State, bool IsInTree)
    {
        /// <summary>Another name of the file that it is to be a name of; null when it is a file of its own.</summary>
        internal string? LinkedTo { get; init; }
    }

    /// <summary>Does it.</summary>
    /// <exception cref="IOException">The file system refuses something; part of it may be done.</exception>
    internal void Run(IEnumerable<Wanted> wanted)
    {
        // "a" comes before "a/b": descending order empties directories before they go, ascending order makes them before they are filled.
        var ordered = wanted.OrderBy(static want => want.Path, StringComparer.Ordinal).ToList();
        FindLinked(ordered);
        foreach (var want in Enumerable.Reverse(ordered))
        {
            Clear(want);
        }

        foreach (var want in ordered)
        {
            Make(want);
        }

        foreach (var want in Enumerable.Reverse(ordered))
        {
            if (want.State is FileState.Folder folder)
            {
                _opened.Remove(want.Path);
                SetMode(want.Path, folder.Mode);
            }
        }

        foreach (var (directory, mode) in _opened.Where(static opened => FileKinds.Of(opened.Key) == FileKind.Directory))
        {
            SetMode(directory, mode);
        }
    }

    // Names of one file stay that when all of them are to hold the same.
    private void FindLinked(List<Wanted> ordered)
    {
        var first = new Dictionary<((ulong, ulong), FileState), string>();
        foreach (var want in ordered)
        {
            if (want.LinkedTo is { } other)
            {
                _linked[want.Path] = other;
            }
            else if (want is { State: FileState.Regular, Now: FileState.Regular } && OperatingSystem.IsLinux()
                && SystemCalls.IdentityOf(want.Path) is { Names: > 1 } file
                && !first.TryAdd(((file.Device, file.File), want.State), want.Path))
            {
                _linked[want.Path] = first[((file.Device, file.File), want.State)];
            }
        }
    }

    private void Clear(Wanted want)
    {
        ReservedNames.RemoveTemporaryFor(want.Path);
        var replaces = want.State is FileState.Regular or FileState.Link && want.Now is not FileState.Folder;
        if (want.Now is FileState.Absent || want.Now.Kind == want.State.Kind || replaces)
        {
            return;
        }

        Open(PathWalk.ParentOf(want.Path));
        if (want.Now is FileState.Folder)
        {
            RemoveDirectory(want);
        }
        else
        {
            BeforeStep();
            File.Delete(want.Path);
        }
    }

    private void RemoveDirectory(Wanted want)
    {
        if (want.IsInTree)
        {
            // Files in the making that a dead process left behind: nobody else works in a tree that goes.
            Open(want.Path);
            ReservedNames.RemoveTemporariesIn(want.Path);
        }

        BeforeStep();
        if (SystemCalls.RemoveDirectory(want.Path) == 0)
        {
            return;
        }

        var error = Marshal.GetLastPInvokeError();
        var stays = error is SystemCalls.NotEmpty or SystemCalls.Exists && want.State is FileState.Absent;
        if (!stays && error != SystemCalls.NoEntry)
        {
            throw SystemCalls.Failure(error);
        }
    }

    private void Make(Wanted want)
    {
        switch (want.State)
        {
            case FileState.Folder when FileKinds.Of(want.Path) != FileKind.Directory:
                Open(PathWalk.ParentOf(want.Path));
                BeforeStep();
                Directory.CreateDirectory(want.Path);
                Open(want.Path);
                break;
            case FileState.Regular file when want.Now is FileState.Regular now && now.Content == file.Content && now.Length == file.Length:
                SetMode(want.Path, file.Mode);
                break;
            case FileState.Regular when _linked.TryGetValue(want.Path, out var other):
                Put(want.Path, temporary => SystemCalls.MakeName(other, temporary));
                break;
            case FileState.Regular file:
                Put(want.Path, temporary => WriteFile(temporary, file));
                break;
            case FileState.Link link when want.Now != want.State:
                Put(want.Path, temporary => File.CreateSymbolicLink(temporary, link.Target));
                break;
            case FileState.Special special when want.Now != want.State:
                Put(want.Path, temporary => MakeNode(temporary, special.TypeAndMode));
                break;
        }
    }

    private void Put(string path, Action<string> make)
    {
        Open(PathWalk.ParentOf(path));
        var temporary = ReservedNames.TemporaryFor(path);
        try
        {
            BeforeStep();
            make(temporary);
            BeforeStep();
            if (SystemCalls.Rename(temporary, path) != 0)
            {
                throw SystemCalls.Failure(Marshal.GetLastPInvokeError());
            }
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private void WriteFile(string temporary, FileState.Regular file)
    {
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
        {
            BeforeStep();
            if (file.Length > 0)
            {
                contents(file.Content, stream);
            }
        }

        SetMode(temporary, file.Mode);
    }

    private void MakeNode(string temporary, int typeAndMode)
    {
        if (SystemCalls.MakeNode(temporary, (uint)typeAndMode, device: 0) != 0)
        {
            throw SystemCalls.Failure(Marshal.GetLastPInvokeError());
        }

        SetMode(temporary, FileKinds.PermissionsOf(typeAndMode));
    }

    // A directory that its owner may not change could not be given its content back.
    private void Open(string directory)
    {
        if (_opened.ContainsKey(directory))
        {
            return;
        }

        var (kind, mode) = FileKinds.StatusOf(directory);
        if (kind == FileKind.Directory && (mode & OwnerWrites) != OwnerWrites && !Environment.IsPrivilegedProcess)
        {
            _opened.Add(directory, mode);
            SetMode(directory, mode | OwnerWrites);
        }
    }

    private void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows() && FileKinds.StatusOf(path) is var (kind, now) && kind != FileKind.Absent && now != mode)
        {
            BeforeStep();
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }
    }
}
