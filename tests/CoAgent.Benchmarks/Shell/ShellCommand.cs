using System.CommandLine;

namespace CoAgent.Benchmarks.Shell;

/// <summary>The command line of the shell parser's own benchmark.</summary>
internal static class ShellCommand
{
    public static Command Create(Func<ShellOptions, int> run)
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer rounds; figures are rough" };
        var command = new Command("shell", "Measures the understanding of command lines: parse, and inventory") { quick };
        command.SetAction(parsed => run(new ShellOptions(parsed.GetValue(quick) ? 2_000 : 20_000)));
        return command;
    }
}

/// <summary>What the user asked of a run.</summary>
/// <param name="Rounds">How often each line is read.</param>
internal sealed record ShellOptions(int Rounds);
