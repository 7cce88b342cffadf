using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Processes;

/// <summary>Ends all children of this daemon, and their descendants, when the daemon ends, however it ends.</summary>
/// <remarks>
/// A small shell in a session of its own reads a pipe that only the daemon holds open. When the pipe ends, the daemon
/// is gone, and the shell ends the process groups registered with it and every process that carries this daemon's
/// marker. When that shell dies itself, it is started again and told all over. On Windows there is none: children end
/// with their stdin.
/// </remarks>
internal sealed partial class ChildReaper : IAsyncDisposable
{
    private const string ShellPath = "/bin/sh";

    // A shell that lived this long is not failing at start.
    private static readonly TimeSpan s_healthyLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_restartDelayMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_restartDelayMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_endTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HashSet<int> _children = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly string _markerStart = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private Process? _shell;
    private Task _watch = Task.CompletedTask;
    private int _markerCount;
    private bool _ended;

    private ChildReaper(ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        SessionStarter = CommandPath.FindSessionStarter();
    }

    /// <summary>
    /// The setsid program, through which each child leads a session of its own; null where there is none (macOS).
    /// </summary>
    public string? SessionStarter { get; }

    /// <summary>The reaping shell's process; null where there is none.</summary>
    public int? ShellId
    {
        get
        {
            lock (_lock)
            {
                return _shell?.Id;
            }
        }
    }

    public static ChildReaper Start(ILogger logger, TimeProvider time)
    {
        var reaper = new ChildReaper(logger, time);
        if (!OperatingSystem.IsWindows())
        {
            reaper.StartShell();
            reaper._watch = reaper.WatchShellAsync();
        }

        return reaper;
    }

    /// <summary>A marker for the next child.</summary>
    public ChildMarker NextMarker() => new($"{_markerStart}.{Interlocked.Increment(ref _markerCount)}");

    /// <summary>
    /// The child is to end with the daemon; false when the daemon is ending and so no child may run any more.
    /// </summary>
    public bool TryAdd(int processId)
    {
        lock (_lock)
        {
            if (_ended)
            {
                return false;
            }

            _children.Add(processId);
            Tell_NeedsLock($"+{processId}\n");
            return true;
        }
    }

    /// <summary>The child has ended: its id may soon be another's.</summary>
    public void Remove(int processId)
    {
        lock (_lock)
        {
            _children.Remove(processId);
            if (!_ended)
            {
                Tell_NeedsLock($"-{processId}\n");
            }
        }
    }

    /// <summary>Ends what is left of the children, then the reaping shell.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            Tell_NeedsLock(ReaperScript.OrderlyEnd + "\n");
            _shell?.StandardInput.BaseStream.Dispose();
        }

        await _ending.CancelAsync();
        try
        {
            await _watch.WaitAsync(s_endTimeout, _time);
            _ending.Dispose();
        }
        catch (TimeoutException)
        {
            LogShellStays(ShellId);
        }

        lock (_lock)
        {
            _shell?.Dispose();
            _shell = null;
        }
    }

    /// <summary>Starts the shell and tells it the children; false when the daemon is ending.</summary>
    private bool StartShell()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return false;
            }

            var started = Process.Start(ShellStart())
                ?? throw new InvalidOperationException("a new process is always started");
            _shell?.Dispose();
            _shell = started;
            _shell.StandardOutput.Close();
            _shell.StandardError.Close();
            Tell_NeedsLock(string.Concat(_children.Select(id => $"+{id}\n")));
            return true;
        }
    }

    private ProcessStartInfo ShellStart()
    {
        var start = new ProcessStartInfo(SessionStarter ?? ShellPath)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        string[] shell = SessionStarter is null ? [] : [ShellPath];
        var mode = SessionStarter is null ? ReaperScript.ByProcess : ReaperScript.ByGroup;
        string[] script = ["-c", ReaperScript.Text, "coagent-reaper", $"{_markerStart}.", mode];
        foreach (var argument in shell.Concat(script))
        {
            start.ArgumentList.Add(argument);
        }

        // Nothing else is inherited: were this daemon itself somebody's marked child, its reaper must still survive it.
        start.Environment.Clear();
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:{CommandPath.DefaultSearchPath}";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private async Task WatchShellAsync()
    {
        var delay = s_restartDelayMin;
        do
        {
            var startedAt = _time.GetTimestamp();
            await _shell!.WaitForExitAsync(CancellationToken.None);
            delay = _time.GetElapsedTime(startedAt) > s_healthyLife
                ? s_restartDelayMin
                : Min(delay * 2, s_restartDelayMax);
        }
        while (await RestartShellAsync(delay));
    }

    /// <summary>Starts the shell anew, however often it takes; false when the daemon is ending.</summary>
    private async Task<bool> RestartShellAsync(TimeSpan delay)
    {
        while (true)
        {
            try
            {
                await Task.Delay(delay, _time, _ending.Token);
                if (!StartShell())
                {
                    return false;
                }

                LogShellRestarted(_shell!.Id);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            catch (Win32Exception failure)
            {
                LogShellFails(failure.Message, delay);
            }
        }
    }

    private void Tell_NeedsLock(string lines)
    {
        if (_shell is null)
        {
            return;
        }

        try
        {
            _shell.StandardInput.BaseStream.Write(Encoding.ASCII.GetBytes(lines));
        }
        catch (IOException gone)
        {
            // The watch starts it again and tells it everything.
            LogShellUnreachable(gone.Message);
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    [LoggerMessage(2010, LogLevel.Warning,
        "The reaper had died and was started again as process {ShellId}; until then children would have outlived a "
        + "killed daemon")]
    private partial void LogShellRestarted(int shellId);

    [LoggerMessage(2011, LogLevel.Error,
        "The reaper cannot be started again ({Reason}), next attempt in {Delay}; children may outlive a killed daemon")]
    private partial void LogShellFails(string reason, TimeSpan delay);

    [LoggerMessage(2012, LogLevel.Debug, "The reaper cannot be reached: {Reason}")]
    private partial void LogShellUnreachable(string reason);

    [LoggerMessage(2013, LogLevel.Warning, "The reaper, process {ShellId}, has not ended; children may be left")]
    private partial void LogShellStays(int? shellId);
}
