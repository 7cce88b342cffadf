using System.Net.Sockets;
using System.Runtime.InteropServices;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.ProcessProbe;

/// <summary>A daemon that does nothing but be there, in the manner asked for.</summary>
internal static class DaemonProbe
{
    public const string StartsFile = "starts";

    public static async Task<int> RunAsync(string root, string[] manners)
    {
        var workspace = new WorkspaceFolder(root);
        if (manners is ["dies"])
        {
            await Console.Error.WriteLineAsync("the probe has nothing to live for");
            return 3;
        }

        using var daemonLock = await DaemonLock.AcquireAsync(workspace, TimeProvider.System, CancellationToken.None);
        await File.AppendAllTextAsync(Path.Combine(root, StartsFile), $"{Environment.ProcessId}\n");
        var asked = new TaskCompletionSource();
        using var onTerminate = PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            if (manners is not ["stubborn"])
            {
                asked.TrySetResult();
            }
        });
        if (manners is ["slow"])
        {
            await asked.Task;
            return 0;
        }

        var path = DaemonSocket.PathFor(workspace);
        DaemonSocket.Prepare(path, daemonLock);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        DaemonSocket.Restrict(path);
        socket.Listen(128);
        TokenFile.ReadOrCreate(workspace.TokenFile);
        var record = DaemonRecord.OfThisProcess(
            new Uri("http://127.0.0.1:1/mcp"), workspace, path, "probe", TimeProvider.System);
        record.Write(workspace);
        await asked.Task;
        record.Remove(workspace);
        return 0;
    }
}

/// <summary>A client that needs the daemon: prints the process that it found or started.</summary>
internal static class EnsureProbe
{
    public static async Task<int> RunAsync(string root)
    {
        var launcher = new DaemonLauncher(
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System);
        var command = new DaemonCommand(Environment.ProcessPath!, ["daemon", root]);
        await Console.In.ReadLineAsync();
        var record = await launcher.EnsureAsync(
            new WorkspaceFolder(root), command, TimeSpan.FromSeconds(60), CancellationToken.None);
        Console.WriteLine(record.Pid);
        return 0;
    }
}

/// <summary>Holds the daemon's lock until it is killed or its stdin ends.</summary>
internal static class LockProbe
{
    public static async Task<int> RunAsync(string root)
    {
        using var daemonLock = await DaemonLock.AcquireAsync(
            new WorkspaceFolder(root), TimeProvider.System, CancellationToken.None);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
