using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using CoAgent.Proxy.Hosting;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent notices</c>: what agents have still to be told, and what nobody came for.</summary>
internal static class NoticesCommand
{
    private static readonly JournalSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command(
            "notices", "Show the notices that are open: those that agents have still to be told or to settle, and those that nobody came for.")
        {
            Source.Workspace, Source.Config, Source.Journal, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var notices = await ReadAsync(parsed, cancellationToken);
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(notices, CliJson.Default.ImmutableArrayNoticeReport));
        }
        else
        {
            Print(notices);
        }

        return 0;
    }

    /// <summary>Prints notices for people.</summary>
    public static void Print(ImmutableArray<NoticeReport> notices) => TextTable.Print(
        "notices", ["id", "to", "transaction", "says"],
        notices.Select(static notice => new[]
        {
            notice.Id, notice.Agent ?? "", notice.Transaction + (notice.IsUnattended ? ", unattended" : ""), notice.Words,
        }));

    // A journal that is named is looked at as it is; else the daemon knows, and without one the journal does.
    private static async Task<ImmutableArray<NoticeReport>> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Source.Journal) is null)
        {
            var workspace = CommonOptions.Find(parsed.GetValue(Source.Workspace), parsed.GetValue(Source.Config));
            if (await DaemonRequests.TryOfAsync(workspace, cancellationToken) is { } daemon)
            {
                return JsonSerializer.Deserialize(await daemon.StatusAsync(cancellationToken), CliJson.Default.StatusReport)!.Notices;
            }
        }

        var history = await JournalSource.ReplayAsync(Source.PathOf(parsed), static _ => { }, cancellationToken);
        return NoticeReport.Of(history.Snapshot());
    }
}
