using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using CoAgent.Proxy.Processes;

namespace CoAgent.Proxy.Workspaces;

/// <summary>The command line that starts a daemon.</summary>
internal sealed record DaemonCommand(string Command, ImmutableArray<string> Arguments);

/// <summary>
/// A process that outlives who started it: its own session, no parent, nothing of our stdin and stdout.
/// </summary>
internal sealed class DetachedProcess
{
    // Prints the id that the daemon will have, then becomes the daemon.
    private const string Script = """log=$1; shift; echo $$; exec "$@" </dev/null >>"$log" 2>&1""";

    // Where there is no setsid. A background job ignores Ctrl-C; without a session leader nothing more can be had
    // from a shell.
    private const string ScriptWithoutSession = """log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!""";

    private readonly ProcessStamp? _stamp;

    private DetachedProcess(int id)
    {
        Id = id;
        _stamp = ProcessStamp.Of(id);
    }

    public int Id { get; }

    public static async Task<DetachedProcess> StartAsync(
        DaemonCommand command, WorkspaceFolder workspace, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new WorkspaceException("No daemon runs. On Windows, start it in a window of its own: coagent serve");
        }

        // A log for the owner only; the shell would create it with the user's ordinary permissions.
        OwnerOnly.OpenShared(workspace.LogFile).Dispose();
        try
        {
            using var shell = Process.Start(StartInfo(command, workspace))
                ?? throw new InvalidOperationException("a new process is always started");
            shell.StandardInput.Close();
            var said = await shell.StandardOutput.ReadToEndAsync(cancellationToken);
            var complaint = await shell.StandardError.ReadToEndAsync(cancellationToken);
            await shell.WaitForExitAsync(cancellationToken);
            return int.TryParse(said, CultureInfo.InvariantCulture, out var id)
                ? new DetachedProcess(id)
                : throw new WorkspaceException(
                    $"The daemon cannot be started: {complaint.Trim()}. Start it by hand: coagent serve");
        }
        catch (Win32Exception failure)
        {
            throw new WorkspaceException(
                $"The daemon cannot be started: {failure.Message}. Start it by hand: coagent serve", failure);
        }
    }

    public bool IsRunning => _stamp is not null && ProcessStamp.Of(Id) == _stamp;

    private static ProcessStartInfo StartInfo(DaemonCommand command, WorkspaceFolder workspace)
    {
        var setsid = CommandPath.FindSessionStarter();
        var info = new ProcessStartInfo(setsid ?? "/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workspace.Root,
        };

        // The second setsid finds itself leading a session, so it forks and its parent ends: the daemon is nobody's
        // child, and a client that ends the tree of processes below it does not end the daemon.
        string[] shell = setsid is null ? ["-c", ScriptWithoutSession] : [setsid, "/bin/sh", "-c", Script];
        string[] daemon = ["coagent-start", workspace.LogFile, command.Command, .. command.Arguments];
        foreach (var argument in shell.Concat(daemon))
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment.Remove(ChildMarker.Variable);
        return info;
    }
}
