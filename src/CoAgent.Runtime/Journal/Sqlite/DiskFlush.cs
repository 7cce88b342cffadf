using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Waits until the disk has what was written to a file.</summary>
/// <param name="file">The file.</param>
/// <exception cref="IOException">The disk does not take it; what it has is not known from then on.</exception>
internal delegate void DiskFlush(SafeFileHandle file);

/// <summary>The flushes of operating systems.</summary>
internal static partial class DiskFlushes
{
    private const int Interrupted = 4;

    /// <summary>Flushes what is needed to read the file again, and no more: its times are not.</summary>
    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (FlushData(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FlushData(SafeFileHandle file);
}
