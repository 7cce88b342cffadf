using System.Diagnostics;
using System.Text;

namespace CoAgent.Trials.Commands;

/// <summary>What a program that ran to its end has said.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
internal sealed record ProgramOutput(int ExitCode, byte[] Output, byte[] Errors)
{
    /// <summary>Its standard output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Its standard error as text.</summary>
    public string ErrorText => Encoding.UTF8.GetString(Errors);

    /// <summary>Runs a program with an empty standard input.</summary>
    /// <exception cref="TimeoutException">It did not end in time, and was ended.</exception>
    public static async Task<ProgramOutput> OfAsync(
        string program, IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string> environment, TimeSpan timeout)
    {
        var start = new ProcessStartInfo("bash", ["-c", """exec "$@" </dev/null""", "run", program, .. arguments])
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        using var deadline = new CancellationTokenSource(timeout, TimeProvider.System);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, deadline.Token);
            var errors = ReadAsync(process.StandardError.BaseStream, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new ProgramOutput(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {timeout.TotalSeconds} s: {string.Join(' ', arguments)}", late);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        await stream.CopyToAsync(kept, cancellationToken);
        return kept.ToArray();
    }
}
