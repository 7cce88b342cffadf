using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Cli.Catalog;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog check [TOOL|PROFILE…]</c>: finds out by trying whether manifests are right.</summary>
internal static class CatalogCheckCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> Keep = new("--keep") { Description = "Leave lock and manifests as they are, whatever is found." };
    private static readonly Argument<string[]> Names = new("names")
    {
        Description = "Tools (profile/tool), or whole profiles. Default: all of the workspace's catalog.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create()
    {
        var command = new Command(
            "check",
            "Try tools in a sandbox, by the examples of their manifests: what they read and write, whether they can be taken back and made again. "
            + "What keeps the laws is trusted, what breaks one is put aside with the evidence; exits with 1 when one is broken.")
        {
            Names, Keep, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var support = await SandboxSupport.FindAsync(TimeProvider.System, cancellationToken);
        var asJson = parsed.GetValue(Json);
        if (!asJson)
        {
            Console.WriteLine($"sandbox: {support}{(support.Missing.Length == 0 ? "" : $" ({support.Missing})")}");
        }

        var check = new ManifestCheck(new TrialGround(support, new SandboxLimits(), TrialProfiles.Make, TimeProvider.System));
        var reports = ImmutableArray.CreateBuilder<CheckedToolReport>();
        foreach (var tool in Chosen(catalog, parsed.GetValue(Names)!))
        {
            var report = await CheckAsync(catalog, tool, check, parsed.GetValue(Keep), asJson, cancellationToken);
            reports.Add(report);
            if (!asJson)
            {
                Console.WriteLine(CheckText.Verdict(report));
            }
        }

        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(reports.ToImmutable(), CliJson.Default.ImmutableArrayCheckedToolReport));
        }

        if (!parsed.GetValue(Keep))
        {
            await catalog.TellDaemonAsync(cancellationToken);
        }

        return reports.Any(static report => report.Verdict == CheckVerdict.Broken) ? CoAgentCommand.Failed : 0;
    }

    private static IEnumerable<CatalogedTool> Chosen(OpenedCatalog catalog, string[] names) => names.Length > 0
        ? names.SelectMany(catalog.Tools).DistinctBy(static tool => tool.Name)
        : catalog.Snapshot.Tools.Where(static tool => tool.Origin == CatalogOrigin.Workspace);

    private static async Task<CheckedToolReport> CheckAsync(
        OpenedCatalog catalog, CatalogedTool tool, ManifestCheck check, bool keeps, bool isQuiet, CancellationToken cancellationToken)
    {
        if (tool.Manifest.Examples.IsEmpty)
        {
            return new CheckedToolReport($"{tool.Name}", CheckVerdict.Untried, Evidence: null, "it has no examples: add one to its manifest");
        }

        if (!isQuiet)
        {
            Console.WriteLine($"{tool.Name}");
        }

        var profile = catalog.Snapshot.Profiles[tool.Name.Profile];
        var subject = new TrialSubject(
            profile.Manifest,
            tool.Manifest,
            profile.Tools.ToImmutableSortedDictionary(static one => one.Key, static one => one.Value.Manifest, StringComparer.Ordinal));
        var found = await check.RunAsync(subject, isQuiet ? static _ => { } : Tell, cancellationToken);
        var evidence = found.Report.ToJson(TimeProvider.System.GetUtcNow());
        // What the server lists is known only now; a name that means nothing is absent in every example, which no law can show.
        var names = found.Definition is { } listed ? catalog.NameFaults(tool, ToolDefinition.Of(listed).ArgumentNames) : [];
        return names is [var fault, ..] && VerdictOf(found.Report) != CheckVerdict.Broken
            ? new CheckedToolReport($"{tool.Name}", CheckVerdict.Open, evidence, $"{fault}")
            : new CheckedToolReport($"{tool.Name}", VerdictOf(found.Report), evidence, keeps ? null : Record(catalog, tool, found, evidence));
    }

    private static CheckVerdict VerdictOf(CheckReport report) => report switch
    {
        { IsBroken: true } => CheckVerdict.Broken,
        { IsVerified: true } => CheckVerdict.Verified,
        _ => CheckVerdict.Open,
    };

    // What a person has approved stays approved: the check can say no more for it than that person has.
    private static string? Record(OpenedCatalog catalog, CatalogedTool tool, CheckedManifest found, JsonElement evidence)
    {
        switch (VerdictOf(found.Report))
        {
            case CheckVerdict.Broken when tool.Origin == CatalogOrigin.Workspace:
                return $"put aside: {catalog.Own.Quarantine(tool, evidence)}";
            case CheckVerdict.Broken:
                return "it comes with coagent and is left as it is: coagent catalog forget crosses it out";
            case CheckVerdict.Verified when found.Definition is { } definition:
                var trust = tool.Trust == TrustLevel.Approved ? TrustLevel.Approved : TrustLevel.Verified;
                catalog.Own.Trust(tool, trust, [new LockedDefinition(ToolDefinition.Of(definition), found.Report.Server)], evidence);
                return null;
            default:
                return "it stays as it was: coagent catalog approve, where you know better";
        }
    }

    private static void Tell(LawResult result) => Console.WriteLine(CheckText.Line(result));
}

/// <summary>What a check has found of one tool (<c>coagent catalog check --json</c>).</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Verdict">What was found.</param>
/// <param name="Evidence">What each example has shown of each law; null where nothing was tried.</param>
/// <param name="Remark">What became of the manifest, or what to do; null where nothing is to be said.</param>
internal sealed record CheckedToolReport(string Tool, CheckVerdict Verdict, JsonElement? Evidence, string? Remark);

/// <summary>What a check has found.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckVerdict>))]
internal enum CheckVerdict
{
    /// <summary>It keeps the laws.</summary>
    [JsonStringEnumMemberName("verified")]
    Verified,

    /// <summary>A law is broken.</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,

    /// <summary>None is broken, and one could not be found out about.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>There is nothing to try.</summary>
    [JsonStringEnumMemberName("untried")]
    Untried,
}
