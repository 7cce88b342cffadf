using System.CommandLine;
using CoAgent.Cli.Commands;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Journal;

namespace CoAgent.Cli;

/// <summary>The command line: one command a file under <c>Commands</c>.</summary>
internal static class CoAgentCommand
{
    /// <summary>Exit code of a command that could not do what it was asked; the reason is on stderr.</summary>
    public const int Failed = 1;

    public static async Task<int> RunAsync(string[] args)
    {
        // The bridge is started by every client that opens a window: it must not pay for parsing what it does not need.
        if (args is ["connect", ..] && ConnectCommand.TryReadPlain(args.AsSpan(1)) is { } plain)
        {
            return await GuardAsync(() => ConnectCommand.RunAsync(plain, CancellationToken.None));
        }

        var root = new RootCommand("CoAgent: an MCP proxy that lets several agents work on one tree as if one after the other.")
        {
            ServeCommand.Create(),
            ConnectCommand.Create(),
            WrapCommand.Create(),
            CallCommand.Create(),
            StatusCommand.Create(),
            LogCommand.Create(),
            ExplainCommand.Create(),
            NoticesCommand.Create(),
            VerifyCommand.Create(),
            UndoCommand.Create(),
            AbortCommand.Create(),
            ReleaseCommand.Create(),
            CatalogCommand.Create(),
            SmithCommand.Create(),
            StopCommand.Create(),
            DoctorCommand.Create(),
        };

        // Signals are handled where there is something to end in order: the library would cut that short after two seconds.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await GuardAsync(() => root.Parse(args).InvokeAsync(invocation));
    }

    // The boundary of the process: what went wrong is one sentence on stderr, never a stack trace for something foreseen.
    private static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception error) when (error is WorkspaceException or DaemonStartException or JournalException or CatalogException or CommandException)
        {
            await Console.Error.WriteLineAsync($"coagent: {error.Message}");
            return error is CommandException command ? command.ExitCode : Failed;
        }
    }
}

/// <summary>A command cannot do what it was asked; the message says why and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="exitCode">With what the command exits.</param>
internal sealed class CommandException(string message, int exitCode = CoAgentCommand.Failed) : Exception(message)
{
    public int ExitCode => exitCode;
}
