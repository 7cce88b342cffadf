using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>A trial folder, and programs that see it and can do no harm elsewhere. Disposed of, the folder is gone.</summary>
/// <remarks>
/// What is promised depends on <see cref="SandboxSupport.Kind"/>. Programs of one sandbox share the trial folder and nothing else.
/// Not kept from a program: reading what its user may read, and using processor time until its time is over.
/// </remarks>
public sealed class Sandbox : IDisposable
{
    private static readonly ImmutableHashSet<string> s_taken =
    [
        "PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "SHELL", "JAVA_HOME", "PYTHONPATH", "VIRTUAL_ENV", "NODE_PATH",
        "DOTNET_ROOT", "npm_config_cache",
    ];

    private readonly SandboxSupport _support;
    private readonly TimeProvider _time;
    private readonly string _place;
    private int _commands;

    private Sandbox(SandboxSupport support, SandboxLimits limits, TimeProvider time, string place)
    {
        _support = support;
        _time = time;
        _place = place;
        Limits = limits;
        Root = Directory.CreateDirectory(Path.Combine(place, "root")).FullName;
    }

    /// <summary>The trial folder, by its canonical path; the same inside and outside.</summary>
    public string Root { get; }

    /// <summary>What is promised.</summary>
    public SandboxKind Kind => _support.Kind;

    /// <summary>How much its programs may use.</summary>
    public SandboxLimits Limits { get; }

    /// <summary>A sandbox with an empty trial folder.</summary>
    public static Sandbox Create(SandboxSupport support, SandboxLimits limits, TimeProvider time)
    {
        var place = Directory.CreateTempSubdirectory("coagent-trial-").FullName;
        return new Sandbox(support, limits, time, Directory.ResolveLinkTarget(place, returnFinalTarget: true)?.FullName ?? place);
    }

    /// <summary>Starts a program and leaves it running.</summary>
    /// <exception cref="SandboxException">It could not be started.</exception>
    public SandboxProcess Start(SandboxCommand command)
    {
        var number = Interlocked.Increment(ref _commands).ToString(CultureInfo.InvariantCulture);
        var area = SandboxArea.Create(Root, Path.Combine(_place, number));
        try
        {
            var process = Process.Start(StartOf(command, area)) ?? throw new SandboxException("a started process is a new one");
            return new SandboxProcess(process, area, Limits, _time);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new SandboxException($"{command.Arguments[0]} could not be started: {failure.Message}");
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="SandboxException">It could not be started, or its walls could not be put up.</exception>
    public async Task<SandboxRun> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
        (await WatchAsync(command, cancellationToken)).Run;

    /// <summary>Runs a program to its end and says what it has looked at, and what it has written into the home directory.</summary>
    /// <exception cref="SandboxException">It could not be started, or its walls could not be put up.</exception>
    internal async Task<(SandboxRun Run, ReadTrace Reads, ImmutableArray<string> HomeWrites)> WatchAsync(
        SandboxCommand command, CancellationToken cancellationToken)
    {
        await using var process = Start(command);
        var run = await process.RunAsync(command.Input, command.Timeout ?? Limits.Timeout, cancellationToken);
        return Kind != SandboxKind.Copy && run.ExitCode is not null && !process.WasReady
            ? throw new SandboxException($"the walls could not be put up: {run.Errors.Text}")
            : (run, process.Reads(), [.. process.HomeWrites()]);
    }

    /// <inheritdoc/>
    public void Dispose() => FileTreeRemoval.Remove(_place);

    private ProcessStartInfo StartOf(SandboxCommand command, SandboxArea area)
    {
        var arguments = Kind == SandboxKind.Copy
            ? command.Arguments
            : [.. Walls.Around(command, area, Limits, tracesReads: Kind == SandboxKind.WallsAndTrace)];
        var start = new ProcessStartInfo(arguments[0], arguments.Skip(1))
        {
            WorkingDirectory = command.WorkingDirectory ?? Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Variables(command))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    // A user's secrets are in variables; what programs need to be found is taken over, the rest is not.
    private IEnumerable<KeyValuePair<string, string?>> Variables(SandboxCommand command)
    {
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (s_taken.Contains(name) || name.StartsWith("NVM_", StringComparison.Ordinal))
            {
                yield return new(name, (string?)variable.Value);
            }
        }

        // There is no network: npx is to look into its cache and not to wait; nor are there rings (their reads would not be seen).
        yield return new("npm_config_offline", "true");
        yield return new("npm_config_update_notifier", "false");
        yield return new("UV_USE_IO_URING", "0");
        if (Kind == SandboxKind.Copy)
        {
            foreach (var (name, value) in command.Environment)
            {
                yield return new(name, value);
            }
        }
    }
}

/// <summary>A sandbox could not be made here, or a program not be run in one.</summary>
public sealed class SandboxException(string message) : Exception(message);
