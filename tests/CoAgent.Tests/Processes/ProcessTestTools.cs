using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using CoAgent.Proxy.Processes;
using Microsoft.Extensions.Logging;

namespace CoAgent.Tests.Processes;

/// <summary>Waiting for what the operating system does without telling us.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"in vain waited for: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Never longer than our patience.</summary>
    public static Task<T> Bounded<T>(this Task<T> task) => task.WaitAsync(Patience, TimeProvider.System);

    public static Task Bounded(this Task task) => task.WaitAsync(Patience, TimeProvider.System);
}

/// <summary>A process seen from outside, never mistaken for a later one with its id.</summary>
internal sealed record SeenProcess(int Id, ProcessStamp Stamp)
{
    public bool IsRunning => ProcessStamp.Of(Id) == Stamp;

    public static SeenProcess Of(int id) =>
        new(id, ProcessStamp.Of(id) ?? throw new InvalidOperationException($"process {id} should be running"));

    public void KillIfRunning()
    {
        if (IsRunning)
        {
            PosixSignals.SendToProcess(Id, PosixSignal.Kill);
        }
    }
}

/// <summary>Keeps what was logged and lets a test wait for a line.</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, TaskCompletionSource Seen)> _waiting = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public Task Contains(string part)
    {
        lock (_lock)
        {
            if (_lines.Exists(line => line.Contains(part, StringComparison.Ordinal)))
            {
                return Task.CompletedTask;
            }

            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((part, seen));
            return seen.Task;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (_, seen) in _waiting.Where(wait => line.Contains(wait.Part, StringComparison.Ordinal)))
            {
                seen.TrySetResult();
            }
        }
    }
}

/// <summary>The stand-in for the daemon, as a process of its own.</summary>
internal sealed class ProbeProcess : IDisposable
{
    private readonly Process _process;

    private ProbeProcess(Process process) => _process = process;

    public static string File => Path.Combine(AppContext.BaseDirectory, "coagent-process-probe");

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    public static ProbeProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var info = new ProcessStartInfo(File)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            info.Environment[name] = value;
        }

        return new ProbeProcess(Process.Start(info)!);
    }

    public static ProbeProcess Start(params string[] arguments) =>
        Start(ImmutableDictionary<string, string>.Empty, arguments);

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().Bounded();

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().Bounded();
        return _process.ExitCode;
    }

    /// <summary>kill -9, the end that nothing in the process can prepare for.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync().Bounded();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: false);
        }

        _process.Dispose();
    }
}

/// <summary>Children for tests: shell scripts, with this process's environment.</summary>
internal static class ShellChild
{
    public static ImmutableDictionary<string, string> OwnEnvironment { get; } =
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToImmutableDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");

    public static ChildStart Running(string script) =>
        new("files", "sh", ["-c", script], OwnEnvironment, Path.GetTempPath());

    /// <summary>The next line of a child's stdout, read byte by byte so that nothing after it is taken.</summary>
    public static async Task<string> ReadLineAsync(this ChildProcess child)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await child.Output.ReadAsync(one).AsTask().Bounded() == 1 && one[0] != '\n')
        {
            line.Add(one[0]);
        }

        return System.Text.Encoding.UTF8.GetString([.. line]);
    }

    public static async Task<SeenProcess> ReadProcessAsync(this ChildProcess child) =>
        SeenProcess.Of(int.Parse(await child.ReadLineAsync()));
}
