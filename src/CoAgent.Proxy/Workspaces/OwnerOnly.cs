namespace CoAgent.Proxy.Workspaces;

/// <summary>
/// Files and directories that nobody but their owner can read. On Windows the user's profile rules apply instead.
/// </summary>
internal static class OwnerOnly
{
    public const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode OthersBits =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, DirectoryMode);
        if (File.GetUnixFileMode(path) != DirectoryMode)
        {
            File.SetUnixFileMode(path, DirectoryMode);
        }
    }

    /// <summary>Opens a new file that was never readable by others, not even for a moment.</summary>
    public static FileStream CreateFile(string path) => Open(path, System.IO.FileMode.CreateNew, FileShare.Read);

    /// <summary>
    /// Opens a file for this process alone; another who asks the same meanwhile gets an <see cref="IOException"/>.
    /// </summary>
    public static FileStream OpenLocked(string path) => Open(path, System.IO.FileMode.OpenOrCreate, FileShare.None);

    /// <summary>Opens or creates a file that others of the same owner may write meanwhile.</summary>
    public static FileStream OpenShared(string path) =>
        Open(path, System.IO.FileMode.OpenOrCreate, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Whether the group or others have any permission.</summary>
    public static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersBits) != UnixFileMode.None;

    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, FileMode);
        }
    }

    /// <summary>Replaces a file as a whole: a reader sees the old text or the new, never a part.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        File.Delete(draft);
        using (var stream = CreateFile(draft))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode;
        }

        return new FileStream(path, options);
    }
}
