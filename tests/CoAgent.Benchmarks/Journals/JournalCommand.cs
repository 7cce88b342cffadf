using System.CommandLine;

namespace CoAgent.Benchmarks.Journals;

/// <summary>The command line of the journal's own benchmark.</summary>
internal static class JournalCommand
{
    public static Command Create(Func<JournalOptions, int> run)
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer appends; figures are rough" };
        var directory = new Option<string?>("--directory")
        {
            Description = "Where the journals are made, on the disk that is measured (default: the temporary directory)",
        };
        var command = new Command("journal", "Measures the journal alone: appends, flushes, size") { quick, directory };
        command.SetAction(parsed => run(new JournalOptions(
            parsed.GetValue(directory) ?? Path.GetTempPath(), parsed.GetValue(quick) ? 10 : 1)));
        return command;
    }
}

/// <summary>What the user asked of a run.</summary>
/// <param name="Directory">Where the journals are made.</param>
/// <param name="Divisor">By how much the appends are fewer than in a full run.</param>
internal sealed record JournalOptions(string Directory, int Divisor);
