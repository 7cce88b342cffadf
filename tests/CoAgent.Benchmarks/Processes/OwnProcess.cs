using System.Diagnostics;

namespace CoAgent.Benchmarks.Processes;

/// <summary>A process that a stage started, with its pipes and the end of what it wrote to standard error.</summary>
internal sealed class OwnProcess : IDisposable
{
    private const int ErrorLinesMax = 20;

    // A stream ends a moment before its process does.
    private static readonly TimeSpan ExitPause = TimeSpan.FromSeconds(1);

    private readonly Queue<string> errors = new();
    private readonly Process process;

    public OwnProcess(ProcessStartInfo start)
    {
        process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    /// <summary>Waits at most that long for the end of the process.</summary>
    public bool ExitsWithin(TimeSpan time) => process.WaitForExit(time);

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    /// <summary>
    /// For the message of a failure: whether the process ended, and the last lines of its standard error.
    /// </summary>
    public string LastWords
    {
        get
        {
            lock (errors)
            {
                var end = ExitsWithin(ExitPause) ? $"Exit code {process.ExitCode}." : "It still runs.";
                return string.Join('\n', errors.Prepend(end));
            }
        }
    }

    /// <summary>
    /// For a server that speaks HTTP: what it prints is read away, so that it never waits for a reader.
    /// </summary>
    public void DrainOutput()
    {
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>Ends one process by its id; one that has ended already is left alone.</summary>
    public static void End(int id)
    {
        try
        {
            using var found = Process.GetProcessById(id);
            found.Kill();
        }
        catch (ArgumentException)
        {
            // It ended between being listed and being asked for.
        }
        catch (InvalidOperationException)
        {
            // It ended between being asked for and being killed.
        }
    }

    public void Dispose() => process.Dispose();

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > ErrorLinesMax)
            {
                errors.Dequeue();
            }
        }
    }
}
