using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using CoAgent.Cli.Catalog;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog diff [SERVER]</c>: what servers now say of their tools that manifests were not made for.</summary>
internal static class CatalogDiffCommand
{
    private static readonly CatalogSource Source = new();
    private static readonly DefinitionSource Definitions = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string?> Server = new("server")
    {
        Description = "A server of the configuration, or a profile. Default: every server of the configuration that has a profile.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var command = new Command(
            "diff", "Ask servers how they define their tools and show what differs from what the manifests were made for; exits with 1 when something does.")
        {
            Server, Definitions.Tools, Source.Workspace, Source.Config, Source.Catalog, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = Source.Open(parsed);
        var reports = await CompareAsync(parsed, catalog, cancellationToken).ToArrayAsync(cancellationToken);
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize([.. reports], CliJson.Default.ImmutableArrayServerDiffReport));
        }
        else
        {
            Print(reports);
        }

        return reports.Any(static report => report.Problem is not null || !report.Tools.IsEmpty) ? CoAgentCommand.Failed : 0;
    }

    private static async IAsyncEnumerable<ServerDiffReport> CompareAsync(
        ParseResult parsed, OpenedCatalog catalog, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Server) is { } name && catalog.Snapshot.Profiles.TryGetValue(name, out var profile)
            && catalog.Configuration.Servers.All(server => server.Name != name))
        {
            var listed = await Definitions.FindAsync(parsed, catalog, name, cancellationToken)
                ?? await ListedTools.AskAsync(profile.Manifest, cancellationToken);
            yield return ServerDiffReport.Of(name, profile, listed, isConfigured: false);
            yield break;
        }

        var servers = parsed.GetValue(Server) is { } named
            ? [DefinitionSource.ServerOf(catalog, named)]
            : catalog.Configuration.Servers.Where(static server => server is not ServerDefinition.Builtin).ToArray();
        foreach (var server in servers)
        {
            yield return await CompareAsync(parsed, catalog, server, cancellationToken);
        }
    }

    // A server that cannot be asked does not keep the others from being compared.
    private static async Task<ServerDiffReport> CompareAsync(
        ParseResult parsed, OpenedCatalog catalog, ServerDefinition server, CancellationToken cancellationToken)
    {
        try
        {
            var listed = parsed.GetValue(Definitions.Tools) is { } file ? ListedTools.Read(file) : await ListedTools.AskAsync(server, cancellationToken);
            return DefinitionSource.ProfileOf(catalog, server, listed) is { } profile
                ? ServerDiffReport.Of(server.Name, profile, listed, isConfigured: true)
                : new ServerDiffReport(server.Name, Profile: null, listed.Server, $"nobody has described it; see docs/catalog.md, or: coagent catalog draft {server.Name} TOOL", []);
        }
        catch (CommandException problem)
        {
            return new ServerDiffReport(server.Name, Profile: null, Listed: null, problem.Message, []);
        }
    }

    private static void Print(ServerDiffReport[] reports)
    {
        foreach (var report in reports)
        {
            Console.WriteLine($"{report.Server}  ({report.Listed ?? "?"}, profile {report.Profile ?? "none"})");
            if (report.Problem is not null || report.Tools.IsEmpty)
            {
                Console.WriteLine($"  {report.Problem ?? "as the manifests were made for"}");
            }

            foreach (var tool in report.Tools)
            {
                Console.WriteLine($"  {tool.Change,-12} {tool.Tool}{(tool.Members.IsEmpty ? "" : ": " + string.Join(", ", tool.Members))}");
                Console.WriteLine($"               -> {tool.Command}");
            }
        }

        if (reports.Length == 0)
        {
            Console.WriteLine("The configuration has no servers beside those that are built in.");
        }
    }
}

/// <summary>What one server now says otherwise (<c>coagent catalog diff --json</c>).</summary>
internal sealed record ServerDiffReport(
    string Server, string? Profile, string? Listed, string? Problem, ImmutableArray<ToolDiffReport> Tools)
{
    public static ServerDiffReport Of(string server, CatalogedProfile profile, ListedTools listed, bool isConfigured) =>
        new(server, profile.Name, listed.Server, Problem: null, ToolDiffReport.Of(server, profile, listed, isConfigured ? $" {server}" : ""));
}

/// <summary>A tool of which the catalog knows otherwise than its server.</summary>
/// <param name="Tool">What the server calls it.</param>
/// <param name="Change"><c>changed</c>, <c>undescribed</c>, <c>gone</c>, or how its manifest stands where nobody trusts it.</param>
/// <param name="Members">The members of the definition that changed: <c>+name</c>, <c>-name</c>, <c>name</c>.</param>
/// <param name="Command">What to do about it.</param>
internal sealed record ToolDiffReport(string Tool, string Change, ImmutableArray<string> Members, string Command)
{
    public static ImmutableArray<ToolDiffReport> Of(string server, CatalogedProfile profile, ListedTools listed, string from)
    {
        var names = profile.Tools.Keys.Union(listed.Tools.Keys).Order(StringComparer.Ordinal);
        return [.. names.Select(name => Of(server, profile, listed, from, name)).OfType<ToolDiffReport>()];
    }

    private static ToolDiffReport? Of(string server, CatalogedProfile profile, ListedTools listed, string from, string name)
    {
        var definition = listed.Find(name)?.Definition;
        if (!profile.Tools.TryGetValue(name, out var tool))
        {
            return new ToolDiffReport(name, "undescribed", [], $"coagent catalog draft {server} {name}");
        }

        if (definition is null)
        {
            return tool.Manifest.Exec.IsEmpty ? new ToolDiffReport(name, "gone", [], $"coagent catalog forget {tool.Name}") : null;
        }

        var standing = tool.StandingFor(definition.Digest);
        return standing.Coordinates()
            ? null
            : new ToolDiffReport(
                name,
                standing == Standing.Stale ? "changed" : CatalogWords.Of(tool.Trust, tool.IsChanged),
                standing == Standing.Stale ? ChangesOf(tool, definition) : [],
                $"coagent catalog approve {tool.Name} --from-server{from}");
    }

    /// <summary>What differs from the definition that is nearest among those that the manifest was made for.</summary>
    private static ImmutableArray<string> ChangesOf(CatalogedTool tool, ToolDefinition now) => tool.Entries
        .SelectMany(static entry => entry.Definitions.Values)
        .Select(known => Changes(known.Definition.Members, now.Members))
        .OrderBy(static changes => changes.Length)
        .FirstOrDefault([]);

    private static ImmutableArray<string> Changes(
        ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> now) =>
    [
        .. before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Where(name => before.GetValueOrDefault(name) != now.GetValueOrDefault(name))
            .Select(name => !before.ContainsKey(name) ? $"+{name}" : !now.ContainsKey(name) ? $"-{name}" : name),
    ];
}
