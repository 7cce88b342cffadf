using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CoAgent.Cli.Catalog;
using CoAgent.Proxy.Hosting;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog list</c>: the profiles that there are, how far their manifests are trusted, what is wrong.</summary>
internal static class CatalogListCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> All = new("--all") { Description = "List every tool." };

    public static Command Create()
    {
        var command = new Command(
            "list", "List the profiles of the catalog, how far their manifests are trusted, and what is wrong with files; exits with 1 when something is.")
        {
            All, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var unknown = await DaemonRequests.TryOfAsync(catalog.Workspace, cancellationToken) is { } daemon
            ? JsonSerializer.Deserialize(await daemon.StatusAsync(cancellationToken), CliJson.Default.StatusReport)!.UnknownTools
            : [];
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(CatalogReport.Of(catalog, unknown), CliJson.Default.CatalogReport));
        }
        else
        {
            Print(catalog, parsed.GetValue(All), unknown);
        }

        return catalog.Snapshot.Faults.IsEmpty ? 0 : CoAgentCommand.Failed;
    }

    private static void Print(OpenedCatalog catalog, bool all, ImmutableArray<UnknownToolReport> unknown)
    {
        Console.WriteLine($"catalog    {catalog.Folders.Workspace}{(Directory.Exists(catalog.Folders.Workspace) ? "" : " (not there)")}");
        Console.WriteLine($"with       {catalog.Folders.Shipped ?? "no catalog of coagent's own"}");
        if (all)
        {
            TextTable.Print(
                "tools", ["tool", "trust", "effect", "from", "made for"],
                catalog.Snapshot.Tools.Select(static tool => new[]
                {
                    $"{tool.Name}", CatalogWords.Of(tool.Trust, tool.IsChanged), CatalogWords.Of(tool.Manifest.Effect), CatalogWords.Of(tool.Origin),
                    CatalogWords.MadeFor(tool),
                }));
        }
        else
        {
            TextTable.Print(
                "profiles", ["profile", "tools", "approved", "verified", "draft", "from", "servers"],
                catalog.Snapshot.Profiles.Values.Select(static profile => new[]
                {
                    profile.Name, Number(profile.Tools.Count), Count(profile, TrustLevel.Approved), Count(profile, TrustLevel.Verified),
                    Number(profile.Tools.Values.Count(static tool => tool.Trust < TrustLevel.Verified)),
                    string.Join('+', profile.Tools.Values.Select(static tool => CatalogWords.Of(tool.Origin)).Distinct().Order(StringComparer.Ordinal)),
                    string.Join(", ", profile.Manifest.Servers),
                }));
        }

        if (!catalog.Snapshot.Faults.IsEmpty)
        {
            Console.WriteLine();
            Console.WriteLine("faults: these manifests are not used");
            foreach (var fault in catalog.Snapshot.Faults)
            {
                Console.WriteLine($"  {fault}");
            }
        }

        StatusCommand.PrintUnknownTools(unknown);
    }

    private static string Count(CatalogedProfile profile, TrustLevel trust) =>
        Number(profile.Tools.Values.Count(tool => tool.Trust == trust));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
