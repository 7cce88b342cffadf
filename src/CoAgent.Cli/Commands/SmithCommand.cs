using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Cli.Catalog;
using CoAgent.Cli.Growing;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Promotion;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent smith "REQUEST or command"</c>: finds the tool for a request, or makes one; <c>coagent smith report</c>: what was grown.</summary>
internal static class SmithCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Print the manifest that would be drafted; try nothing, write nothing." };
    private static readonly Argument<string> Request = new("request") { Description = "What the tool is to do: words, or a command in quotes." };

    public static Command Create()
    {
        var report = new Command("report", "What was grown, by kind.") { Source.Workspace, Source.Config, Source.Catalog, Json };
        report.SetAction(Report);
        var command = new Command(
            "smith", "Find the tool for a request, or make one of a command: it is tried in a sandbox, and offered where it keeps the laws.")
        {
            Request, DryRun, Source.Workspace, Source.Config, Source.Catalog, Json, report,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var request = parsed.GetValue(Request)!;
        var ground = WorkspaceGround.Of(catalog.Workspace, () => catalog.Folders) with { SurveyFile = null };
        using var growing = GrowingCatalog.Create(ground);
        if (parsed.GetValue(DryRun) && ToolRequests.IsCommand(request))
        {
            return Print(await growing.AskAsync(request, isDryRun: true, cancellationToken), parsed.GetValue(Json));
        }

        var offer = await new ToolRequests(growing, () => catalog.Folders).AnswerAsync(request, cancellationToken);
        if (offer.Kind == ToolOfferKind.Grown)
        {
            await catalog.TellDaemonAsync(cancellationToken);
        }

        Console.WriteLine(parsed.GetValue(Json) ? ToJson(offer).ToJsonString(CliText.Indented) : $"{JsonNamingPolicy.CamelCase.ConvertName($"{offer.Kind}")}: {offer.Words}{(offer.File is null ? "" : $"\n{offer.File}")}");
        return offer.Kind is ToolOfferKind.Missing or ToolOfferKind.Quarantined ? CoAgentCommand.Failed : 0;
    }

    private static int Print(Asked asked, bool asJson)
    {
        var (words, text, isThere) = asked switch
        {
            Asked.Covered covered => ($"existing: {covered.Tool.Name}", $"with {covered.Arguments.GetRawText()}", true),
            Asked.Draft draft => ($"draft: {draft.Profile}/{draft.Manifest.Tool}", ManifestWriter.Write(draft.Manifest), true),
            Asked.NotPossible no => ($"missing: {no.Why}", "", false),
            var other => throw new InvalidOperationException($"A dry run makes nothing: {other}."),
        };
        Console.WriteLine(asJson
            ? new JsonObject { ["answer"] = words, ["manifest"] = asked is Asked.Draft ? text : null }.ToJsonString(CliText.Indented)
            : $"{words}\n{text}".TrimEnd());
        return isThere ? 0 : CoAgentCommand.Failed;
    }

    private static JsonObject ToJson(ToolOffer offer) => new()
    {
        ["state"] = JsonNamingPolicy.CamelCase.ConvertName($"{offer.Kind}"),
        ["words"] = offer.Words,
        ["tool"] = offer.Tool,
        ["arguments"] = offer.Arguments is { } arguments ? JsonNode.Parse(arguments.GetRawText()) : null,
        ["file"] = offer.File,
        ["others"] = new JsonArray([.. offer.Others.Select(static other => JsonValue.Create(other))]),
    };

    private static int Report(ParseResult parsed)
    {
        var catalog = Source.Open(parsed);
        var rows = catalog.Snapshot.Tools.Where(static tool => tool is { Origin: CatalogOrigin.Workspace, Manifest.Exec.IsEmpty: false })
            .Select(static tool => (Tool: tool, Kind: KindOf(tool.Manifest.Effect)))
            .OrderBy(static row => row.Kind).ThenBy(static row => $"{row.Tool.Name}", StringComparer.Ordinal).ToArray();
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(new JsonArray([.. rows.Select(static row => new JsonObject
            {
                ["tool"] = $"{row.Tool.Name}", ["kind"] = row.Kind, ["trust"] = CatalogWords.Of(row.Tool.Trust, row.Tool.IsChanged), ["file"] = row.Tool.File,
            })]).ToJsonString(CliText.Indented));
            return 0;
        }

        foreach (var group in rows.GroupBy(static row => row.Kind))
        {
            Console.WriteLine($"{group.Key}: {group.Count(static row => CommandTools.IsOffered(row.Tool))} offered of {group.Count()}");
            foreach (var (tool, _) in group)
            {
                Console.WriteLine($"  {tool.Name}  {CatalogWords.Of(tool.Trust, tool.IsChanged)}  {tool.Manifest.Description}");
            }
        }

        Console.WriteLine($"{rows.Length} grown, {rows.Count(static row => CommandTools.IsOffered(row.Tool))} offered");
        return 0;
    }

    private static string KindOf(ToolEffect effect) => effect switch
    {
        ToolEffect.Read => "snapshot read",
        ToolEffect.LiveRead => "live read",
        ToolEffect.Write or ToolEffect.Irreversible => "write",
        _ => throw new ArgumentOutOfRangeException(nameof(effect)),
    };
}
