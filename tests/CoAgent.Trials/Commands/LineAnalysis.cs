using System.Collections.Immutable;
using CoAgent.Runtime.Tools;

namespace CoAgent.Trials.Commands;

/// <summary>What is known of a line before it runs.</summary>
/// <param name="Taking">How it is taken by its text.</param>
/// <param name="Reason">Why; the commands of a known line.</param>
/// <param name="Analysis">What the rules say; null where there are none.</param>
internal sealed record LineAnalysis(LineTaking Taking, string Reason, CommandAnalysis? Analysis)
{
    /// <summary>Asks the rules about a line in a desk's tree.</summary>
    public static LineAnalysis Of(TrialDesk desk, string text) => new(LineTaking.Unseen, "there are no rules", Analysis: null);

    /// <summary>What is wrong with how a dangerous line is taken.</summary>
    public ImmutableArray<string> FaultsOfDangerous(bool isTried) => Analysis switch
    {
        CommandAnalysis.Known { IsIrreversible: false, IsLive: false } known when !isTried =>
            [$"it is taken for one that can be made and taken back: {known.Touched}"],
        _ => [],
    };
}
