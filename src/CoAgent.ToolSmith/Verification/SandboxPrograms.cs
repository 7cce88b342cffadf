using System.Text;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Runs the programs of a manifest's steps in its trial's sandbox: a draft's scripts are no more to be trusted than its server.</summary>
internal sealed class SandboxPrograms(Sandbox sandbox) : IProgramRunner
{
    private const int ErrorCharsMax = 2000;

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
            var run = await sandbox.RunAsync(command, cancellationToken);
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
