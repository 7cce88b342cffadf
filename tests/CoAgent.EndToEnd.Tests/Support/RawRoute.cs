using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>How a client and a server are joined by the proxy.</summary>
public enum Route
{
    HttpToStdio,
    HttpToHttp,
    StdioToStdio,
}

/// <summary>A client, the proxy and a server that answers with the exact bytes of a script and records what it gets.</summary>
internal sealed partial class RawRoute : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-raw-");
    private HttpFixture? fixture;
    private ServedWorkspace? workspace;

    private RawRoute()
    {
    }

    public RelayedClient Client { get; private set; } = null!;

    /// <summary>Everything that the server got, in order, byte for byte.</summary>
    public IReadOnlyList<string> Recorded
    {
        get
        {
            using var file = new FileStream(Record, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private string Record => Path.Combine(folder.FullName, "record");

    /// <summary>Starts all three; the client has not spoken yet.</summary>
    public static async Task<RawRoute> StartAsync(Route route, CancellationToken cancellationToken, params IEnumerable<string> rules)
    {
        var started = new RawRoute();
        var script = Path.Combine(started.folder.FullName, "script.jsonl");
        await File.WriteAllLinesAsync(script, rules, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        string[] arguments = ["raw", "--script", script, "--record", started.Record];
        if (route == Route.HttpToHttp)
        {
            started.fixture = await HttpFixture.StartAsync(cancellationToken, arguments);
        }

        started.workspace = await ServedWorkspace.StartAsync(cancellationToken, started.fixture is { } http
            ? ServedWorkspace.Server.Http("raw", http.Url)
            : ServedWorkspace.Server.Stdio("raw", arguments));
        started.Client = started.workspace.NewClient(overHttp: route != Route.StdioToStdio);
        return started;
    }

    /// <summary>One line of a script: a message that is waited for and the lines that answer it.</summary>
    public static string Rule(string on, params string[] send) => JsonSerializer.Serialize(new { on, send });

    /// <summary>The message with <c>&lt;call&gt;</c> where the proxy tells what the call was.</summary>
    public static string WithoutCall(RawMessage message) => CallRecord().Replace(message.Text, "<call>");

    public async ValueTask DisposeAsync()
    {
        if (workspace is not null)
        {
            await Client.DisposeAsync();
            await workspace.DisposeAsync();
        }

        if (fixture is not null)
        {
            await fixture.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    [GeneratedRegex("""
        "coagent/call":\{"id":"c[0-9]+","agent":"[^"]+","transaction":"t[0-9]+","rank":[0-9]+,"n":[0-9]+,"status":"[a-z]+","view":"live","reads":\[[^\]]*\],"writes":\[[^\]]*\],"reversible":(true|false)\}
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex CallRecord();
}
