using System.CommandLine;

namespace CoAgent.Benchmarks.Catalogs;

/// <summary>The command line of the catalog's own benchmark.</summary>
internal static class CatalogCommand
{
    public static Command Create(Func<CatalogOptions, int> run)
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer calls; figures are rough" };
        var command = new Command("catalog", "Measures the catalog alone: what binding a call's footprint and reading a manifest cost") { quick };
        command.SetAction(parsed => run(parsed.GetValue(quick) ? new CatalogOptions(Rounds: 5, CallsPerRound: 2_000) : new CatalogOptions(Rounds: 21, CallsPerRound: 20_000)));
        return command;
    }
}

/// <summary>What the user asked of a run.</summary>
/// <param name="Rounds">How often each figure is taken; the median is told.</param>
/// <param name="CallsPerRound">How many calls are bound for one figure.</param>
internal sealed record CatalogOptions(int Rounds, int CallsPerRound);
