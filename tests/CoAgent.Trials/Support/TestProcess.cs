using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace CoAgent.Trials.Support;

/// <summary>A started process: its streams, what it says on standard error, and its end; killed with its children when disposed.</summary>
internal sealed class TestProcess : IAsyncDisposable
{
    private const int StderrCharactersMax = 1024 * 1024;

    private readonly Process process;
    private readonly StringBuilder stderr = new();
    private readonly Lock stderrTurn = new();
    private readonly Task stderrPump;
    private TaskCompletionSource stderrGrew = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestProcess(Process process, string command)
    {
        this.process = process;
        Command = command;
        stderrPump = Task.Run(PumpStderrAsync);
    }

    /// <summary>The command line, for messages.</summary>
    public string Command { get; }

    public int Id => process.Id;

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>The last million characters of standard error so far.</summary>
    public string Stderr
    {
        get
        {
            lock (stderrTurn)
            {
                return stderr.ToString();
            }
        }
    }

    public static TestProcess Start(
        string command,
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = directory ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var started = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
        return new TestProcess(started, command + " " + string.Join(' ', start.ArgumentList));
    }

    /// <summary>A fixture server with these arguments.</summary>
    public static TestProcess StartFixture(params IEnumerable<string> arguments) =>
        Start("dotnet", [Repository.FixtureAssembly, .. arguments]);

    /// <summary>The program under test with these arguments.</summary>
    public static TestProcess StartCoagent(
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        Start("dotnet", [Repository.CoagentAssembly, .. arguments], directory, environment);

    /// <summary>Whether a process with this id runs (a zombie does not).</summary>
    public static bool IsRunning(int id)
    {
        try
        {
            using var found = Process.GetProcessById(id);
            return !found.HasExited && !IsZombie(id);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Kills one process by its id; nothing where it is gone already.</summary>
    public static void Kill(int id)
    {
        try
        {
            using var found = Process.GetProcessById(id);
            found.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    /// <summary>Waits until the process with this id, not necessarily a child of ours, has ended.</summary>
    public static async Task WaitForEndOfAsync(int id, CancellationToken cancellationToken)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(Bound.Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (IsRunning(id))
        {
            await look.WaitForNextTickAsync(bound.Token);
        }
    }

    /// <summary>Reads standard output up to the first line that fits. For processes whose output nobody else reads.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> fits, CancellationToken cancellationToken)
    {
        while (await process.StandardOutput.ReadLineAsync(cancellationToken).AsTask()
            .WithinAsync($"a line of: {Command}", cancellationToken) is { } line)
        {
            if (fits(line))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"{Command} ended its output without the line. stderr: {Stderr}");
    }

    /// <summary>Waits until standard error has this text.</summary>
    public async Task WaitForStderrAsync(string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            var grew = Volatile.Read(ref stderrGrew).Task;
            if (Stderr.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            if (stderrPump.IsCompleted)
            {
                throw new InvalidOperationException($"{Command} ended without saying '{text}'. stderr: {Stderr}");
            }

            await Task.WhenAny(grew, stderrPump).WithinAsync($"'{text}' on stderr of: {Command}", cancellationToken);
        }
    }

    /// <summary>Ends standard input.</summary>
    public void CloseInput() => process.StandardInput.Close();

    /// <summary>Waits for the end and gives the exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken).WithinAsync($"the end of: {Command}", cancellationToken);
        return process.ExitCode;
    }

    /// <summary>All of standard error, up to its end.</summary>
    public async Task<string> ReadStderrAsync(CancellationToken cancellationToken)
    {
        await stderrPump.WithinAsync($"the end of stderr of: {Command}", cancellationToken);
        return Stderr;
    }

    /// <summary>Kills this process alone, at once (SIGKILL).</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
        catch (Win32Exception)
        {
            // It is ending.
        }

        await process.WaitForExitAsync(CancellationToken.None)
            .WithinAsync($"the end of: {Command}", CancellationToken.None);
        process.Dispose();
    }

    private static bool IsZombie(int id)
    {
        var file = $"/proc/{id}/stat";
        try
        {
            return OperatingSystem.IsLinux() && File.ReadAllText(file).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task PumpStderrAsync()
    {
        var buffer = new char[16 * 1024];
        int length;
        while ((length = await process.StandardError.ReadAsync(buffer)) > 0)
        {
            lock (stderrTurn)
            {
                stderr.Append(buffer, 0, length);
                if (stderr.Length > StderrCharactersMax)
                {
                    stderr.Remove(0, stderr.Length - StderrCharactersMax);
                }
            }

            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref stderrGrew, next).TrySetResult();
        }
    }
}
