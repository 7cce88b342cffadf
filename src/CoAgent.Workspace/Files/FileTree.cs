using System.IO.Enumeration;
using System.Runtime.InteropServices;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Files;

/// <summary>The files below one root: all that the file tools do to the disk goes through here.</summary>
/// <remarks>
/// Takes canonical paths only. A content is replaced as a whole: a reader sees the old bytes or the new ones, never a mix. Nothing is flushed to
/// the device, so a power cut can lose the last changes. Changes must not overlap in time; the dispatch sees to that.
/// </remarks>
internal sealed class FileTree(WorkspaceRoot root, WorkspaceLimits limits)
{
    private static readonly EnumerationOptions EveryLevel = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
    };

    internal WorkspaceRoot Root => root;

    internal WorkspaceLimits Limits => limits;

    /// <summary>The view that everything is read in.</summary>
    internal IFileView Files => root.Files;

    /// <summary>The same tree in another view; only for reading.</summary>
    internal FileTree In(IFileView files) => new(root.In(files), limits);

    /// <summary>The path of a regular file; anything else is refused with what to do instead.</summary>
    internal WorkspacePath RequireFile(string given)
    {
        var path = root.Resolve(given);
        return path.Kind switch
        {
            FileKind.File => path,
            FileKind.Absent => throw new CallRefusedException($"{given} does not exist; list_directory shows what does."),
            FileKind.Directory => throw new CallRefusedException($"{given} is a directory; list_directory shows what it holds."),
            _ => throw new CallRefusedException($"{given} is neither a file nor a directory (a pipe, a socket or a device)."),
        };
    }

    /// <summary>The path of a directory; anything else is refused.</summary>
    internal WorkspacePath RequireDirectory(string given)
    {
        var path = root.Resolve(given);
        return path.Kind switch
        {
            FileKind.Directory => path,
            FileKind.Absent => throw new CallRefusedException($"{given} does not exist; find_files shows what does."),
            _ => throw new CallRefusedException($"{given} is a file, not a directory."),
        };
    }

    internal byte[] ReadBytes(WorkspacePath file) => ReadUpToLimit(file.Absolute) is { } bytes
        ? bytes
        : throw new CallRefusedException($"{file.Given} is larger than {limits.FileBytesMax} bytes; use bash (head, tail, sed -n) on it.");

    /// <summary>The bytes of a file, or nothing when it is beyond the limit.</summary>
    internal byte[]? ReadUpToLimit(string absolute) => Files.Read(absolute, limits.FileBytesMax);

    /// <summary>Gives a file its content, making it and the directories on the way where they are missing; an existing file keeps its mode.</summary>
    internal static void Replace(WorkspacePath file, ReadOnlySpan<byte> content)
    {
        if (file.Kind is not (FileKind.File or FileKind.Absent))
        {
            throw new CallRefusedException($"{file.Given} is not a file; nothing was written.");
        }

        // Renaming over a file asks only for the right to change its directory; whoever made it read-only meant its content.
        if (file.Kind == FileKind.File && SystemCalls.Access(file.Absolute, SystemCalls.MayWrite) != 0)
        {
            throw SystemCalls.Failure(Marshal.GetLastPInvokeError());
        }

        MakeDirectories(file.Parent, file.Given);
        var temporary = ReservedNames.TemporaryFor(file.Absolute);
        ReservedNames.RemoveTemporaryFor(file.Absolute);
        try
        {
            WriteNew(temporary, content);
            if (file.Kind == FileKind.File)
            {
                FileKinds.KeepMode(file.Absolute, temporary);
            }

            if (SystemCalls.Rename(temporary, file.Absolute) != 0)
            {
                throw SystemCalls.Failure(Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Makes a directory and those on the way to it.</summary>
    internal static void MakeDirectories(string absolute, string given)
    {
        var existing = absolute;
        FileKind kind;
        while ((kind = FileKinds.Of(existing)) == FileKind.Absent)
        {
            existing = PathWalk.ParentOf(existing);
        }

        if (kind != FileKind.Directory)
        {
            throw new CallRefusedException($"A directory on the way to {given} cannot be made: a file has its name.");
        }

        Directory.CreateDirectory(absolute);
    }

    /// <summary>Gives an entry another name, which must be free.</summary>
    internal static void Rename(string from, string to, string givenTo)
    {
        if (OperatingSystem.IsLinux())
        {
            if (SystemCalls.RenameAt2(SystemCalls.CurrentDirectory, from, SystemCalls.CurrentDirectory, to, SystemCalls.NoReplace) == 0)
            {
                return;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is not (SystemCalls.Invalid or SystemCalls.NotImplemented))
            {
                throw error == SystemCalls.Exists ? AlreadyThere(givenTo) : SystemCalls.Failure(error);
            }
        }

        // Some file systems cannot rename without replacing in one step: look first, then rename.
        RequireFree(to, givenTo);
        if (SystemCalls.Rename(from, to) != 0)
        {
            throw SystemCalls.Failure(Marshal.GetLastPInvokeError());
        }
    }

    internal static void RequireFree(string absolute, string given)
    {
        if (FileKinds.Of(absolute) != FileKind.Absent)
        {
            throw AlreadyThere(given);
        }
    }

    /// <summary>Refuses to carry CoAgent's own state along with the directory that holds it.</summary>
    internal static void RequireNoState(WorkspacePath directory)
    {
        var names = new FileSystemEnumerable<bool>(directory.Absolute, static (ref FileSystemEntry _) => true, EveryLevel)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => ReservedNames.IsState(entry.FileName),
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        if (names.Any())
        {
            throw new CallRefusedException(
                $"{directory.Given} holds {ReservedNames.State}, which belongs to CoAgent itself; name the other things in it one by one.");
        }
    }

    private static CallRefusedException AlreadyThere(string given) =>
        new($"{given} exists already and nothing was changed; delete it first or choose another name.");

    private static void WriteNew(string absolute, ReadOnlySpan<byte> content)
    {
        using var handle = File.OpenHandle(absolute, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(handle, content, 0);
    }
}
