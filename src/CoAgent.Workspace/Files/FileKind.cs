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
    private const int PipeType = 0x1000;
    private const int CharacterDeviceType = 0x2000;
    private const int SocketType = 0xC000;
    private const int PermissionMask = 0xFFF;

    internal static FileKind Of(string path) => OperatingSystem.IsLinux() ? FromKernel(path) : FromAttributes(path);

    /// <summary>Gives one file the mode of another.</summary>
    internal static void KeepMode(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
    }

    /// <summary>Gives a file its permission bits.</summary>
    internal static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
        }
    }

    /// <summary>What a path names, with its permission bits; of something special its type too.</summary>
    internal static (FileKind Kind, int Mode) StatusOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var kind = FromAttributes(path);
            return (kind, kind is FileKind.Absent or FileKind.Link || OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(path));
        }

        var mode = ModeOf(path);
        return KindOf(mode) is var found and not FileKind.Special ? (found, mode & PermissionMask) : (FileKind.Special, mode);
    }

    /// <summary>The permission bits of a type and mode.</summary>
    internal static int PermissionsOf(int typeAndMode) => typeAndMode & PermissionMask;

    /// <summary>Whether a path is the device that an overlay puts where something was removed.</summary>
    internal static bool IsWhiteout(string path) =>
        SystemCalls.StatX(SystemCalls.CurrentDirectory, path, SystemCalls.DoNotFollow, SystemCalls.WantType, out var status) == 0
        && (status.Mode & TypeMask) == CharacterDeviceType
        && status is { DeviceMajor: 0, DeviceMinor: 0 };

    /// <summary>Makes such a device; false where the system does not allow it.</summary>
    internal static bool TryMakeWhiteout(string path) => SystemCalls.MakeNode(path, CharacterDeviceType, device: 0) == 0;

    /// <summary>Whether something special can be made without privileges: a pipe, a socket.</summary>
    internal static bool CanBeMade(int typeAndMode) => (typeAndMode & TypeMask) is PipeType or SocketType;

    private static FileKind FromKernel(string path) => KindOf(ModeOf(path));

    private static FileKind KindOf(int mode) => (mode & TypeMask) switch
    {
        0 => FileKind.Absent,
        FileType => FileKind.File,
        DirectoryType => FileKind.Directory,
        LinkType => FileKind.Link,
        _ => FileKind.Special,
    };

    // Type and permissions; 0 when there is nothing.
    private static int ModeOf(string path)
    {
        if (SystemCalls.StatX(SystemCalls.CurrentDirectory, path, SystemCalls.DoNotFollow, SystemCalls.WantType, out var status) == 0)
        {
            return status.Mode;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is SystemCalls.NoEntry or SystemCalls.NotDirectory ? 0 : throw SystemCalls.Failure(error);
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
