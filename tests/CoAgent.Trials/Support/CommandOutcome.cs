using System.Text;
using System.Text.Json;

namespace CoAgent.Trials.Support;

/// <summary>What a command said, and how it ended.</summary>
internal sealed record CommandOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>The output as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    public override string ToString() => $"exit code {ExitCode}\nstdout: {Output}\nstderr: {Error}";

    /// <summary>Gives a process its input and reads it to its end.</summary>
    public static async Task<CommandOutcome> OfAsync(TestProcess process, string input, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(process.Output);
        var reading = reader.ReadToEndAsync(cancellationToken);
        try
        {
            await process.Input.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken);
            process.CloseInput();
        }
        catch (IOException)
        {
            // It ended without reading its input; its output says why.
        }

        var output = await reading.WithinAsync($"the output of: {process.Command}", cancellationToken);
        var code = await process.WaitForExitAsync(cancellationToken);
        return new CommandOutcome(code, output, await process.ReadStderrAsync(cancellationToken));
    }
}
