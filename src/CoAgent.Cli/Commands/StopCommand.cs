using System.CommandLine;
using CoAgent.Proxy.Workspaces;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent stop</c>: ends the daemon of a workspace.</summary>
internal static class StopCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();

    public static Command Create()
    {
        var command = new Command("stop", "End the daemon of a workspace and its servers.") { Workspace };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), config: null);
        using var loggers = StderrLogging.Create(LogLevel.Warning);
        var launcher = new DaemonLauncher(loggers.CreateLogger("CoAgent.Daemon"), TimeProvider.System);
        switch (await launcher.StopAsync(workspace, Patience, cancellationToken))
        {
            case DaemonStopResult.NotRunning:
                Console.WriteLine($"No daemon runs for {workspace.Root}.");
                return 0;
            case DaemonStopResult.Stopped stopped:
                Console.WriteLine($"Stopped the daemon of {workspace.Root} (process {stopped.Pid}).");
                return 0;
            case DaemonStopResult.StillRunning running:
                throw new CommandException($"the daemon (process {running.Pid}) did not end within {Patience}; end it with: kill -9 {running.Pid}");
            case DaemonStopResult.Refused refused:
                throw new CommandException($"the daemon (process {refused.Pid}) could not be asked to end: {refused.Reason}");
            default:
                throw new InvalidOperationException("A stop ends in one of four ways.");
        }
    }
}
