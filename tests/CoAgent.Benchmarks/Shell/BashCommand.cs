using System.CommandLine;

namespace CoAgent.Benchmarks.Shell;

/// <summary>The command line of the benchmark of commands beside plain bash.</summary>
internal static class BashCommand
{
    public static Command Create(Func<BashOptions, Task<int>> run)
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer rounds; figures are rough" };
        var command = new Command("bash", "Measures commands of the workspace server beside plain bash, round by round") { quick };
        command.SetAction(parsed => run(new BashOptions(parsed.GetValue(quick) ? 11 : 41)));
        return command;
    }
}

/// <summary>What the user asked of a run.</summary>
/// <param name="Rounds">How often each command is run each way.</param>
internal sealed record BashOptions(int Rounds);
