using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Journal;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent log</c>: what happened in a workspace, by its journal.</summary>
internal static class LogCommand
{
    private static readonly TimeSpan FollowPeriod = TimeSpan.FromMilliseconds(300);

    private static readonly JournalSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Option<bool> Follow = new("--follow") { Description = "Go on as the journal grows, until it is ended." };
    private static readonly Option<string?> Agent = new("--agent") { Description = "Only what happened in the transactions of that agent.", HelpName = "NAME" };
    private static readonly Option<string?> Call = new("--call") { Description = "Only what names that call.", HelpName = "CALL" };
    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Only what happened since then: a time such as 2026-11-22T09:00:00Z, or so long ago, such as 10m, 2h, 3d.",
        HelpName = "TIME",
    };

    public static Command Create()
    {
        var command = new Command("log", "Tell what happened in a workspace, from its journal; works with and without a daemon.")
        {
            Follow, Agent, Call, Since, Source.Workspace, Source.Config, Source.Journal, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = Source.PathOf(parsed);
        var isWanted = Filter(
            parsed.GetValue(Agent), parsed.GetValue(Call) is { } call ? CallNames.Parse(call) : null, ReadSince(parsed.GetValue(Since)));
        var isJson = parsed.GetValue(Json);
        var history = new JournalHistory(TimeProvider.System);
        await PrintAsync(path, history, isWanted, isJson, cancellationToken);
        if (!parsed.GetValue(Follow))
        {
            return 0;
        }

        using var timer = new PeriodicTimer(FollowPeriod, TimeProvider.System);
        var stamp = StampOf(path);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (StampOf(path) is var now && now != stamp)
            {
                stamp = now;
                await PrintAsync(path, history, isWanted, isJson, cancellationToken);
            }
        }

        return 0;
    }

    /// <summary>Prints what is new since the history's last entry.</summary>
    private static async Task PrintAsync(
        string path, JournalHistory history, Predicate<HistoryEvent> isWanted, bool isJson, CancellationToken cancellationToken)
    {
        await foreach (var entry in SqliteJournal.ReadFileAsync(path, after: history.LastEntry, cancellationToken))
        {
            foreach (var one in history.Take(entry))
            {
                if (isWanted(one))
                {
                    Console.WriteLine(isJson ? JsonSerializer.Serialize(HistoryReport.Of(one), LogJson.Default.HistoryReport) : HistoryText.Line(one));
                }
            }
        }
    }

    private static Predicate<HistoryEvent> Filter(string? agent, CallId? call, DateTimeOffset? since) => one =>
        (agent is null || one.Transaction?.Agent.Value == agent)
        && (call is not { } id || one.Names(id))
        && (since is not { } from || one.At >= from);

    private static (DateTime, long, DateTime, long) StampOf(string path)
    {
        var (database, log) = (new FileInfo(path), new FileInfo(path + "-wal"));
        return (database.LastWriteTimeUtc, database.Exists ? database.Length : 0, log.LastWriteTimeUtc, log.Exists ? log.Length : 0);
    }

    private static DateTimeOffset? ReadSince(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            TimeSpan? ago = text[^1] switch
            {
                's' => TimeSpan.FromSeconds(count),
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => null,
            };
            if (ago is { } span)
            {
                return TimeProvider.System.GetUtcNow() - span;
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CommandException($"--since takes a time such as 2026-11-22T09:00:00Z, or 10m, 2h, 3d, not '{text}'.");
    }
}
