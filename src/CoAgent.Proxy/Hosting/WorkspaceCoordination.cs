using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Proxy.Observing;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Notices;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Surveying;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Execution;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Hosting;

/// <summary>What orders the calls of a workspace: journal, coordinator, and the world of tools that it drives.</summary>
internal sealed class WorkspaceCoordination : IAsyncDisposable
{
    private readonly IJournal _journal;

    private WorkspaceCoordination(IJournal journal, Coordinator coordinator, Stewards stewards)
    {
        _journal = journal;
        Coordinator = coordinator;
        Stewards = stewards;
    }

    /// <summary>What is known of the tools.</summary>
    public required ToolCatalog Catalog { get; init; }

    public Coordinator Coordinator { get; }

    /// <summary>The daemon's own connections to servers.</summary>
    public Stewards Stewards { get; }

    public required CallPipeline Calls { get; init; }

    /// <summary>What calls touch; knows which tools nobody has declared.</summary>
    public required CallBinder Binder { get; init; }

    public required OwnToolCalls OwnTools { get; init; }

    /// <summary>Opens the journal of a workspace and goes on where it ends.</summary>
    /// <exception cref="DaemonStartException">The journal cannot be read or written; the message says what to do.</exception>
    public static async Task<WorkspaceCoordination> OpenAsync(
        DaemonOptions options, CoordinationParts parts, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var settings = options.Configuration.Options;
        var stewards = new Stewards(parts.Starter, loggers);
        IJournal? journal = null;
        try
        {
            journal = await OpenJournalAsync(settings, cancellationToken);
            parts.Builtins.UseContents(journal);
            var (servers, open, world) = BuildWorld(parts, stewards, journal, options, loggers);
            var coordinator = await Coordinator.OpenAsync(OptionsOf(settings), journal, world, parts.Starter.Time, loggers, cancellationToken);
            var notices = NoticeMarker.ReadOrCreateSecret(options.Workspace);
            return Wire(new WiredParts(journal, coordinator, stewards, servers, open, notices), parts, options, loggers);
        }
        catch (Exception error)
        {
            await stewards.DisposeAsync();
            await (journal?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (error is JournalException)
            {
                throw new DaemonStartException(error.Message, error);
            }

            throw;
        }
    }

    private static (ServerBook Servers, OpenCalls Open, IToolWorld World) BuildWorld(
        CoordinationParts parts, Stewards stewards, IJournal journal, DaemonOptions options, ILoggerFactory loggers)
    {
        var (file, time, open) = (parts.File, parts.Starter.Time, new OpenCalls());
        var (workspace, profiles) = (options.Workspace, new LateProfiles());
        var servers = new ServerBook(() => file.Current, parts.Sessions, stewards, profiles, workspace.Root);
        var calls = new ForeignCalls(open, servers, time);
        var shells = new ShellTools(parts.Builtins, () => file.Current);
        var carried = new ManifestProfiles(new ExecutionPorts(
            new ServerCalls(calls), parts.Programs, parts.States.Paths, parts.States.Kinds, journal, time));
        profiles.Use(new CatalogProfiles(parts.Catalog, carried.Create, journal));
        parts.Builtins.UseProfiles(profiles);
        var watch = new ToolWatch(
            workspace.Root, [workspace.StateDirectory], parts.Catalog, () => file.Current.Options.Catalog, loggers.CreateLogger<ToolWatch>());
        IToolWorld world = new ToolWorld(parts.Builtins, servers, shells, open, calls, time);
        world = options.Smith is { } smith ? new SurveyedWorld(world, open, smith) : world;
        return (servers, open, new WatchedWorld(world, open, watch));
    }

    private static WorkspaceCoordination Wire(WiredParts wired, CoordinationParts parts, DaemonOptions options, ILoggerFactory loggers)
    {
        var settings = options.Configuration.Options;
        var (file, time, coordinator) = (parts.File, parts.Starter.Time, wired.Coordinator);
        var names = new ShownNames();
        var notices = new NoticeBlocks(wired.NoticeSecret, names, () => file.Current);
        var binder = new CallBinder(
            parts.Builtins, wired.Servers, new ShellTools(parts.Builtins, () => file.Current), () => file.Current);
        var teller = new CallTeller(coordinator, notices, () => file.Current);
        var isOrdering = settings.Protocol != CoordinationProtocol.None;
        return new WorkspaceCoordination(wired.Journal, coordinator, wired.Stewards)
        {
            Catalog = parts.Catalog,
            Binder = binder,
            Calls = new CallPipeline(coordinator, binder, wired.Open, wired.Servers, teller, names, time) { IsOrdering = isOrdering },
            OwnTools = new OwnToolCalls(
                coordinator, notices, names, () => file.Current, time, loggers.CreateLogger<OwnToolCalls>())
            {
                IsOrdering = isOrdering,
                UnknownTools = () => binder.UnknownTools,
                Smith = options.Smith,
                ToolsGrown = () => parts.Catalog.Reload(),
            },
        };
    }

    /// <summary>Closes what is open; after the coordinator's loop has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Coordinator.Dispose();
        await Catalog.DisposeAsync();
        await Stewards.DisposeAsync();
        await _journal.DisposeAsync();
    }

    private static async Task<IJournal> OpenJournalAsync(ProxyOptions settings, CancellationToken cancellationToken) =>
        await SqliteJournal.OpenAsync(settings.Journal, settings.Durability.ToRuntime(), settings.Limits.JournalEntriesKept, cancellationToken);

    private sealed record WiredParts(
        IJournal Journal, Coordinator Coordinator, Stewards Stewards, ServerBook Servers, OpenCalls Open, string NoticeSecret);

    private static CoordinatorOptions OptionsOf(ProxyOptions settings) => new()
    {
        Protocol = new ProtocolOptions
        {
            Order = DeclaredOrder.Create(settings.Order),
            Gate = settings.Gate.ToProtocol(),
            Irreversible = settings.Irreversible.ToProtocol(),
            Limits = new ProtocolLimits { TransactionsMax = settings.Limits.OpenTransactionsMax },
        },
        Lease = settings.Lease,
        DisconnectGrace = settings.DisconnectGrace,
        OnDisconnect = settings.OnDisconnect,
        QueueInputsMax = settings.Limits.CoordinatorQueueInputsMax,
    };
}

/// <summary>What the coordination of a workspace is built on.</summary>
/// <param name="File">The configuration, as it is now.</param>
/// <param name="Builtins">The servers that run in the daemon.</param>
/// <param name="Starter">How servers are started.</param>
/// <param name="Sessions">The clients.</param>
internal sealed record CoordinationParts(
    ConfigurationFile File, IBuiltinServers Builtins, ServerStarter Starter, SessionDirectory Sessions)
{
    /// <summary>What is known of the tools of other servers.</summary>
    public required ToolCatalog Catalog { get; init; }

    /// <summary>What is captured of those tools from outside.</summary>
    public required ToolStates States { get; init; }

    /// <summary>Runs the programs of manifests.</summary>
    public required IProgramRunner Programs { get; init; }
}
