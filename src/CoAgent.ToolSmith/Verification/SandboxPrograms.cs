using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Runs the programs of a manifest's steps in its trial's sandbox: a draft's scripts are no more to be trusted than its server.</summary>
internal sealed class SandboxPrograms(Sandbox sandbox) : IProgramRunner
{
    private const int ErrorCharsMax = 2000;

    /// <summary>What its programs have looked at since it was told to forget.</summary>
    internal ReadTrace Reads { get; private set; } = new([], Gap: null);

    /// <summary>What its programs have written into the home directory, where it was thrown away.</summary>
    internal ImmutableArray<string> HomeWrites { get; private set; } = [];

    /// <summary>Begins to take note of reads anew.</summary>
    internal void ForgetReads() => Reads = new ReadTrace([], Gap: null);

    /// <inheritdoc/>
    public async ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken)
    {
        try
        {
            var command = new SandboxCommand(start.Arguments)
            {
                Environment = start.Environment,
                WorkingDirectory = start.WorkingDirectory,
                Input = start.Input,
                Timeout = start.Timeout < sandbox.Limits.Timeout ? start.Timeout : sandbox.Limits.Timeout,
                Owned = start.CaptureDirectory is { } own ? [own] : [],
            };
            var (run, reads, written) = await sandbox.WatchAsync(command, cancellationToken);
            Reads = new ReadTrace(Reads.Reads.Union(reads.Reads), Reads.Gap ?? reads.Gap);
            HomeWrites = [.. HomeWrites.Union(written, StringComparer.Ordinal)];
            return run switch
            {
                { ExitCode: null } => new ProgramEnd.Ended("its time was over"),
                { Output: var output } when output.IsCut || output.BytesTotal > start.OutputBytesMax =>
                    new ProgramEnd.Ended($"it printed more than {start.OutputBytesMax} bytes"),
                { ExitCode: { } code } => new ProgramEnd.Exited(code, run.Output.Bytes, Last(run.Errors.Text)),
            };
        }
        catch (SandboxException failure)
        {
            return new ProgramEnd.NotStarted(failure.Message);
        }
    }

    private static string Last(string text) => text.Length <= ErrorCharsMax ? text : text[^ErrorCharsMax..];
}
