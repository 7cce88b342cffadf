using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Processes;

/// <summary>
/// A stdio child that never outlives the daemon: it and all it starts end when it is stopped or the daemon ends.
/// </summary>
/// <remarks>
/// The child leads a session of its own, so signals reach its whole group and a terminal's Ctrl-C does not. When the
/// child exits, what it left running is ended too. <see cref="Input"/> and <see cref="Output"/> are raw bytes;
/// writing to a dead child is an <see cref="IOException"/>. On Windows only the stdin and kill steps of stopping
/// exist.
/// </remarks>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_disposeGrace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_descendantsGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_killTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_errorDrainTimeout = TimeSpan.FromSeconds(1);

    // A process that executes a new program shows no environment for the moment that this takes.
    private const int LookCountMax = 40;

    private static readonly TimeSpan s_lookDelay = TimeSpan.FromMilliseconds(5);

    private readonly Process _process;
    private readonly ChildFamily _family;
    private readonly ChildReaper _reaper;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly string _name;
    private readonly Lock _stopLock = new();
    private Task? _stopping;

    private ChildProcess(
        string name, Process process, ChildMarker marker, ChildReaper reaper, ILogger logger, TimeProvider time)
    {
        _name = name;
        _process = process;
        _reaper = reaper;
        _logger = logger;
        _time = time;
        Id = process.Id;
        Input = process.StandardInput.BaseStream;
        Output = process.StandardOutput.BaseStream;
        _family = new ChildFamily(process, marker, leadsGroup: reaper.SessionStarter is not null);
        Exited = WatchAsync();
    }

    public int Id { get; }

    /// <summary>The child's stdin, unbuffered.</summary>
    public Stream Input { get; }

    /// <summary>The child's stdout, unbuffered.</summary>
    public Stream Output { get; }

    /// <summary>Completes when the child has ended, with all that it started; never faults.</summary>
    public Task<ChildExit> Exited { get; }

    /// <summary>Starts a child; throws <see cref="ChildStartException"/> with what to do when it cannot be.</summary>
    public static ChildProcess Start(ChildStart start, ChildReaper reaper, ILogger logger, TimeProvider time)
    {
        if (!Directory.Exists(start.WorkingDirectory))
        {
            throw new ChildStartException(
                $"Server '{start.Name}': its working directory '{start.WorkingDirectory}' does not exist. "
                + "Create it, or correct \"cwd\" in the config.");
        }

        var marker = reaper.NextMarker();
        try
        {
            var process = Process.Start(StartInfo(start, CommandPath.Resolve(start), reaper.SessionStarter, marker))
                ?? throw new InvalidOperationException("a new process is always started");
            if (reaper.TryAdd(process.Id))
            {
                return new ChildProcess(start.Name, process, marker, reaper, logger, time);
            }

            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new ChildStartException($"Server '{start.Name}' is not started: the daemon is ending.");
        }
        catch (Win32Exception failure)
        {
            throw new ChildStartException(
                $"Server '{start.Name}': '{start.Command}' cannot be started: {failure.Message}. "
                + "Try the command by hand.", failure);
        }
    }

    /// <summary>
    /// Ends the child in three steps, each waited for as long as <paramref name="grace"/>: its stdin ends; its group
    /// is asked to terminate; its group is killed. Whoever calls again waits for the first stop.
    /// </summary>
    public Task StopAsync(TimeSpan grace)
    {
        lock (_stopLock)
        {
            return _stopping ??= StopStepsAsync(grace);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(s_disposeGrace);
        await Output.DisposeAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(ChildStart start, string file, string? sessionStarter, ChildMarker marker)
    {
        var info = new ProcessStartInfo(sessionStarter ?? file)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = start.WorkingDirectory,
        };
        if (sessionStarter is not null)
        {
            info.ArgumentList.Add(file);
        }

        foreach (var argument in start.Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment.Clear();
        foreach (var (variable, value) in start.Environment)
        {
            info.Environment[variable] = value;
        }

        info.Environment[ChildMarker.Variable] = marker.Value;
        return info;
    }

    private async Task<ChildExit> WatchAsync()
    {
        using var stopDraining = new CancellationTokenSource();
        var errorStream = _process.StandardError.BaseStream;
        await using (errorStream)
        {
            var lines = new ErrorLines(errorStream, _name, _logger, _time);
            var draining = lines.DrainAsync(stopDraining.Token);
            await _process.WaitForExitAsync(CancellationToken.None);
            await EndDescendantsAsync();
            _reaper.Remove(Id);

            // Everything written before the end is in the pipe now; only a process that escaped us could still hold
            // it open.
            if (!await EndsWithinAsync(draining, s_errorDrainTimeout))
            {
                await stopDraining.CancelAsync();
                await draining;
            }

            var exit = new ChildExit(_process.ExitCode, lines.Last);
            LogExited(_name, Id, exit.Describe());
            return exit;
        }
    }

    private async Task StopStepsAsync(TimeSpan grace)
    {
        await Input.DisposeAsync();
        if (await EndsWithinAsync(Exited, grace))
        {
            return;
        }

        _family.Send(PosixSignal.Terminate);
        if (await EndsWithinAsync(Exited, grace))
        {
            return;
        }

        LogKilled(_name, Id);
        _family.Send(PosixSignal.Kill);
        if (!await EndsWithinAsync(Exited, s_killTimeout))
        {
            LogStays(_name, Id);
        }
    }

    /// <summary>Ends what the exited child has left: asks first, then kills until nothing is left.</summary>
    private async Task EndDescendantsAsync()
    {
        if (!await AnyDescendantAsync())
        {
            return;
        }

        _family.Send(PosixSignal.Terminate);
        if (await DescendantsEndWithinAsync(s_descendantsGrace, PosixSignal.None))
        {
            return;
        }

        LogDescendantsKilled(_name, Id);
        if (!await DescendantsEndWithinAsync(s_killTimeout, PosixSignal.Kill))
        {
            LogStays(_name, Id);
        }
    }

    private async Task<bool> DescendantsEndWithinAsync(TimeSpan timeout, PosixSignal signal)
    {
        var startedAt = _time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        while (await AnyDescendantAsync())
        {
            if (_time.GetElapsedTime(startedAt) >= timeout)
            {
                return false;
            }

            // Sent at every turn: a process may have been forking while it was struck.
            _family.Send(signal);
            await Task.Delay(pause, _time);
            pause *= 2;
        }

        return true;
    }

    /// <summary>Looks again while unsure; what stays unsure is not ours.</summary>
    private async Task<bool> AnyDescendantAsync()
    {
        for (var look = 0; look < LookCountMax; look++)
        {
            if (_family.Look() is not Descendants.Unsure and var state)
            {
                return state is Descendants.Running;
            }

            await Task.Delay(s_lookDelay, _time);
        }

        return false;
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan timeout)
    {
        try
        {
            await task.WaitAsync(timeout, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(2020, LogLevel.Information, "{Server}: process {ProcessId} {Ending}")]
    private partial void LogExited(string server, int processId, string ending);

    [LoggerMessage(2021, LogLevel.Warning,
        "{Server}: process {ProcessId} ended neither with its stdin nor when asked; it is killed")]
    private partial void LogKilled(string server, int processId);

    [LoggerMessage(2022, LogLevel.Warning,
        "{Server}: process {ProcessId} left descendants that do not end when asked; they are killed")]
    private partial void LogDescendantsKilled(string server, int processId);

    [LoggerMessage(2023, LogLevel.Error,
        "{Server}: process {ProcessId} or what it started was killed and has not ended")]
    private partial void LogStays(string server, int processId);
}
