using System.Runtime.InteropServices;

namespace CoAgent.Workspace.Files;

/// <summary>The few system calls that .NET has no method for.</summary>
internal static partial class SystemCalls
{
    internal const int CurrentDirectory = -100;
    internal const int DoNotFollow = 0x100;
    internal const uint WantType = 3;
    internal const uint WantChanged = 0x80;
    internal const uint WantIdentity = 0x104;
    internal const uint NoReplace = 1;
    internal const int MayWrite = 2;
    internal const int Terminate = 15;
    internal const int Kill = 9;

    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int AccessDenied = 13;
    internal const int Exists = 17;
    internal const int CrossDevice = 18;
    internal const int NotDirectory = 20;
    internal const int Invalid = 22;
    internal const int NoSpace = 28;
    internal const int ReadOnlyFileSystem = 30;
    internal const int NameTooLong = 36;
    internal const int NotImplemented = 38;
    internal const int NotEmpty = 39;

    /// <summary>The head of the kernel's <c>statx</c> structure, whose layout is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct FileStatus
    {
        [FieldOffset(28)]
        internal ushort Mode;

        [FieldOffset(96)]
        internal long ChangedSeconds;

        [FieldOffset(104)]
        internal uint ChangedNanoseconds;
        [FieldOffset(16)]
        internal uint Names;

        [FieldOffset(32)]
        internal ulong File;

        [FieldOffset(136)]
        internal uint FileSystemMajor;

        [FieldOffset(140)]
        internal uint FileSystemMinor;

        [FieldOffset(128)]
        internal uint DeviceMajor;

        [FieldOffset(132)]
        internal uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int StatX(int directory, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int RenameAt2(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint GetAttribute(string path, string name, ref byte value, nint size);

    [LibraryImport("libc", EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int MakeNode(string path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int SendSignal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string from, string to);

    /// <summary>Gives a file one more name.</summary>
    internal static void MakeName(string from, string to)
    {
        if (Link(from, to) != 0)
        {
            throw Failure(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Which file a path names, and how many names it has.</summary>
    internal static (ulong Device, ulong File, uint Names) IdentityOf(string path) =>
        StatX(CurrentDirectory, path, DoNotFollow, WantIdentity, out var status) == 0
            ? (((ulong)status.FileSystemMajor << 32) | status.FileSystemMinor, status.File, status.Names)
            : throw Failure(Marshal.GetLastPInvokeError());

    internal static IOException Failure(int error) => new(Marshal.GetPInvokeErrorMessage(error), error);
}
