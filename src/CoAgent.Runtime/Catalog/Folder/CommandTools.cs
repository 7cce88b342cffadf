namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>The tools of the catalog that are no server's: CoAgent runs their commands itself (docs/toolsmith.md).</summary>
public static class CommandTools
{
    /// <summary>What stands before a profile's name where calls name the server of its tools. No server of a configuration is called so.</summary>
    public const string ServerPrefix = "tools-catalog/";

    /// <summary>The tools that agents can call: those of the workspace's catalog that run commands and are trusted.</summary>
    public static IEnumerable<CatalogedTool> Offered(CatalogSnapshot catalog) => catalog.Tools.Where(IsOffered);

    /// <summary>Whether agents can call a tool of the catalog by its own name.</summary>
    public static bool IsOffered(CatalogedTool tool) =>
        tool is { Origin: CatalogOrigin.Workspace, Manifest: { Exec.IsEmpty: false, Input: not null } } && tool.StandingFor(definition: null).Coordinates();

    /// <summary>The name of the server that calls of a profile's tools name.</summary>
    public static string ServerOf(string profile) => ServerPrefix + profile;

    /// <summary>Whether a server's name stands for a profile of tools of our own.</summary>
    public static bool IsServer(string server) => server.StartsWith(ServerPrefix, StringComparison.Ordinal);

    /// <summary>The profile that a server's name stands for; null where it stands for none.</summary>
    public static string? ProfileOf(string server) => IsServer(server) ? server[ServerPrefix.Length..] : null;
}
