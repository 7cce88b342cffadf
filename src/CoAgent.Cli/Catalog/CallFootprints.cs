using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Cli.Commands;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Cli.Catalog;

/// <summary>A call's arguments, and what they show.</summary>
/// <param name="Name">What they show.</param>
/// <param name="Arguments">A JSON object.</param>
internal sealed record NamedArguments(string Name, JsonElement Arguments);

/// <summary>What calls of one tool touch, as the daemon would say it for a server that runs in the workspace.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="tool">The tool.</param>
/// <param name="make">Carries manifests out; nothing is carried out here.</param>
internal sealed class CallFootprints(OpenedCatalog catalog, CatalogedTool tool, ManifestsOfServer make)
{
    private readonly IToolProfile _profile = make(
        ServerOf(catalog, tool),
        catalog.Snapshot.Profiles[tool.Name.Profile].Manifest,
        ImmutableDictionary<string, Runtime.Catalog.Manifests.ToolManifest>.Empty.Add(tool.Name.Tool, tool.Manifest));

    /// <summary>What a call touches.</summary>
    public BoundCallReport Of(NamedArguments call) => _profile.Declare(new ListedTool(tool.Name.Tool, Definition: null), call.Arguments) switch
    {
        Declaring.Known { Declaration.Call: var declared } => new BoundCallReport(
            call.Name, call.Arguments, Names(declared.Footprint.Reads), Names(declared.Footprint.Writes), !declared.IsIrreversible, Unknown: null),
        Declaring.Unknown unknown => new BoundCallReport(call.Name, call.Arguments, [], [], IsReversible: false, unknown.Reason),
        _ => throw new InvalidOperationException("A call is known or unknown."),
    };

    private static ImmutableArray<string> Names(IEnumerable<Protocol.Objects.ObjectPattern> patterns) => [.. patterns.Select(static pattern => $"{pattern}")];

    // The server of the configuration that is known by the profile; else one that would be started in the workspace.
    private static ForeignServer ServerOf(OpenedCatalog catalog, CatalogedTool tool)
    {
        var stdio = catalog.Configuration.Servers.OfType<Proxy.Configuration.ServerDefinition.Stdio>()
            .FirstOrDefault(server => (server.Options.Profile ?? server.Name) == tool.Name.Profile);
        return stdio is null
            ? new ForeignServer(tool.Name.Profile, OwnName: null, tool.Name.Profile, [tool.Name.Profile, catalog.Workspace.Root], catalog.Workspace.Root)
            : new ForeignServer(stdio.Name, OwnName: null, tool.Name.Profile, [stdio.Command, .. stdio.Args], stdio.WorkingDirectory)
            {
                Environment = stdio.Env,
            };
    }
}
