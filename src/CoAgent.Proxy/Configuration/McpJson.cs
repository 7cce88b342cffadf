namespace CoAgent.Proxy.Configuration;

/// <summary>Reads <c>mcp.json</c>: the clients' <c>mcpServers</c>, and ours under <c>coagent</c>.</summary>
public static class McpJson
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int FileBytesMax = 1024 * 1024;

    /// <summary>Reads the file and expands its variables from <paramref name="environment"/>.</summary>
    /// <returns>The configuration, or every fault at once; bad content is never an exception.</returns>
    public static LoadResult Load(string path, IReadOnlyDictionary<string, string> environment) =>
        throw new NotSupportedException($"{path} {environment.Count}");
}
