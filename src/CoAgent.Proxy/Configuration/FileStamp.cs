namespace CoAgent.Proxy.Configuration;

/// <summary>What can be seen of a file without reading it: when it differs, the file was written or replaced.</summary>
/// <param name="BytesCount">Its length.</param>
/// <param name="WrittenAt">When it was last written.</param>
internal readonly record struct FileStamp(long BytesCount, DateTime WrittenAt)
{
    /// <summary>The stamp of a file, links followed; null where it cannot be opened.</summary>
    public static FileStamp? Of(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return new FileStamp(RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}
