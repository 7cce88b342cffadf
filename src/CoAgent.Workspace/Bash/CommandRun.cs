using System.Diagnostics;
using System.Text;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;

namespace CoAgent.Workspace.Bash;

/// <summary>One run of a command: started, waited for, ended, and told.</summary>
/// <remarks>
/// However it ends, no process of the command is left and its scratch folder is gone before the answer is given. Cancellation ends it the same
/// way and answers nothing.
/// </remarks>
internal sealed class CommandRun(CommandLine line, WorkspaceLimits limits, TimeProvider time, Layer? layer)
{
    // First the polite one.
    private static readonly int[] Signals = [SystemCalls.Terminate, SystemCalls.Kill];

    private readonly OutputCapture _output = new(limits.OutputBytesMax);
    private readonly OutputCapture _errors = new(limits.ErrorOutputBytesMax);

    /// <summary>How it ended, as the first process of its layer tells.</summary>
    internal LayerReport Report { get; private set; } = new(IsReady: false, ExitCode: null, TriedNetwork: false);

    /// <summary>Its scratch folder, which is gone when it has ended.</summary>
    internal string Scratch { get; private set; } = "";

    /// <summary>Whether its time was over before it was.</summary>
    internal bool TimedOut { get; private set; }

    /// <summary>Whether it was ended because it wrote more than its layer takes.</summary>
    internal bool IsTooLarge { get; private set; }

    /// <summary>Whether a command complained of one of these: on its standard error, or anywhere when it failed.</summary>
    internal bool Complained(ToolAnswer answer, IEnumerable<string> errors)
    {
        var text = answer.IsError ? answer.Text : _errors.Text();
        return errors.Any(error => text.Contains(error, StringComparison.Ordinal));
    }

    internal async Task<ToolAnswer> RunAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Scratch = Directory.CreateTempSubdirectory("coagent-").FullName;
        try
        {
            using var process = Shell.Start(line, Scratch, layer);
            return await FollowAsync(process, Scratch, cancellationToken);
        }
        finally
        {
            LayerSupport.Remove(Scratch);
        }
    }

    private async Task<ToolAnswer> FollowAsync(Process process, string scratch, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(line.Timeout, time);
        using var size = layer is null ? null : LayerSize.Watch(layer, limits.LayerBytesMax, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken, size?.Exceeded ?? default);
        using var reading = new CancellationTokenSource();
        var session = new ProcessSession(process, scratch);
        var streams = Task.WhenAll(
            _output.ReadAsync(process.StandardOutput.BaseStream, reading.Token),
            _errors.ReadAsync(process.StandardError.BaseStream, reading.Token));
        try
        {
            await process.WaitForExitAsync(stop.Token);
            await streams.WaitAsync(stop.Token);
            if (layer is null)
            {
                await session.WaitUntilGoneAsync(time, stop.Token);
            }

            ReadReport();
            return Tell(Report.ExitCode ?? process.ExitCode, remark: null, scratch);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            TimedOut = deadline.IsCancellationRequested;
            IsTooLarge = size is { Exceeded.IsCancellationRequested: true };
            ReadReport();
            var exitCode = layer is not null ? Report.ExitCode : process.HasExited ? process.ExitCode : (int?)null;
            await EndAsync(process, session);
            await DrainAsync(streams, reading);
            cancellationToken.ThrowIfCancellationRequested();
            return Tell(exitCode, IsTooLarge ? $"wrote more than {limits.LayerBytesMax} bytes and was ended" : Remark(exitCode), scratch);
        }
    }

    // At the end of its time it is not ended yet: it may have begun, and the command itself may be over.
    private void ReadReport() => Report = layer?.ReadReport() ?? Report;

    private async Task EndAsync(Process process, ProcessSession session)
    {
        foreach (var signal in Signals)
        {
            session.Signal(signal);
            using var grace = new CancellationTokenSource(limits.TerminationGrace, time);
            try
            {
                await process.WaitForExitAsync(grace.Token);
                if (layer is null)
                {
                    await session.WaitUntilGoneAsync(time, grace.Token);
                }

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
