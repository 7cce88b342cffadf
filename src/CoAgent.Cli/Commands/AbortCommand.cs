using System.CommandLine;
using System.Text.Json;
using CoAgent.Protocol;
using CoAgent.Proxy.Hosting;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent abort AGENT|TRANSACTION</c>: the operator takes a transaction back.</summary>
internal static class AbortCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Of = new("transaction") { Description = "A transaction, such as t3, or the agent whose transaction it is." };

    public static Command Create()
    {
        var command = new Command(
            "abort", "Take all calls of a transaction back and end it; those who read them are told. Exits with 1 when one stays.")
        {
            Of, Workspace, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var daemon = await DaemonRequests.OfAsync(CommonOptions.Find(parsed.GetValue(Workspace), config: null), cancellationToken);
        var json = await daemon.OrderAsync(
            OperatorEndpoint.AbortPath, new AbortOrder(parsed.GetValue(Of)!), OperatorJson.Default.AbortOrder, cancellationToken);
        var report = JsonSerializer.Deserialize(json, OperatorJson.Default.AbortReport)!;
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(json);
        }
        else
        {
            Console.WriteLine($"Took back {report.Transaction} of {report.Agent}{(report.Calls.IsEmpty ? "; it had changed nothing." : ":")}");
            foreach (var call in report.Calls)
            {
                Console.WriteLine($"  {call.Words}");
            }
        }

        return report.Calls.Any(static call => call.Fate == UndoFate.Kept) ? CoAgentCommand.Failed : 0;
    }
}
