namespace CoAgent.Workspace.Files;

/// <summary>When the system last noted a change of a file or directory; of one file system, in the order in which they happened.</summary>
/// <param name="Seconds">Seconds of the system's clock.</param>
/// <param name="Nanoseconds">And nanoseconds.</param>
internal readonly record struct FileStamp(long Seconds, uint Nanoseconds)
{
    /// <summary>The stamp of what is at a path, links not followed; null where nothing is, or the system does not say.</summary>
    internal static FileStamp? TryOf(string path) =>
        OperatingSystem.IsLinux()
        && SystemCalls.StatX(SystemCalls.CurrentDirectory, path, SystemCalls.DoNotFollow, SystemCalls.WantChanged, out var status) == 0
            ? new FileStamp(status.ChangedSeconds, status.ChangedNanoseconds)
            : null;

    /// <summary>Whether what has this stamp surely changed before what has the other one.</summary>
    internal bool IsBefore(FileStamp other) => (Seconds, Nanoseconds).CompareTo((other.Seconds, other.Nanoseconds)) < 0;
}
