using System.Text;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using CoAgent.Workspace.Tools;

namespace CoAgent.Workspace.Bash;

/// <summary>Runs a command line in a fresh bash below the root.</summary>
internal static class BashTool
{
    internal static WorkspaceTool Tool { get; } = new WorkspaceTool.Command(
        new ToolDefinition(
            "bash",
            "Run command",
            "Run a command in a fresh bash. Answers stdout, then stderr, then the exit code when it is not 0.",
            [
                ToolParameter.Text("command", "The command line."),
                ToolParameter.OptionalText("cwd", "Directory to run in, relative to the workspace root; the root by default."),
                new ToolParameter(
                    "timeout",
                    ParameterKind.Number,
                    "Seconds until it is ended with all that it started, also in the background; 120 by default.",
                    Required: false,
                    Minimum: 0,
                    Maximum: 3600),
            ],
            new ToolHints(ReadOnly: false, Destructive: true, Idempotent: false, OpenWorld: true)),
        Bind);

    internal static async Task<ToolAnswer> RunAsync(
        FileTree tree, ToolArguments arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var command = arguments.Text("command");
        if (command.Contains('\0') || Encoding.UTF8.GetByteCount(command) > tree.Limits.CommandBytesMax)
        {
            return ToolAnswer.Failed(
                $"The command holds a NUL character or is longer than {tree.Limits.CommandBytesMax} bytes; write a script and run that.");
        }

        if (!Shell.IsAvailable)
        {
            return ToolAnswer.Failed("bash is not installed on this machine; use the file tools.");
        }

        var directory = tree.RequireDirectory(arguments.OptionalText("cwd") ?? ".");
        var timeout = arguments.OptionalNumber("timeout") is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : tree.Limits.CommandTimeout;
        var run = new CommandRun(command, directory.Absolute, timeout, tree.Limits, time);
        return await run.RunAsync(cancellationToken);
    }

    // Nothing is known of a command: it may read and write anything, and only what is below the root could be captured.
    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var everything = ObjectIds.Subtree(root.Path);
        return new Footprint([everything], [everything], Reversible: false);
    }
}
