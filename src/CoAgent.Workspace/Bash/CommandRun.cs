using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Bash;

/// <summary>One run of a command: started, waited for, ended, and told.</summary>
/// <remarks>
/// However it ends, no process of the command is left and its scratch folder is gone before the answer is given. Cancellation ends it the same
/// way and answers nothing.
/// </remarks>
internal sealed class CommandRun(CommandLine line, WorkspaceLimits limits, TimeProvider time, Overlay? overlay)
{
    // First the polite one.
    private static readonly int[] Signals = [SystemCalls.Terminate, SystemCalls.Kill];

    private readonly OutputCapture _output = new(limits.OutputBytesMax);
    private readonly OutputCapture _errors = new(limits.ErrorOutputBytesMax);

    /// <summary>What is added to the command's environment.</summary>
    internal ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether a command complained of one of these: on its standard error, or anywhere when it failed.</summary>
    internal bool Complained(ToolAnswer answer, IEnumerable<string> errors)
    {
        var text = answer.IsError ? answer.Text : _errors.Text();
        return errors.Any(error => text.Contains(error, StringComparison.Ordinal));
    }

    internal async Task<ToolAnswer> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var scratch = Directory.CreateTempSubdirectory("coagent-").FullName;
        try
        {
            using var process = Shell.Start(line, scratch, overlay, Environment);
            return await FollowAsync(process, scratch, cancellationToken);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private async Task<ToolAnswer> FollowAsync(Process process, string scratch, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(line.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var reading = new CancellationTokenSource();
        var session = new ProcessSession(process, scratch);
        var streams = Task.WhenAll(
            _output.ReadAsync(process.StandardOutput.BaseStream, reading.Token),
            _errors.ReadAsync(process.StandardError.BaseStream, reading.Token));
        try
        {
            await process.WaitForExitAsync(stop.Token);
            await streams.WaitAsync(stop.Token);
            await session.WaitUntilGoneAsync(time, stop.Token);
            return Tell(process.ExitCode, remark: null, scratch);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            var exitCode = process.HasExited ? process.ExitCode : (int?)null;
            await EndAsync(process, session);
            await DrainAsync(streams, reading);
            cancellationToken.ThrowIfCancellationRequested();
            return Tell(exitCode, Remark(exitCode), scratch);
        }
    }

    private async Task EndAsync(Process process, ProcessSession session)
    {
        foreach (var signal in Signals)
        {
            session.Signal(signal);
            using var grace = new CancellationTokenSource(limits.TerminationGrace, time);
            try
            {
                await process.WaitForExitAsync(grace.Token);
                await session.WaitUntilGoneAsync(time, grace.Token);
                return;
            }
            catch (OperationCanceledException) when (grace.IsCancellationRequested)
            {
                // Not gone within the grace: the next signal, or after the last one the kernel holds it and nobody can end it.
            }
        }
    }

    // What was written before the end is in the pipes and is read at once; only a process that escaped can keep them open.
    private async Task DrainAsync(Task streams, CancellationTokenSource reading)
    {
        using var grace = new CancellationTokenSource(limits.TerminationGrace, time);
        await using var registration = grace.Token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), reading);
        try
        {
            await streams;
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // The answer shows what was read so far.
        }
    }

    private string Remark(int? exitCode) => exitCode is null
        ? $"timed out after {line.Timeout.TotalSeconds} seconds; the command and all that it started were ended"
        : $"the command ended, but processes that it left running did not end within {line.Timeout.TotalSeconds} seconds and were ended";

    private ToolAnswer Tell(int? exitCode, string? remark, string scratch)
    {
        var text = new StringBuilder();
        AddPart(text, _output.Text());
        AddPart(text, _errors.Text());
        // The scratch folder has another name in every run and is gone when the answer is read.
        text.Replace(scratch, "$TMPDIR");
        if (remark is not null)
        {
            AddPart(text, remark);
        }

        if (exitCode is not (null or 0))
        {
            AddPart(text, $"exit code {exitCode}");
        }

        return new ToolAnswer(text.ToString(), IsError: exitCode != 0);
    }

    private static void AddPart(StringBuilder text, string part)
    {
        if (part.Length > 0 && text.Length > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }

        text.Append(part);
    }
}
