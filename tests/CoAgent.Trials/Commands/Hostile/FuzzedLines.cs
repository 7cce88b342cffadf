using System.Collections.Immutable;
using CoAgent.Tests.ToolSmith.Shell;

namespace CoAgent.Trials.Commands.Hostile;

/// <summary>Lines that nobody has written: harmless ones with small changes, and random text.</summary>
internal static class FuzzedLines
{
    private const int LengthMax = 80;
    private const string Letters = " \t\n;&|()<>'\"`$\\{}[]*?!#=+-~:,.@%^/0123abcxyz";

    // Nothing of what talks, or acts on what is outside: a small change of it could find something real.
    private static readonly ImmutableArray<CorpusLine> s_harmless =
        [.. CommandCorpus.All.Where(static line => line is { IsDangerous: false, IsNetwork: false, IsNeverRun: false, Tree: "source" })];

    /// <summary>The lines of a seed: the same ones for the same seed.</summary>
    public static ImmutableArray<HostileLine> Of(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, count).Select(number => new HostileLine($"seed {seed}", number, LineOf(random)))];
    }

    private static string LineOf(Random random) => random.Next(4) == 0
        ? RandomText(random)
        : Mutations.Of(s_harmless[random.Next(s_harmless.Length)].Text, random).Replace('\0', ' ');

    private static string RandomText(Random random) => string.Create(random.Next(LengthMax), random, static (span, random) =>
    {
        for (var at = 0; at < span.Length; at++)
        {
            span[at] = random.Next(20) == 0 ? (char)random.Next(1, 0xD800) : Letters[random.Next(Letters.Length)];
        }
    });
}
