using System.CommandLine;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Cli.Catalog;

/// <summary>Where a command learns how a server defines its tools.</summary>
internal sealed class DefinitionSource
{
    public Option<string?> FromServer { get; } = new("--from-server")
    {
        Description = "Ask the server: the one of that name in the configuration, without NAME one that is started as the profile says.",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<string?> Tools { get; } = new("--tools")
    {
        Description = "A recorded list of tools: an array, an object with \"tools\", or an answer to tools/list.",
        HelpName = "FILE",
    };

    /// <summary>What the command line asks; null when it asks nobody.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="catalog">The catalog.</param>
    /// <param name="profile">The profile whose tools are meant.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">Who is asked does not answer.</exception>
    public async Task<ListedTools?> FindAsync(
        ParseResult parsed, OpenedCatalog catalog, string profile, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Tools) is { } file)
        {
            return ListedTools.Read(file);
        }

        if (parsed.GetResult(FromServer) is null)
        {
            return null;
        }

        return parsed.GetValue(FromServer) is { } name
            ? await ListedTools.AskAsync(ServerOf(catalog, name), cancellationToken)
            : await ListedTools.AskAsync(
                catalog.Snapshot.Profiles.TryGetValue(profile, out var known)
                    ? known.Manifest
                    : throw new CommandException($"the catalog has no profile '{profile}'. See: coagent catalog list"),
                cancellationToken);
    }

    /// <summary>A server of the configuration.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public static ServerDefinition ServerOf(OpenedCatalog catalog, string name) =>
        catalog.Configuration.Servers.FirstOrDefault(server => server.Name == name && server is not ServerDefinition.Builtin)
        ?? throw new CommandException($"{catalog.Configuration.File} has no server '{name}' beside those that are built in.");

    /// <summary>The profile of a server.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="server">The server.</param>
    /// <param name="listed">What it has said of itself.</param>
    public static CatalogedProfile? ProfileOf(OpenedCatalog catalog, ServerDefinition server, ListedTools listed) =>
        catalog.Snapshot.Of(server.Options.Profile, listed.Name);
}
