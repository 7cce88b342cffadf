using System.CommandLine;
using System.Text.Json;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proxy.Hosting;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent release QUARANTINE</c>: the operator says what quarantined objects show.</summary>
internal static class ReleaseCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Quarantine = new("quarantine") { Description = "The quarantine, such as q1 (see coagent status)." };
    private static readonly Option<bool> Applied = new("--applied") { Description = "The objects show the call's effect: it counts as applied." };
    private static readonly Option<bool> TakenBack = new("--taken-back") { Description = "The objects are as without the call: it counts as taken back." };

    public static Command Create()
    {
        var command = new Command(
            "release", "End a quarantine, once you have looked at its objects and put them right: say which of the two they show.")
        {
            Quarantine, Applied, TakenBack, Workspace, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var quarantine = parsed.GetValue(Quarantine)!;
        var verdict = (parsed.GetValue(Applied), parsed.GetValue(TakenBack)) switch
        {
            (true, false) => ReleaseVerdict.Applied,
            (false, true) => ReleaseVerdict.TakenBack,
            _ => throw new CommandException("say what the objects show: either --applied or --taken-back."),
        };
        var daemon = await DaemonRequests.OfAsync(CommonOptions.Find(parsed.GetValue(Workspace), config: null), cancellationToken);
        var json = await daemon.OrderAsync(
            OperatorEndpoint.ReleasePath, new ReleaseOrder(quarantine, verdict), OperatorJson.Default.ReleaseOrder, cancellationToken);
        var report = JsonSerializer.Deserialize(json, OperatorJson.Default.ReleaseReport)!;
        Console.WriteLine(parsed.GetValue(Json)
            ? json
            : $"Released {report.Quarantine}: its call counts as {(report.Verdict == ReleaseVerdict.Applied ? "applied" : "taken back")}.");
        return 0;
    }
}
