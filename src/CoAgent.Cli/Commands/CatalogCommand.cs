using System.CommandLine;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent catalog</c>: what is known of the tools, and how far it is trusted.</summary>
internal static class CatalogCommand
{
    public static Command Create() => new(
        "catalog", "Look at what is known of the tools, approve it, forget it, see what changed downstream (docs/catalog.md).")
    {
        CatalogListCommand.Create(),
        CatalogShowCommand.Create(),
        CatalogCheckCommand.Create(),
        CatalogApproveCommand.Create(),
        CatalogForgetCommand.Create(),
        CatalogDiffCommand.Create(),
        CatalogDraftCommand.Create(),
        CatalogTableCommand.Create(),
    };
}
