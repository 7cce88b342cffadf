namespace CoAgent.Workspace.Files;

/// <summary>The files that are there now.</summary>
internal sealed class LiveFiles : IFileView
{
    internal static LiveFiles Instance { get; } = new();

    public FileKind KindOf(string absolute) => FileKinds.Of(absolute);

    public string? LinkTargetOf(string absolute) => new FileInfo(absolute).LinkTarget;

    public List<DirectoryEntry> List(string absolute) => DirectoryListing.Of(absolute);

    public byte[]? Read(string absolute, int bytesMax)
    {
        // Sharing everything keeps .NET from locking the file, which would fail calls beside this one.
        using var handle = File.OpenHandle(
            absolute, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(handle);
        if (length > bytesMax)
        {
            return null;
        }

        var bytes = new byte[length];
        var filled = 0;
        while (filled < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(filled), filled) is var read and > 0)
        {
            filled += read;
        }

        return filled == bytes.Length ? bytes : bytes[..filled];
    }
}
