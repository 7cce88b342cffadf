namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>
/// A server of a few lines of shell, so light that a test can have many: leaves a file named by its process id with all
/// that it is told, answers any request with that id, and dies of the tool <c>die</c>.
/// </summary>
internal sealed class ShellServer
{
    /// <summary>The lines; the folder for what it leaves is its argument.</summary>
    internal const string Script =
        """
        log="$1/$$.log"
        : > "$log"
        while IFS= read -r line; do
          printf '%s\n' "$line" >> "$log"
          id=${line#*\"id\":}; id=${id%%,*}
          case "$line" in
            *'"method":"initialize"'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{},"logging":{},"resources":{"subscribe":true}},"serverInfo":{"name":"shell","version":"1"}}}\n' "$id" ;;
            *'"name":"die"'*) exit 7 ;;
            *'"method":"tools/list"'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"pid","inputSchema":{"type":"object"}}]}}\n' "$id" ;;
            *'"id":'*)
              printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"%s"}]}}\n' "$id" "$$" ;;
          esac
        done
        """;

    private readonly string logs;

    public ShellServer(ProxyUnderTest proxy, string name)
    {
        var script = proxy.File(name + ".sh");
        File.WriteAllText(script, Script);
        logs = Directory.CreateDirectory(proxy.File(name)).FullName;
        proxy.WithCommand(name, "sh", script, logs);
    }

    /// <summary>The process ids of all that were ever started.</summary>
    public IReadOnlyList<int> Started =>
        [.. Directory.EnumerateFiles(logs, "*.log").Select(file => int.Parse(Path.GetFileNameWithoutExtension(file)))];

    public int RunningCount => Started.Count(TestProcess.IsRunning);

    /// <summary>What one of them has been told so far.</summary>
    public IReadOnlyList<RawMessage> ToldTo(int id) => ProxyUnderTest.ReadLines(Path.Combine(logs, $"{id}.log"));

    public async Task WaitForEndOfAllAsync()
    {
        foreach (var id in Started)
        {
            await TestProcess.WaitForEndOfAsync(id, CancellationToken.None);
        }
    }
}
