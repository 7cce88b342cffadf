using System.Diagnostics;

namespace CoAgent.Fixtures.Hosting;

/// <summary>Stands before another stdio server and loses the next answer whenever a file is there; takes the file away with it.</summary>
/// <remarks>What was asked has happened; who has asked does not learn of it.</remarks>
internal static class WithholdingRelay
{
    public static async Task<int> RunAsync(FixtureArguments arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(arguments.Word(0, "command"), arguments.Words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var server = Process.Start(start) ?? throw new UsageException("The command did not start.");
        var asking = PassOnAsync(server, cancellationToken);
        await AnswerAsync(server, arguments.Require("--when"), cancellationToken);
        await asking;
        await server.WaitForExitAsync(cancellationToken);
        return server.ExitCode;
    }

    private static async Task PassOnAsync(Process server, CancellationToken cancellationToken)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            await server.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
            await server.StandardInput.FlushAsync(cancellationToken);
        }

        server.StandardInput.Close();
    }

    private static async Task AnswerAsync(Process server, string file, CancellationToken cancellationToken)
    {
        await using var output = new StreamWriter(Console.OpenStandardOutput());
        while (await server.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains("\"id\":", StringComparison.Ordinal) && File.Exists(file))
            {
                File.Delete(file);
                continue;
            }

            await output.WriteLineAsync(line.AsMemory(), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }
}
