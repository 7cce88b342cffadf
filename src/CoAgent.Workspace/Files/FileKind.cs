using System.Runtime.InteropServices;

namespace CoAgent.Workspace.Files;

/// <summary>What a path names, links not followed.</summary>
internal enum FileKind
{
    Absent,
    File,
    Directory,
    Link,

    /// <summary>A pipe, a socket or a device: opening one can block or act, so no tool does.</summary>
    Special,
}

/// <summary>Asks the file system what a path names.</summary>
internal static class FileKinds
{
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int FileType = 0x8000;
    private const int LinkType = 0xA000;

    internal static FileKind Of(string path) => OperatingSystem.IsLinux() ? FromKernel(path) : FromAttributes(path);

    /// <summary>Gives one file the mode of another.</summary>
    internal static void KeepMode(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
    }

    private static FileKind FromKernel(string path)
    {
        if (SystemCalls.StatX(SystemCalls.CurrentDirectory, path, SystemCalls.DoNotFollow, SystemCalls.WantType, out var status) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is SystemCalls.NoEntry or SystemCalls.NotDirectory ? FileKind.Absent : throw SystemCalls.Failure(error);
        }

        return (status.Mode & TypeMask) switch
        {
            FileType => FileKind.File,
            DirectoryType => FileKind.Directory,
            LinkType => FileKind.Link,
            _ => FileKind.Special,
        };
    }

    // Without statx a special file cannot be told from a regular one; such systems promise less.
    private static FileKind FromAttributes(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            return FileKind.Link;
        }

        return Directory.Exists(path) ? FileKind.Directory : file.Exists ? FileKind.File : FileKind.Absent;
    }
}
