using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using CoAgent.Cli.Catalog;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog approve TOOL|PROFILE…</c>: a person says that manifests are right.</summary>
internal static class CatalogApproveCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly DefinitionSource Definitions = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string[]> Names = new("names")
    {
        Description = "Tools (profile/tool), or whole profiles.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Command Create()
    {
        var command = new Command(
            "approve", "Say that manifests are right: their tools are coordinated by them from now on, as their server defines them now.")
        {
            Names, Definitions.FromServer, Definitions.Tools, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var approved = ImmutableArray.CreateBuilder<ApprovalReport>();
        foreach (var group in parsed.GetValue(Names)!.SelectMany(catalog.Tools).DistinctBy(static tool => tool.Name).GroupBy(static tool => tool.Name.Profile))
        {
            var listed = await Definitions.FindAsync(parsed, catalog, group.Key, cancellationToken);
            approved.AddRange(group.Select(tool => Approve(catalog, tool, listed)));
        }

        await catalog.TellDaemonAsync(cancellationToken);
        Print(approved.ToImmutable(), parsed.GetValue(Json));
        return approved.Any(static one => one.Problem is not null) ? CoAgentCommand.Failed : 0;
    }

    private static ApprovalReport Approve(OpenedCatalog catalog, CatalogedTool tool, ListedTools? listed)
    {
        var definition = listed?.Find(tool.Name.Tool);
        if (listed is not null && definition is null)
        {
            return new ApprovalReport($"{tool.Name}", IsApproved: false, Server: null, "the server does not list it");
        }

        if (definition is null && tool.Manifest.Exec.IsEmpty && !IsTiedAlready(catalog, tool))
        {
            return new ApprovalReport(
                $"{tool.Name}", IsApproved: false, Server: null, "nobody knows how its server defines it: add --from-server, or --tools FILE");
        }

        if (catalog.NameFaults(tool, definition?.Definition.ArgumentNames) is [var fault, ..])
        {
            return new ApprovalReport($"{tool.Name}", IsApproved: false, Server: null, $"{fault}");
        }

        catalog.Own.Trust(tool, TrustLevel.Approved, definition is null ? [] : [definition]);
        return new ApprovalReport($"{tool.Name}", IsApproved: true, definition?.Server, Problem: null);
    }

    private static bool IsTiedAlready(OpenedCatalog catalog, CatalogedTool tool) =>
        tool.Entries.Any(static entry => !entry.Definitions.IsEmpty) || catalog.Own.DefinitionsOf(tool.Name).Any();

    private static void Print(ImmutableArray<ApprovalReport> approved, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(approved, CliJson.Default.ImmutableArrayApprovalReport));
            return;
        }

        foreach (var one in approved)
        {
            Console.WriteLine(one.Problem is { } problem
                ? $"not approved  {one.Tool}: {problem}"
                : $"approved      {one.Tool}{(one.Server is { } server ? $" for {server}" : "")}");
        }
    }
}

/// <summary>What became of one manifest (<c>coagent catalog approve --json</c>).</summary>
internal sealed record ApprovalReport(string Tool, bool IsApproved, string? Server, string? Problem);
