using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent status</c>: who runs, in which order, on which servers.</summary>
internal static class StatusCommand
{
    private static readonly Option<string?> Workspace = CommonOptions.Workspace();
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("status", "Show the daemon of a workspace: its servers, sessions and transactions in rank order.") { Workspace, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var workspace = CommonOptions.Find(parsed.GetValue(Workspace), config: null);
        var daemon = await DaemonRequests.OfAsync(workspace, cancellationToken);
        var json = await daemon.StatusAsync(cancellationToken);
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(json);
        }
        else
        {
            Print(JsonSerializer.Deserialize(json, CliJson.Default.StatusReport)!, daemon.Record);
        }

        return 0;
    }

    private static void Print(StatusReport report, DaemonRecord record)
    {
        Console.WriteLine($"CoAgent {report.Version}, process {report.Pid}, {record.Url}");
        Console.WriteLine($"workspace      {report.Workspace}");
        Console.WriteLine($"configuration  {report.Configuration}");
        if (report.Journal is { } journal)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"journal        {journal.Path}, {journal.Bytes / 1e6:0.0} MB, {journal.EntriesToRead} entries since nothing was open"));
        }

        foreach (var fault in report.ConfigurationFaults)
        {
            Console.WriteLine($"  FAULT, the last good content is in use: {fault}");
        }

        if (report.Catalog is { } catalog)
        {
            Console.WriteLine($"catalog        {catalog.Folder}");
            foreach (var fault in catalog.Faults)
            {
                Console.WriteLine($"  FAULT, not in use: {fault}");
            }
        }

        TextTable.Print(
            "servers", ["name", "kind", "state", "connections"],
            report.Servers.Select(static server => new[] { server.Name, server.Kind, server.State, Number(server.Connections) }));
        foreach (var server in report.Servers.Where(static server => server.Trouble is not null))
        {
            Console.WriteLine($"  {server.Name}: {server.Trouble}");
        }

        TextTable.Print(
            "sessions", ["id", "agent", "client", "open requests"],
            report.Sessions.Select(static session => new[] { session.Id, session.Agent, session.Client ?? "", Number(session.OpenRequests) }));
        TextTable.Print(
            "transactions, in rank order", ["rank", "id", "agent", "state", "calls", "open"],
            report.Transactions.Select(static one => new[] { Number(one.Rank), one.Id, one.Agent, one.State, Number(one.Calls), Number(one.OpenCalls) }));
        PrintTroubles(report);
    }

    /// <summary>What somebody has to see to, where there is any.</summary>
    private static void PrintTroubles(StatusReport report)
    {
        PrintUnknownTools(report.UnknownTools);
        if (!report.HeldCalls.IsEmpty)
        {
            TextTable.Print(
                "calls that wait for lower ranks", ["call", "agent", "tool"],
                report.HeldCalls.Select(static call => new[] { call.Call, call.Agent, call.Tool }));
        }

        if (!report.Notices.IsEmpty)
        {
            NoticesCommand.Print(report.Notices);
        }

        if (!report.Quarantines.IsEmpty)
        {
            TextTable.Print(
                "quarantines: no call may touch these objects until \"coagent release ID --applied|--taken-back\"",
                ["id", "call", "agent", "tool", "objects", "because"],
                report.Quarantines.Select(static one => new[]
                {
                    one.Id, one.Call, one.Agent ?? "", one.Tool ?? "", string.Join(", ", one.Objects), one.Reason,
                }));
        }
    }

    /// <summary>The tools that nobody has described, those that calls were made of first, each with what ends that.</summary>
    public static void PrintUnknownTools(ImmutableArray<UnknownToolReport> tools)
    {
        if (tools.IsEmpty)
        {
            return;
        }

        TextTable.Print(
            "unknown tools: their calls are taken wide, and wait (\"unknownTools\" in the configuration)",
            ["server", "tool", "called", "because", "command"],
            tools.Select(static tool => new[] { tool.Server, tool.Tool, tool.IsCalled ? "yes" : "", tool.Reason, tool.Command }));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
