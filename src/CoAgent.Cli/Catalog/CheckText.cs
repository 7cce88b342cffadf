using CoAgent.Cli.Commands;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.Cli.Catalog;

/// <summary>What a check finds, for a person.</summary>
internal static class CheckText
{
    /// <summary>One law on one example.</summary>
    public static string Line(LawResult result) =>
        $"  {result.Law.ToString().ToLowerInvariant(),-10} {result.Example}: {$"{result.Outcome}".ReplaceLineEndings($"{Environment.NewLine}           ")}";

    /// <summary>What was found of a tool.</summary>
    public static string Verdict(CheckedToolReport report)
    {
        var word = report.Verdict switch
        {
            CheckVerdict.Verified => "verified",
            CheckVerdict.Broken => "broken",
            CheckVerdict.Open => "not verified",
            CheckVerdict.Untried => "not tried",
            _ => throw new InvalidOperationException($"There is no verdict {report.Verdict}."),
        };
        return $"{word,-13} {report.Tool}{(report.Remark is null ? "" : $": {report.Remark}")}";
    }
}
