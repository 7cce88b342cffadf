using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>A daemon in a workspace of its own, which ends with the test, and its clients.</summary>
internal sealed class ProxyUnderTest : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-proxy-");
    private readonly JsonObject servers = [];
    private TestProcess? daemon;

    /// <summary>The workspace's folder.</summary>
    public string Folder => folder.FullName;

    /// <summary>The members of <c>coagent</c> in the configuration, as JSON text without braces. Calls are relayed, not ordered.</summary>
    public string Settings { get; set; } = "";

    /// <summary>The running daemon.</summary>
    public TestProcess Daemon => daemon ?? throw new InvalidOperationException("Start the proxy first.");

    public Uri Url { get; private set; } = null!;

    public string Token { get; private set; } = "";

    /// <summary>Adds a fixture server that the daemon starts.</summary>
    public ProxyUnderTest With(string name, params string[] fixture) =>
        WithCommand(name, "dotnet", [Repository.FixtureAssembly, .. fixture]);

    /// <summary>Adds a program that the daemon starts.</summary>
    public ProxyUnderTest WithCommand(string name, string command, params string[] arguments)
    {
        servers[name] = new JsonObject
        {
            ["command"] = command,
            ["args"] = new JsonArray([.. arguments.Select(argument => JsonValue.Create(argument))]),
        };
        return this;
    }

    /// <summary>Adds a server that the daemon reaches over HTTP.</summary>
    public ProxyUnderTest WithUrl(string name, Uri url)
    {
        servers[name] = new JsonObject { ["type"] = "http", ["url"] = url.ToString() };
        return this;
    }

    /// <summary>Adds a server that plays a script, one rule a line.</summary>
    public ProxyUnderTest WithScript(string name, params string[] rules)
    {
        var script = File(name + ".script");
        System.IO.File.WriteAllLines(script, rules);
        return With(name, "raw", "--script", script, "--record", File(name + ".record"));
    }

    /// <summary>A path in the workspace.</summary>
    public string File(string name) => Path.Combine(Folder, name);

    /// <summary>What a scripted server has received so far, a message a line.</summary>
    public IReadOnlyList<RawMessage> Recorded(string name) => ReadLines(File(name + ".record"));

    /// <summary>Waits until a scripted server has received a message that fits.</summary>
    public async Task<RawMessage> WaitForRecordAsync(string name, Func<RawMessage, bool> fits) =>
        await WaitForAsync(() => Recorded(name).FirstOrDefault(fits), $"a message at the server {name}");

    public async Task<ProxyUnderTest> StartAsync()
    {
        await System.IO.File.WriteAllTextAsync(
            File("mcp.json"), $$"""{"mcpServers":{{servers.ToJsonString()}},"coagent":{ "protocol":"none"{{(Settings.Length > 0 ? "," : "")}}{{Settings}} } }""");
        daemon = TestProcess.StartCoagent(["serve", "--workspace", Folder, "--quiet"]);
        await daemon.WaitForStderrAsync("listens on", CancellationToken.None);
        using var record = JsonDocument.Parse(await System.IO.File.ReadAllBytesAsync(File(".coagent/daemon.json")));
        Url = new Uri(record.RootElement.EnumerateObject()
            .First(member => member.Name.Equals("url", StringComparison.OrdinalIgnoreCase)).Value.GetString()!);
        Token = (await System.IO.File.ReadAllTextAsync(File(".coagent/token"))).Trim();
        return this;
    }

    /// <summary>A client over HTTP that has not said anything.</summary>
    public RawHttpClient Http(string path = "") => new(new Uri(Url + path), Token);

    /// <summary>A bridge, whose client has not said anything.</summary>
    public RawStdioClient Bridge(params string[] arguments) =>
        new(TestProcess.StartCoagent(["connect", "--workspace", Folder, .. arguments]));

    /// <summary>A client that has made the handshake, over <c>http</c> or <c>stdio</c>.</summary>
    public async Task<ProxyClient> ConnectAsync(string way, string capabilities = "{}")
    {
        ProxyClient client = way switch
        {
            "http" => new ProxyClient(Http()),
            "stdio" => new ProxyClient(Bridge()),
            _ => throw new ArgumentOutOfRangeException(nameof(way)),
        };
        await client.InitializeAsync(capabilities);
        return client;
    }

    /// <summary>So many clients, connected at the same time.</summary>
    public async Task<ProxyClient[]> ConnectAsync(string way, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => ConnectAsync(way)));

    /// <summary>What the daemon says of itself.</summary>
    public async Task<JsonElement> StatusAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        var text = await http.GetStringAsync(new Uri(Url, "/status"));
        return JsonElement.Parse(text);
    }

    /// <summary>Looks again and again until there is something to see.</summary>
    public static async Task<T> WaitForAsync<T>(Func<T?> look, string what)
        where T : class
    {
        using var bound = new CancellationTokenSource(Bound.Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (true)
        {
            if (look() is { } seen)
            {
                return seen;
            }

            if (bound.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Bound.Patience.TotalSeconds} seconds for {what}.");
            }

            await tick.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>The whole lines of a file that is being written; none where it is not there yet.</summary>
    public static IReadOnlyList<RawMessage> ReadLines(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return
        [
            .. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => new RawMessage(System.Text.Encoding.UTF8.GetBytes(line))),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
        {
            await daemon.DisposeAsync();
        }

        await DeleteAsync();
    }

    // A child that is being ended may still write into the folder.
    private async Task DeleteAsync()
    {
        await WaitForAsync(
            () =>
            {
                try
                {
                    folder.Delete(recursive: true);
                    return folder;
                }
                catch (IOException)
                {
                    return null;
                }
            },
            "the end of " + Folder);
    }
}
