using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>A client, the proxy and a server that answers with the exact bytes of a script and records what it gets.</summary>
internal sealed partial class RawRoute : IAsyncDisposable
{
    private readonly DirectoryInfo folder;
    private readonly ServedRoute served;

    private RawRoute(DirectoryInfo files, ServedRoute route)
    {
        folder = files;
        served = route;
    }

    public RelayedClient Client => served.Client;

    /// <summary>Everything that the server got, in order, byte for byte.</summary>
    public IReadOnlyList<string> Recorded
    {
        get
        {
            using var file = new FileStream(RecordIn(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <summary>Starts all three; the client has not spoken yet.</summary>
    public static async Task<RawRoute> StartAsync(Route route, CancellationToken cancellationToken, params IEnumerable<string> rules)
    {
        var files = Directory.CreateTempSubdirectory("coagent-raw-");
        var script = await WriteScriptAsync(files, "script", rules, cancellationToken);
        return new RawRoute(files, await ServedRoute.StartAsync(
            route, cancellationToken, "raw", "--script", script, "--record", RecordIn(files)));
    }

    /// <summary>Writes a script and gives its file.</summary>
    public static async Task<string> WriteScriptAsync(
        DirectoryInfo files, string name, IEnumerable<string> rules, CancellationToken cancellationToken)
    {
        var script = Path.Combine(files.FullName, $"{name}.jsonl");
        await File.WriteAllLinesAsync(script, rules, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
        return script;
    }

    /// <summary>One line of a script: a message that is waited for and the lines that answer it.</summary>
    public static string Rule(string on, params string[] send) => JsonSerializer.Serialize(new { on, send });

    /// <summary>A rule that answers with a result.</summary>
    public static string ResultRule(string on, string result) => Rule(on, $$"""{"jsonrpc":"2.0","id":${id},"result":{{result}}}""");

    /// <summary>The message with <c>&lt;call&gt;</c> where the proxy tells what the call was.</summary>
    public static string WithoutCall(RawMessage message) => CallRecord().Replace(message.Text, "<call>");

    public async ValueTask DisposeAsync()
    {
        await served.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static string RecordIn(DirectoryInfo files) => Path.Combine(files.FullName, "record");

    [GeneratedRegex("""
        "coagent/call":\{"id":"c[0-9]+","agent":"[^"]+","transaction":"t[0-9]+","rank":[0-9]+,"n":[0-9]+,"status":"[a-z]+",("executed":false,)?"view":"live","reads":\[[^\]]*\],"writes":\[[^\]]*\],"reversible":(true|false)(,"known":false(,"why":"[^}]*")?,"declare":"[^}]*")?\}
        """, RegexOptions.ExplicitCapture)]
    private static partial Regex CallRecord();
}
