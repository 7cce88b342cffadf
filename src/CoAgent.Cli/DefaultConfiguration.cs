using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli;

/// <summary>What holds in a workspace without a configuration file: its own files, through the built-in server.</summary>
internal static class DefaultConfiguration
{
    public static ProxyConfiguration For(WorkspaceFolder workspace, string path) => new(
        path,
        workspace.Root,
        [new ServerDefinition.Builtin(
            ServerDefinition.Builtin.Workspace, new ServerOptions(), ServerDefinition.Builtin.Workspace, workspace.Root)],
        Disabled: [],
        new ProxyOptions
        {
            Journal = Path.Combine(workspace.StateDirectory, "journal.db"),
            Catalog = Path.Combine(workspace.Root, "tools-catalog"),
        });
}
