using System.Collections;
using System.Collections.Immutable;
using CoAgent.Proxy.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.ProcessProbe;

/// <summary>A daemon with children of every kind.</summary>
internal static class ChildrenProbe
{
    // Each prints the ids of what it started, then its own, then a full stop.
    private static readonly string[] s_scripts =
    [
        "echo $$; echo .; exec cat",
        "trap '' TERM HUP INT; echo $$; echo .; while :; do sleep 600; done",
        "sleep 600 & echo $!; sh -c 'sleep 600 & echo $!; wait' & echo $!; echo $$; sleep 0.1; echo .; wait",
        "setsid sleep 600 & echo $!; echo $$; echo .; wait",
        "env -i sleep 600 & echo $!; echo $$; echo .; wait",
    ];

    /// <summary>
    /// Starts one child of each kind, prints every id and then "ready", and waits for its stdin to end.
    /// </summary>
    public static async Task<int> RunFamilyAsync()
    {
        var reaper = ChildReaper.Start(NullLogger.Instance, TimeProvider.System);
        foreach (var script in s_scripts)
        {
            var child = ChildProcess.Start(Shell(script), reaper, NullLogger.Instance, TimeProvider.System);
            using var output = new StreamReader(child.Output);
            while (await output.ReadLineAsync() is { } line && line != ".")
            {
                Console.WriteLine(line);
            }
        }

        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Starts children without a pause until it is killed, and prints a line for each.</summary>
    public static async Task<int> RunStormAsync()
    {
        var reaper = ChildReaper.Start(NullLogger.Instance, TimeProvider.System);
        while (true)
        {
            _ = ChildProcess.Start(Shell("trap '' HUP; sleep 600"), reaper, NullLogger.Instance, TimeProvider.System);
            await Console.Out.WriteLineAsync("started");
        }
    }

    private static ChildStart Shell(string script) =>
        new("probe", "sh", ["-c", script], OwnEnvironment(), Path.GetTempPath());

    private static ImmutableDictionary<string, string> OwnEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToImmutableDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
}
