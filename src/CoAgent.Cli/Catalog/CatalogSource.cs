using System.Collections.Immutable;
using System.CommandLine;
using CoAgent.Cli.Commands;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Cli.Catalog;

/// <summary>Where a command finds the catalog that it is about: the workspace's by its configuration, and the one that ships.</summary>
internal sealed class CatalogSource
{
    public Option<string?> Workspace { get; } = CommonOptions.Workspace();

    public Option<string?> Config { get; } = CommonOptions.Config();

    public Option<string?> Catalog { get; } = new("--catalog")
    {
        Description = "The workspace's catalog. Default: the configuration's, else tools-catalog.",
        HelpName = "DIR",
    };

    /// <summary>Opens the catalog that a command line means.</summary>
    public OpenedCatalog Open(ParseResult parsed)
    {
        var chosen = parsed.GetValue(Config);
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), chosen);
        var configuration = ChosenConfiguration.Load(workspace, chosen).WithoutFaults();
        var folder = Path.GetFullPath(parsed.GetValue(Catalog) ?? configuration.Options.Catalog);
        var folders = CatalogFolders.Of(folder);
        return new OpenedCatalog(workspace, configuration, folders, ToolCatalog.Read(folders));
    }
}

/// <summary>A catalog that a command is about.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Configuration">Its configuration.</param>
/// <param name="Folders">Where the catalogs are.</param>
/// <param name="Snapshot">What they say.</param>
internal sealed record OpenedCatalog(
    WorkspaceFolder Workspace, ProxyConfiguration Configuration, CatalogFolders Folders, CatalogSnapshot Snapshot)
{
    /// <summary>The one that is written.</summary>
    public WorkspaceCatalog Own => new(Folders.Workspace);

    /// <summary>The tool of that name: <c>profile/tool</c>, or the tool alone where only one profile has it.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public CatalogedTool Tool(string name)
    {
        CatalogedTool[] found = CatalogName.TryParse(name) is { } whole && Snapshot.Find(whole) is { } exact
            ? [exact]
            : [.. Snapshot.Tools.Where(tool => tool.Name.Tool == name)];
        return found switch
        {
            [var one] => one,
            [] => throw new CommandException($"the catalog has no tool '{name}'. See: coagent catalog list --all"),
            _ => throw new CommandException(
                $"several profiles have a tool '{name}': name one of {string.Join(", ", found.Select(static tool => tool.Name))}."),
        };
    }

    /// <summary>The tools that a name means: those of a profile, or one tool.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public CatalogedTool[] Tools(string name) =>
        Snapshot.Profiles.TryGetValue(name, out var profile) ? [.. profile.Tools.Values] : [Tool(name)];

    /// <summary>The names in a manifest that mean nothing where its tool takes these arguments.</summary>
    /// <param name="tool">The manifest.</param>
    /// <param name="arguments">The arguments' names; null where nobody knows them.</param>
    public ImmutableArray<CatalogFault> NameFaults(CatalogedTool tool, ImmutableHashSet<string>? arguments) =>
        tool.NameFaults(Snapshot.Profiles[tool.Name.Profile].Manifest, arguments);

    /// <summary>Lets a daemon that runs follow at once; without one there is nobody to tell.</summary>
    public async Task TellDaemonAsync(CancellationToken cancellationToken)
    {
        if (await DaemonRequests.TryOfAsync(Workspace, cancellationToken) is { } daemon)
        {
            await daemon.OrderAsync(OperatorEndpoint.CatalogPath, new CatalogOrder(), OperatorJson.Default.CatalogOrder, cancellationToken);
        }
    }
}
