using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli;

/// <summary>The configuration that a command line means: the file of <c>--config</c>, else the workspace's, else what holds without one.</summary>
/// <param name="File">The file's full path, also where it is not there.</param>
/// <param name="IsFile">Whether it is read from that file; else none was named, and the workspace has none.</param>
/// <param name="Result">What reading it came to.</param>
internal sealed record ChosenConfiguration(string File, bool IsFile, LoadResult Result)
{
    /// <summary>Reads it once.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="chosen">The value of <c>--config</c>; null without one.</param>
    public static ChosenConfiguration Load(WorkspaceFolder workspace, string? chosen)
    {
        var file = Path.GetFullPath(chosen ?? Path.Combine(workspace.Root, "mcp.json"));
        return chosen is null && !System.IO.File.Exists(file)
            ? new ChosenConfiguration(file, IsFile: false, new LoadResult.Loaded(DefaultConfiguration.For(workspace, file), Warnings: []))
            : new ChosenConfiguration(file, IsFile: true, McpJson.Load(file, ProcessEnvironment.Read()));
    }

    /// <summary>What it says, for a command that has nothing to say of its faults.</summary>
    /// <exception cref="CommandException">It has faults.</exception>
    public ProxyConfiguration WithoutFaults() => Result is LoadResult.Loaded loaded
        ? loaded.Configuration
        : throw new CommandException($"the configuration {File} has faults: coagent doctor lists them.");
}
