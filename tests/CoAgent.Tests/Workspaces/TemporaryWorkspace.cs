using System.Runtime.Versioning;
using CoAgent.Proxy.Workspaces;
using CoAgent.Tests.Processes;

namespace CoAgent.Tests.Workspaces;

/// <summary>A workspace of its own for a test; the daemons that it saw start are killed with it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class TemporaryWorkspace : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("coagent-");

    public TemporaryWorkspace()
    {
        Folder = new WorkspaceFolder(_directory.FullName);
        Folder.CreateStateDirectory();
    }

    public WorkspaceFolder Folder { get; }

    public string Root => Folder.Root;

    /// <summary>The ids of the probe daemons that got the lock, in order.</summary>
    public IReadOnlyList<int> Starts
    {
        get
        {
            var file = Path.Combine(Root, "starts");
            return File.Exists(file) ? File.ReadAllLines(file).Select(int.Parse).ToList() : [];
        }
    }

    public static DaemonCommand Probe(TemporaryWorkspace workspace, params string[] manners) =>
        new(ProbeProcess.File, ["daemon", workspace.Root, .. manners]);

    public static DaemonRecord Record(WorkspaceFolder folder, int pid, string stamp) =>
        new(new Uri("http://127.0.0.1:8123/mcp"), pid, stamp, folder.TokenFile, DaemonSocket.PathFor(folder), "1.2.3",
            DateTimeOffset.UnixEpoch);

    public void Dispose()
    {
        foreach (var daemon in Starts.Where(id => CoAgent.Proxy.Processes.ProcessStamp.Of(id) is not null))
        {
            SeenProcess.Of(daemon).KillIfRunning();
        }

        _directory.Delete(recursive: true);
    }
}
