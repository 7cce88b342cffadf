using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Hosting;

/// <summary>Tells what goes on in a daemon.</summary>
internal sealed class DaemonStatus(
    WorkspaceFolder workspace, ConfigurationFile file, WorkspaceCoordination coordination, SessionDirectory sessions)
{
    public async Task WriteAsync(HttpContext context)
    {
        var report = await ReadAsync(context.RequestAborted);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, report, StatusJson.Default.StatusReport, context.RequestAborted);
    }

    private async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        var snapshot = await coordination.Coordinator.SnapshotAsync(cancellationToken);
        var configuration = file.Current;
        return new StatusReport(
            workspace.Root,
            Environment.ProcessId,
            ProductVersion.Text,
            configuration.File,
            [.. file.LastFaults.Select(static fault => fault.ToString())],
            [.. configuration.Servers.Select(Describe)],
            configuration.Disabled,
            [.. sessions.All.OrderBy(static session => session.Id, StringComparer.Ordinal).Select(Describe)],
            [.. snapshot.Open.Select(Describe)],
            [.. snapshot.Ended.Select(Describe)])
        {
            Quarantines = [.. snapshot.Quarantines.Select(QuarantineReport.Of)],
            Notices = NoticeReport.Of(snapshot),
            HeldCalls = await HeldCallsAsync(snapshot, cancellationToken),
            Journal = JournalReport.Of(configuration.Options.Journal, snapshot),
            Catalog = Describe(coordination.Catalog.Current),
            UnknownTools = await UnknownToolsAsync(),
        };
    }

    // Where calls are relayed in no order, nothing is lost by a tool that nobody has described.
    private async Task<ImmutableArray<UnknownToolReport>> UnknownToolsAsync()
    {
        var links = coordination.Calls.IsOrdering ? sessions.All.SelectMany(static session => session.Links) : [];
        var unknown = await coordination.Binder.AllUnknownAsync(links);
        return [.. unknown.Select(static one => new UnknownToolReport(
            one.Tool.Server, one.Tool.Tool, one.Tool.Why.Reason, one.Tool.Why.Command, one.IsCalled))];
    }

    private async Task<ImmutableArray<HeldCallReport>> HeldCallsAsync(WorkspaceSnapshot snapshot, CancellationToken cancellationToken)
    {
        var held = ImmutableArray.CreateBuilder<HeldCallReport>();
        foreach (var open in snapshot.Open.Where(static status => status.OpenCallCount > 0))
        {
            var calls = await coordination.Coordinator.CallsAsync(open.Transaction.Id, cancellationToken);
            held.AddRange(calls.Where(static call => call.State == "held").Select(call =>
                new HeldCallReport($"{call.Call.Id}", open.Transaction.Agent.Value, CallText.Of(call.Call.Request))));
        }

        return held.ToImmutable();
    }

    private CatalogStateReport Describe(CatalogSnapshot catalog) => new(
        file.Current.Options.Catalog, catalog.Profiles.Count, catalog.Tools.Count(), [.. catalog.Faults.Select(static fault => fault.ToString())]);

    private ServerReport Describe(ServerDefinition server)
    {
        var links = sessions.All.SelectMany(static session => session.Links).Where(link => link.Definition.Equals(server)).Distinct().ToArray();
        var open = links.Count(static link => link.Current is not null);
        var trouble = links.Select(static link => link.Trouble).OfType<string>().FirstOrDefault();
        var state = trouble is not null ? "trouble" : open > 0 ? "open" : "not started";
        return new ServerReport(server.Name, server.Kind, state, open, trouble);
    }

    private static SessionReport Describe(ClientSession session) => new(
        session.Id,
        session.Identity.OwnAgent.Value,
        session.InitializeRequest is { } initialize ? Ingress.ClientName.Of(initialize) : null,
        session.OpenCount,
        [.. session.Links.Select(static link => link.Name)]);

    private static TransactionReport Describe(TransactionStatus status) => new(
        status.Transaction.Id.ToString(),
        status.Transaction.Agent.Value,
        status.Transaction.Rank.Value,
        JsonNamingPolicy.CamelCase.ConvertName(status.Stage.ToString()),
        status.CallCount,
        status.OpenCallCount,
        status.StartedAt,
        status.EndedAt);
}

/// <summary>What <c>coagent status --json</c> prints.</summary>
internal sealed record StatusReport(
    string Workspace, int Pid, string Version, string Configuration, ImmutableArray<string> ConfigurationFaults,
    ImmutableArray<ServerReport> Servers, ImmutableArray<string> DisabledServers, ImmutableArray<SessionReport> Sessions,
    ImmutableArray<TransactionReport> Transactions, ImmutableArray<TransactionReport> EndedTransactions)
{
    /// <summary>What waits for the operator.</summary>
    public ImmutableArray<QuarantineReport> Quarantines { get; init; } = [];

    /// <summary>What agents have still to be told, and what nobody came for.</summary>
    public ImmutableArray<NoticeReport> Notices { get; init; } = [];

    /// <summary>The calls that wait for lower ranks.</summary>
    public ImmutableArray<HeldCallReport> HeldCalls { get; init; } = [];

    /// <summary>How long the journal is; null of a daemon that does not say.</summary>
    public JournalReport? Journal { get; init; }

    /// <summary>What is known of the tools.</summary>
    public CatalogStateReport? Catalog { get; init; }

    /// <summary>The tools that are taken as unknown: those that were called, then those that open servers offer.</summary>
    public ImmutableArray<UnknownToolReport> UnknownTools { get; init; } = [];
}

/// <summary>The journal as <c>status</c> shows it.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">How long that is, with its log.</param>
/// <param name="LastEntry">The number of its last entry.</param>
/// <param name="EntriesToRead">How many entries the next start reads: those since nothing was open.</param>
internal sealed record JournalReport(string Path, long Bytes, long LastEntry, long EntriesToRead)
{
    public static JournalReport Of(string path, WorkspaceSnapshot snapshot) =>
        new(path, LengthOf(path) + LengthOf(path + "-wal"), snapshot.LastEntry, snapshot.LastEntry - snapshot.LastRest + (snapshot.LastRest > 0 ? 1 : 0));

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}

/// <summary>The catalog as <c>status</c> shows it: the workspace's folder, and what there is with what ships.</summary>
internal sealed record CatalogStateReport(string Folder, int Profiles, int Tools, ImmutableArray<string> Faults);

/// <summary>A tool that is taken as unknown: why, and the command that ends that.</summary>
internal sealed record UnknownToolReport(string Server, string Tool, string Reason, string Command, bool IsCalled);

/// <summary>One server as <c>status</c> shows it: how many connections are open, and what is wrong.</summary>
internal sealed record ServerReport(string Name, string Kind, string State, int Connections, string? Trouble);

internal sealed record SessionReport(string Id, string Agent, string? Client, int OpenRequests, ImmutableArray<string> Servers);

internal sealed record TransactionReport(
    string Id, string Agent, long Rank, string State, long Calls, int OpenCalls, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
