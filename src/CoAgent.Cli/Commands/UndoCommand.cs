using System.CommandLine;
using System.Text.Json;
using CoAgent.Protocol;
using CoAgent.Proxy.Hosting;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent undo CALL…</c>: the operator takes calls back.</summary>
internal static class UndoCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string[]> Calls = new("calls") { Description = "The calls, such as c17.", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command(
            "undo", "Take calls back: what lies above them is replayed, their agents and those who read them are told. Exits with 1 when one stays.")
        {
            Calls, Workspace, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var order = new UndoOrder([.. parsed.GetValue(Calls)!.Select(static name => $"{CallNames.Parse(name)}")]);
        var daemon = await DaemonRequests.OfAsync(CommonOptions.Find(parsed.GetValue(Workspace), config: null), cancellationToken);
        var json = await daemon.OrderAsync(OperatorEndpoint.UndoPath, order, OperatorJson.Default.UndoOrder, cancellationToken);
        var report = JsonSerializer.Deserialize(json, OperatorJson.Default.UndoReport)!;
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(json);
        }
        else
        {
            Print(report);
        }

        return report.Calls.Any(static call => call.Fate is UndoFate.Kept or UndoFate.NotFound) ? CoAgentCommand.Failed : 0;
    }

    private static void Print(UndoReport report)
    {
        foreach (var call in report.Calls)
        {
            Console.WriteLine(call.Words);
        }

        if (!report.Replayed.IsEmpty)
        {
            Console.WriteLine($"replayed above: {string.Join(", ", report.Replayed)}");
        }
    }
}
