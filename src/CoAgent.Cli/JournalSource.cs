using System.CommandLine;
using CoAgent.Cli.Commands;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Journal;

namespace CoAgent.Cli;

/// <summary>Where a command finds the journal that it tells of: the named file, else the one of the workspace's configuration.</summary>
internal sealed class JournalSource
{
    public Option<string?> Workspace { get; } = CommonOptions.Workspace();

    public Option<string?> Config { get; } = CommonOptions.Config();

    public Option<string?> Journal { get; } = new("--journal")
    {
        Description = "The journal's file. Default: the workspace's, by its configuration.",
        HelpName = "FILE",
    };

    /// <summary>The journal's path.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="named">A file that the command line names otherwise.</param>
    public string PathOf(ParseResult parsed, string? named = null)
    {
        if ((named ?? parsed.GetValue(Journal)) is { } file)
        {
            return Path.GetFullPath(file);
        }

        var config = parsed.GetValue(Config);
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), config);
        var chosen = ChosenConfiguration.Load(workspace, config);
        return chosen.Result is LoadResult.Loaded loaded
            ? loaded.Configuration.Options.Journal
            : throw new CommandException($"the configuration {chosen.File} has faults (coagent doctor lists them); name the journal's file instead.");
    }

    /// <summary>Replays a journal to its end.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="happened">Told what happened, in order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<JournalHistory> ReplayAsync(string path, Action<HistoryEvent> happened, CancellationToken cancellationToken)
    {
        var history = new JournalHistory(TimeProvider.System);
        await foreach (var entry in SqliteJournal.ReadFileAsync(path, after: 0, cancellationToken))
        {
            foreach (var one in history.Take(entry))
            {
                happened(one);
            }
        }

        return history;
    }
}
