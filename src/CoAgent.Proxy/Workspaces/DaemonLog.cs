using System.Text;

namespace CoAgent.Proxy.Workspaces;

/// <summary>What a detached daemon writes to stdout and stderr; one older file is kept.</summary>
internal static class DaemonLog
{
    /// <summary>A log longer than this is put aside when a daemon starts.</summary>
    public const long BytesMax = 4 * 1024 * 1024;

    private const int TailBytesMax = 8 * 1024;
    private const int TailLineCountMax = 20;

    /// <summary>Only under the start lock.</summary>
    public static void Rotate(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length > BytesMax)
        {
            File.Move(path, path + ".1", overwrite: true);
        }
    }

    /// <summary>Where the log ends now; what a daemon writes comes after it.</summary>
    public static long End(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>The last lines after a position, oldest first.</summary>
    public static IReadOnlyList<string> LastLines(string path, long position)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(Math.Max(position, stream.Length - TailBytesMax), SeekOrigin.Begin);
        var tail = new byte[TailBytesMax];
        var count = stream.ReadAtLeast(tail, TailBytesMax, throwOnEndOfStream: false);
        var lines = Encoding.UTF8.GetString(tail, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.TakeLast(TailLineCountMax).ToList();
    }
}
