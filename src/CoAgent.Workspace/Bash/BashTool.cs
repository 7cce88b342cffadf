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
        var run = new CommandRun(Check(tree, arguments), tree.Limits, time, layer: null);
        return await run.RunAsync(cancellationToken);
    }

    /// <summary>What is to be run.</summary>
    /// <exception cref="CallRefusedException">It cannot be run at all.</exception>
    internal static CommandLine Check(FileTree tree, ToolArguments arguments)
    {
        var command = arguments.Text("command");
        if (command.Contains('\0') || Encoding.UTF8.GetByteCount(command) > tree.Limits.CommandBytesMax)
        {
            throw new CallRefusedException(
                $"The command holds a NUL character or is longer than {tree.Limits.CommandBytesMax} bytes; write a script and run that.");
        }

        if (!Shell.IsAvailable)
        {
            throw new CallRefusedException("bash is not installed on this machine; use the file tools.");
        }

        var directory = tree.RequireDirectory(arguments.OptionalText("cwd") ?? ".");
        var timeout = arguments.OptionalNumber("timeout") is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : tree.Limits.CommandTimeout;
        return new CommandLine(command, directory.Absolute, timeout);
    }

    // Nothing is known of a command: it may read and write anything, and only what is below the root can be captured.
    private static Footprint Bind(WorkspaceRoot root, ToolArguments arguments)
    {
        var everything = ObjectIds.Subtree(root.Path);
        return new Footprint([everything], [everything], Reversible: false);
    }
}

/// <summary>A command that can be run.</summary>
/// <param name="Command">What bash is given.</param>
/// <param name="Directory">The canonical path of the directory that it runs in.</param>
/// <param name="Timeout">How long it may run.</param>
internal sealed record CommandLine(string Command, string Directory, TimeSpan Timeout);
