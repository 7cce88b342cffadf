using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.EndToEnd.Tests.Commands;

/// <summary>What a mode of the trials, run in a process of its own, has told of each line.</summary>
/// <remarks>
/// The process has an environment and a home of its own, and sees no process but its own: a line that gets out reaches nobody.
/// </remarks>
internal static class TrialOutcomes
{
    private static readonly string[] s_apart =
        ["--user", "--map-current-user", "--keep-caps", "--pid", "--fork", "--mount-proc", "--kill-child"];

    /// <summary>Runs a mode.</summary>
    public static async Task<ImmutableArray<JsonElement>> OfAsync(params IEnumerable<string> arguments)
    {
        await using var process = TestProcess.Start(
            "unshare", [.. s_apart, "dotnet", Repository.TrialsAssembly, .. arguments, "--json"], Repository.Root);
        var outcome = await CommandOutcome.OfAsync(process, "", CancellationToken.None);
        Assert.True(outcome.Output.StartsWith('['), $"{outcome}");
        return [.. outcome.Json.EnumerateArray()];
    }

    /// <summary>The lines that are at fault, with what is wrong.</summary>
    public static ImmutableArray<string> Faults(ImmutableArray<JsonElement> lines) =>
    [
        .. lines.Where(static line => line.GetProperty("faults").GetArrayLength() > 0)
            .Select(static line => $"{line.GetProperty("line")} {line.GetProperty("text")}: {line.GetProperty("faults")}"),
    ];
}
