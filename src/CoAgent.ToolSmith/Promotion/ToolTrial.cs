using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>What trying a drafted tool came to.</summary>
/// <param name="Manifest">The manifest, with the examples that show something.</param>
/// <param name="Report">What they have shown.</param>
/// <param name="Why">Why it is not verified; null where it is.</param>
internal sealed record TriedTool(ToolManifest Manifest, CheckReport Report, string? Why)
{
    internal bool IsBroken => Report.IsBroken;

    /// <summary>A tool that was not tried.</summary>
    internal static TriedTool Untried(ToolManifest manifest, string why) => new(manifest, new CheckReport("", Server: null, []), why);
}

/// <summary>Tries drafted tools by the laws: the draft's word counts for nothing (catalog.md, "Verification").</summary>
/// <param name="check">The laws.</param>
internal sealed class ToolTrial(ManifestCheck check)
{
    /// <summary>How many examples have to keep every law.</summary>
    internal const int ExamplesMin = 2;

    /// <summary>Tries a draft, and says of it what the trial shows: what does not come out the same twice is never made again by itself.</summary>
    internal async Task<TriedTool> TryAsync(
        ProfileManifest profile, ImmutableSortedDictionary<string, ToolManifest> tools, ToolManifest draft, CancellationToken cancellationToken)
    {
        if (draft.Examples.IsEmpty)
        {
            return TriedTool.Untried(draft, "what it needs to be tried is not small enough for an example");
        }

        var tried = await RunAsync(profile, tools, draft, cancellationToken);
        if (tried.Report.Results.Any(IsBroken) && tried.Report.Results.Where(IsBroken).All(static result => result.Law == Law.Replay))
        {
            tried = await RunAsync(profile, tools, draft with { IsReplaySafe = false }, cancellationToken);
        }

        return tried;
    }

    private async Task<TriedTool> RunAsync(
        ProfileManifest profile, ImmutableSortedDictionary<string, ToolManifest> tools, ToolManifest draft, CancellationToken cancellationToken)
    {
        var found = await check.RunAsync(new TrialSubject(profile, draft, tools.SetItem(draft.Tool, draft)), static _ => { }, cancellationToken);
        var report = found.Report;
        if (report.IsBroken)
        {
            return new TriedTool(draft, report, WhyBroken(report));
        }

        // An example that could not be tried, or does nothing, shows nothing.
        var good = report.Results.GroupBy(static result => result.Example)
            .Where(static example => example.All(static result => result.Outcome is LawOutcome.Held or LawOutcome.NotPromised || result.Law == Law.Guard))
            .Select(static example => example.Key).ToHashSet(StringComparer.Ordinal);
        var kept = draft with { Examples = [.. draft.Examples.Where(example => good.Contains(example.Name)).DistinctBy(static example => example.Name)] };
        var shown = report with { Results = [.. report.Results.Where(result => good.Contains(result.Example))] };
        if (good.Count == 0)
        {
            return new TriedTool(draft, report, WhyOpen(report));
        }

        return good.Count < ExamplesMin
            ? new TriedTool(kept, shown, "it was tried with one example alone")
            : new TriedTool(kept, shown, shown.IsVerified ? null : WhyOpen(shown));
    }

    private static bool IsBroken(LawResult result) => result.Outcome is LawOutcome.Broken;

    private static string WhyBroken(CheckReport report) => report.Results.First(IsBroken) is { Outcome: LawOutcome.Broken broken } result
        ? $"{JsonNamingPolicy.CamelCase.ConvertName($"{result.Law}")}: {broken.What}{string.Concat(broken.Evidence.Take(1).Select(static line => $" ({line})"))}"
        : throw new InvalidOperationException("A broken report has a broken law.");

    private static string WhyOpen(CheckReport report) =>
        report.Results.Select(static result => result.Outcome).OfType<LawOutcome.Inconclusive>().FirstOrDefault() is { } open
            ? $"it could not be tried: {open.Why}"
            : "it could not be tried";
}
