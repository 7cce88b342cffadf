using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>A daemon that relays to some servers, in a workspace of its own; both end with the test.</summary>
internal sealed class ServedWorkspace : IAsyncDisposable
{
    private readonly DirectoryInfo root;
    private readonly TestProcess serving;

    private ServedWorkspace(DirectoryInfo folder, TestProcess daemon, Uri url)
    {
        root = folder;
        serving = daemon;
        Url = url;
    }

    /// <summary>The daemon's MCP endpoint.</summary>
    public Uri Url { get; }

    /// <summary>What the daemon logs, for messages.</summary>
    public string Log => serving.Stderr;

    /// <summary>Starts <c>coagent serve --no-token</c> before these servers.</summary>
    public static async Task<ServedWorkspace> StartAsync(CancellationToken cancellationToken, params IEnumerable<Server> servers)
    {
        var folder = Directory.CreateTempSubdirectory("coagent-e2e-");
        var entries = new JsonObject();
        foreach (var server in servers)
        {
            entries[server.Name] = server.ToJson();
        }

        var configuration = new JsonObject { ["mcpServers"] = entries, ["coagent"] = new JsonObject { ["protocol"] = "none" } };
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "mcp.json"), configuration.ToJsonString(), cancellationToken);
        var daemon = TestProcess.StartCoagent(
            ["serve", "--no-token", "--log", "Debug", "--workspace", folder.FullName], folder.FullName);
        var line = await daemon.WaitForLineAsync(
            line => line.TrimStart().StartsWith("URL ", StringComparison.Ordinal), cancellationToken);
        var url = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return new ServedWorkspace(folder, daemon, new Uri(url));
    }

    /// <summary>A stdio client's way in.</summary>
    public RawStdioClient Connect(params IEnumerable<string> arguments) =>
        new(TestProcess.StartCoagent(["connect", "--workspace", root.FullName, .. arguments], root.FullName));

    /// <summary>A client over either way in.</summary>
    public RelayedClient NewClient(bool overHttp, params IEnumerable<string> arguments) =>
        overHttp ? new HttpRelayedClient(Url) : new StdioRelayedClient(Connect(arguments));

    public async ValueTask DisposeAsync()
    {
        await serving.DisposeAsync();
        root.Delete(recursive: true);
    }

    /// <summary>One entry of <c>mcpServers</c>.</summary>
    internal sealed record Server(string Name, string? Command, IReadOnlyList<string> Arguments, Uri? Url)
    {
        /// <summary>A fixture server that the daemon starts.</summary>
        public static Server Stdio(string name, params IEnumerable<string> arguments) =>
            new(name, "dotnet", [Repository.FixtureAssembly, .. arguments], Url: null);

        /// <summary>A server that runs already.</summary>
        public static Server Http(string name, Uri url) => new(name, Command: null, [], url);

        public JsonObject ToJson() => Url is null
            ? new JsonObject { ["command"] = Command, ["args"] = JsonSerializer.SerializeToNode(Arguments) }
            : new JsonObject { ["type"] = "http", ["url"] = Url.ToString() };
    }
}
