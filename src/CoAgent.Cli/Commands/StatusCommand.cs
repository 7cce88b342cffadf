using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
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
        var record = await DaemonLauncher.FindAsync(workspace, cancellationToken)
            ?? throw new CommandException($"no daemon runs for {workspace.Root}. Start one: coagent serve --workspace {workspace.Root}");
        var json = await FetchAsync(record, cancellationToken);
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(json);
        }
        else
        {
            Print(JsonSerializer.Deserialize(json, CliJson.Default.StatusReport)!, record);
        }

        return 0;
    }

    private static async Task<string> FetchAsync(DaemonRecord record, CancellationToken cancellationToken)
    {
        // The daemon is on this machine: neither the request nor its token is a proxy's affair.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(record.Url, "/status"));
        if (File.Exists(record.TokenFile))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenFile.Read(record.TokenFile));
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadAsStringAsync(cancellationToken)
                : throw new CommandException($"the daemon answered {(int)response.StatusCode}; its log is .coagent/daemon.log.");
        }
        catch (HttpRequestException error)
        {
            throw new CommandException($"the daemon (process {record.Pid}) does not answer at {record.Url}: {error.Message}");
        }
    }

    private static void Print(StatusReport report, DaemonRecord record)
    {
        Console.WriteLine($"CoAgent {report.Version}, process {report.Pid}, {record.Url}");
        Console.WriteLine($"workspace      {report.Workspace}");
        Console.WriteLine($"configuration  {report.Configuration}");
        foreach (var fault in report.ConfigurationFaults)
        {
            Console.WriteLine($"  FAULT, the last good content is in use: {fault}");
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
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
