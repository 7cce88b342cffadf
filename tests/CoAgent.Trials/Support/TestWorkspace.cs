using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Trials.Support;

/// <summary>A workspace of a test's own: a directory, its configuration, and the daemon that runs for it.</summary>
/// <remarks>Disposing ends the daemon, by its id, and removes the directory.</remarks>
internal sealed class TestWorkspace : IAsyncDisposable
{
    /// <summary>The configuration of the built-in workspace server, which needs no process of its own.</summary>
    public const string Builtin = """{"builtin":"workspace","root":"."}""";

    // What the test run itself was started with must not name the agents of its tests.
    private static readonly string[] IdentityVariables =
        ["CLAUDE_CODE_SESSION_ID", "COPILOT_AGENT_SESSION_ID", "COAGENT_AGENT", "COAGENT_RANK", "COAGENT_WORKSPACE"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-e2e-");

    private TestWorkspace()
    {
    }

    public string Root => folder.FullName;

    public string ConfigurationFile => PathOf("mcp.json");

    /// <summary>A workspace whose configuration has these servers (name and entry) and this <c>coagent</c> member.</summary>
    public static TestWorkspace With(string coagent, params IEnumerable<(string Name, string Entry)> servers)
    {
        var workspace = new TestWorkspace();
        workspace.Configure(coagent, servers);
        return workspace;
    }

    /// <summary>The <c>coagent</c> member by which calls are relayed and not ordered.</summary>
    public const string Unordered = """{"protocol":"none"}""";

    /// <summary>A workspace whose configuration has these servers, and relays to them.</summary>
    public static TestWorkspace With(params IEnumerable<(string Name, string Entry)> servers) => With(Unordered, servers);

    /// <summary>A workspace without a configuration.</summary>
    public static TestWorkspace Empty() => new();

    /// <summary>The configuration's entry of a fixture server with these arguments.</summary>
    public static string Fixture(params IEnumerable<string> arguments) =>
        Entry("dotnet", [Repository.FixtureAssembly, .. arguments]);

    /// <summary>The configuration's entry of a stdio server.</summary>
    public static string Entry(string command, params IEnumerable<string> arguments) => new JsonObject
    {
        ["command"] = command,
        ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]),
    }.ToJsonString();

    public string PathOf(params IEnumerable<string> names) => Path.Combine([Root, .. names]);

    public void Configure(string coagent, params IEnumerable<(string Name, string Entry)> servers) => Write(
        "mcp.json",
        $$"""{"mcpServers":{ {{string.Join(",\n", servers.Select(server => $"\"{server.Name}\":{server.Entry}"))}} },"coagent":{{coagent}}}""");

    /// <summary>Writes a file whole: nobody sees half of it.</summary>
    public string Write(string name, string content)
    {
        var file = PathOf(name);
        File.WriteAllText(file + ".new", content);
        File.Move(file + ".new", file, overwrite: true);
        return file;
    }

    /// <summary>Starts the program in the workspace.</summary>
    public TestProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var variables = IdentityVariables.ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            variables[name] = value;
        }

        return TestProcess.StartCoagent(arguments, Root, variables);
    }

    /// <summary>Runs a command to its end.</summary>
    public async Task<CommandOutcome> RunAsync(
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        string input = "",
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        await using var process = Start(arguments, environment);
        return await CommandOutcome.OfAsync(process, input, cancellationToken);
    }

    /// <summary>Starts the daemon and waits until it takes clients.</summary>
    public Task<TestDaemon> ServeAsync(CancellationToken cancellationToken, params IEnumerable<string> options) =>
        TestDaemon.StartAsync(Start(["serve", "--json", .. options]), cancellationToken);

    /// <summary>A stdio client behind <c>coagent connect</c>; starts the daemon when none runs.</summary>
    public RawStdioClient Connect(params IEnumerable<string> options) => new(Start(["connect", .. options]));

    /// <summary>The same with variables in the client's environment.</summary>
    public RawStdioClient Connect(IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> options) =>
        new(Start(["connect", .. options], environment));

    /// <summary>The daemon that runs; null when none does.</summary>
    public DaemonRecord? FindDaemon() =>
        DaemonRecord.Read(new WorkspaceFolder(Root)) is DaemonRecordReading.Found { Record: var record } && record.IsRunning()
            ? record
            : null;

    /// <summary>An HTTP client of the daemon that runs, with its token.</summary>
    public RawHttpClient Http(string suffix = "") => new(new Uri(RequireDaemon().Url + suffix), Token());

    public string Token() => TokenFile.Read(RequireDaemon().TokenFile);

    /// <summary>What <c>status</c> says, straight from the daemon.</summary>
    public async Task<JsonElement> StatusAsync(CancellationToken cancellationToken)
    {
        var status = new Uri(RequireDaemon().Url, "/status");
        using var client = new RawHttpClient(status, Token());
        await using var response = await client.GetAsync(cancellationToken, ("Accept", "application/json"));
        return JsonElement.Parse(await response.TextAsync(cancellationToken));
    }

    /// <summary>Waits until the status is as wanted.</summary>
    public async Task<JsonElement> WaitForStatusAsync(Func<JsonElement, bool> wanted, string what, CancellationToken cancellationToken)
    {
        return await LookAsync().WithinAsync(what, cancellationToken);

        async Task<JsonElement> LookAsync()
        {
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            while (true)
            {
                var status = await StatusAsync(cancellationToken);
                if (wanted(status))
                {
                    return status;
                }

                await look.WaitForNextTickAsync(cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (FindDaemon() is { } daemon)
        {
            await Signals.SendAsync("TERM", daemon.Pid);
            await TestProcess.WaitForEndOfAsync(daemon.Pid, CancellationToken.None);
        }

        folder.Delete(recursive: true);
    }

    private DaemonRecord RequireDaemon() =>
        FindDaemon() ?? throw new InvalidOperationException($"No daemon runs for {Root}.");
}
