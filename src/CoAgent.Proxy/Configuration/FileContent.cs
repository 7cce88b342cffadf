namespace CoAgent.Proxy.Configuration;

/// <summary>Reads a configuration file's bytes, up to the largest that is taken.</summary>
internal static class FileContent
{
    /// <summary>The bytes, or why there are none.</summary>
    public static (byte[] Content, Fault? Fault) Read(string path)
    {
        var file = Path.GetFullPath(path);
        try
        {
            using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var content = new byte[McpJson.FileBytesMax + 1];
            var count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return count > McpJson.FileBytesMax
                ? ([], new Fault(file, string.Empty, $"is larger than {McpJson.FileBytesMax} bytes, the most that is read."))
                : (content[..count], null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return ([], new Fault(file, string.Empty, "is not there; copy mcp.json.example to begin with, or name another file."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ([], new Fault(file, string.Empty, "cannot be read; check that it is a file and that you may read it."));
        }
    }
}
