using System.CommandLine;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli.Commands;

/// <summary>Options that several commands have, spelled and explained once.</summary>
internal static class CommonOptions
{
    public static Option<string?> Workspace() => new("--workspace")
    {
        Description = "The workspace's directory (COAGENT_WORKSPACE). Default: the nearest directory with .coagent, mcp.json or .git.",
        HelpName = "DIR",
    };

    public static Option<string?> Config() => new("--config")
    {
        Description = "The configuration file. Default: mcp.json in the workspace; without one, the built-in workspace server alone.",
        HelpName = "FILE",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print JSON for programs instead of text for people." };

    public static Option<string?> Agent() => new("--agent")
    {
        Description = "The agent's name (COAGENT_AGENT). Default: told by the client, else its process.",
        HelpName = "NAME",
    };

    public static Option<long?> Rank() => new("--rank")
    {
        Description = "The agent's place in the serial order (COAGENT_RANK). Default: by the declared order, else order of arrival.",
        HelpName = "N",
    };

    /// <summary>The workspace that the options and the environment mean.</summary>
    public static WorkspaceFolder Find(string? workspace, string? config) => WorkspaceFolder.Find(
        Environment.CurrentDirectory, workspace ?? Environment.GetEnvironmentVariable(WorkspaceFolder.EnvironmentVariable), config);
}
