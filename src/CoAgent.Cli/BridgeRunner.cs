using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CoAgent.Proxy.Bridge;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Cli;

/// <summary>Runs a bridge between this process's stdin and stdout and the daemon of a workspace.</summary>
internal static class BridgeRunner
{
    /// <summary>How long a daemon that a bridge has started stays when it has no clients.</summary>
    private const string IdleExit = "00:10:00";

    public static async Task<int> RunAsync(WorkspaceFolder workspace, string? config, BridgeHello hello, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        await using var stdin = Console.OpenStandardInput();
        await using var stdout = Console.OpenStandardOutput();
        using var bridge = new StdioBridge(Finder(workspace, config), hello, stdin, stdout, TimeProvider.System);
        await bridge.RunAsync(stop.Token);
        return 0;
    }

    /// <summary>Finds the daemon of a workspace, and starts it as this program would.</summary>
    public static DaemonFinder Finder(WorkspaceFolder workspace, string? config)
    {
        RuntimeTuning.Offer();
        var (command, arguments) = OwnProgram.CommandLine();
        ImmutableArray<string> serve =
        [
            .. arguments, "serve", "--workspace", workspace.Root, "--idle-exit", IdleExit, "--quiet",
            .. config is null ? ImmutableArray<string>.Empty : ["--config", Path.GetFullPath(config)],
        ];
        return new DaemonFinder(
            new DaemonLauncher(NullLogger.Instance, TimeProvider.System), workspace, new DaemonCommand(command, serve));
    }
}
