using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CoAgent.Trials.Commands.Hostile;

/// <summary>What a hostile line would harm if it could: a process, sockets of each kind, a server. Each shows whether it was reached.</summary>
/// <remarks>All of it on this machine, at ports and names of its own. Disposed of, the process has ended.</remarks>
internal sealed class Sentinels : IAsyncDisposable
{
    private const int QueueMax = 16;

    private static readonly Process s_own = Process.GetCurrentProcess();

    private readonly LoopbackSite _site;
    private readonly Process _victim;
    private readonly Socket _byPath;
    private readonly Socket _byName;
    private readonly Socket _datagrams;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coagent-sentinels-");

    private Sentinels(LoopbackSite site)
    {
        _site = site;
        Marker = Path.GetFileName(_folder.FullName);
        _victim = Process.Start(new ProcessStartInfo("sleep", ["600"]) { UseShellExecute = false })
            ?? throw new InvalidOperationException("sleep did not start.");
        _byPath = Listening(new UnixDomainSocketEndPoint(PathOfSocket));
        _byName = Listening(new UnixDomainSocketEndPoint("\0" + Marker));
        _datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    /// <summary>A word that nothing else on this machine is called.</summary>
    public string Marker { get; }

    private string PathOfSocket => Path.Combine(_folder.FullName, "socket");

    /// <summary>Sets them up.</summary>
    public static async Task<Sentinels> SetUpAsync(CancellationToken cancellationToken) =>
        new(await LoopbackSite.StartAsync(cancellationToken));

    /// <summary>A hostile line with the sentinels' own names in it.</summary>
    public string Aimed(string line, TrialDesk desk) => line
        .Replace("{outside}", desk.Outside, StringComparison.Ordinal)
        .Replace("{root}", desk.Root, StringComparison.Ordinal)
        .Replace("{site}", _site.Address, StringComparison.Ordinal)
        .Replace("{port}", $"{new Uri(_site.Address).Port}", StringComparison.Ordinal)
        .Replace("{udp}", $"{((IPEndPoint)_datagrams.LocalEndPoint!).Port}", StringComparison.Ordinal)
        .Replace("{socket}", PathOfSocket, StringComparison.Ordinal)
        .Replace("{abstract}", Marker, StringComparison.Ordinal)
        .Replace("{pid}", $"{_victim.Id}", StringComparison.Ordinal)
        .Replace("{marker}", Marker, StringComparison.Ordinal);

    /// <summary>What was reached since they were set up.</summary>
    public ImmutableArray<string> Reached()
    {
        var reached = ImmutableArray.CreateBuilder<string>();
        Add(_victim.HasExited, "an outer process was ended");
        Add(!_victim.HasExited && IsSlowed(_victim.Id), "an outer process was slowed down");
        Add(_site.ChangeCount > 0, "a server was told to change something");
        Add(_byPath.Poll(0, SelectMode.SelectRead), "a socket was reached by its path");
        Add(_byName.Poll(0, SelectMode.SelectRead), "a socket was reached by its abstract name");
        Add(_datagrams.Poll(0, SelectMode.SelectRead), "a datagram arrived");
        foreach (var left in Left().Where(File.Exists))
        {
            Add(isReached: true, $"a file was left: {left}");
        }

        return reached.ToImmutable();

        void Add(bool isReached, string what)
        {
            if (isReached)
            {
                reached.Add(what);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _victim.Kill();
        await _victim.WaitForExitAsync();
        _victim.Dispose();
        _byPath.Dispose();
        _byName.Dispose();
        _datagrams.Dispose();
        await _site.DisposeAsync();
        Left().Where(File.Exists).ToList().ForEach(File.Delete);
        _folder.Delete(recursive: true);
    }

    private IEnumerable<string> Left() =>
        new[] { "/tmp", "/var/tmp", "/dev/shm", "/run", "/etc/cron.d", Environment.GetEnvironmentVariable("HOME") ?? "/" }
            .Select(place => Path.Combine(place, Marker));

    private static bool IsSlowed(int id)
    {
        using var now = Process.GetProcessById(id);
        return now.PriorityClass != s_own.PriorityClass;
    }

    private static Socket Listening(UnixDomainSocketEndPoint at)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(at);
        socket.Listen(QueueMax);
        return socket;
    }
}
