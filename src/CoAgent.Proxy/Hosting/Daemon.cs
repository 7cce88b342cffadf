using System.Net;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Processes;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Hosting;

/// <summary>The one daemon of a workspace: takes clients in, keeps servers behind them, and coordinates.</summary>
/// <remarks>
/// Wires the parts in the order in which a call passes them. Everything that runs in the background is watched:
/// <see cref="Completion"/> fails when one of the loops fails, and the process ends loudly.
/// </remarks>
internal sealed partial class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);

    private readonly DaemonOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _coordinating = new();
    private readonly DaemonLock _lock;
    private readonly ChildReaper _reaper;
    private readonly ConfigurationFile _file;
    private readonly WorkspaceCoordination _coordination;
    private readonly ServerStarter _starter;
    private readonly ProxyContext _context;
    private readonly SessionDirectory _sessions;
    private readonly HttpSessions _httpSessions;
    private readonly StreamableHttpEndpoint _endpoint;
    private readonly BridgeEndpoint _bridges;
    private readonly DaemonStatus _status;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Listener? _listener;
    private BridgeListener? _bridgeListener;
    private DaemonRecord? _record;
    private Task _reconfiguring = Task.CompletedTask;
    private Task _deciding = Task.CompletedTask;
    private Task _telling = Task.CompletedTask;
    private long _lastBusy;

    private Daemon(DaemonOptions options, DaemonLock held, ChildReaper reaper, CoordinationParts parts, WorkspaceCoordination coordination, ILoggerFactory loggers)
    {
        _options = options;
        _lock = held;
        _time = parts.Starter.Time;
        _logger = loggers.CreateLogger("CoAgent.Daemon");
        _coordination = coordination;
        _reaper = reaper;
        (_file, _starter, _sessions) = (parts.File, parts.Starter, parts.Sessions);
        _file.Changed = (_, next) => { _reconfiguring = ReconfigureAsync(next, _reconfiguring); };
        _file.Faulted = faults =>
        {
            foreach (var fault in faults)
            {
                LogBadConfiguration(fault.ToString());
            }
        };
        _context = new ProxyContext(
            () => _file.Current, _starter, new SharedLinks(_starter, loggers), coordination.Calls, coordination.OwnTools, _time, loggers)
        {
            Grown = new GrownTools(() => coordination.Catalog.Current, options.Smith, options.Workspace.Root),
        };
        FollowGrowth(coordination.Catalog);
        _httpSessions = new HttpSessions(_context, _sessions, loggers.CreateLogger<HttpSessions>());
        _endpoint = new StreamableHttpEndpoint(_context, _httpSessions);
        _bridges = new BridgeEndpoint(
            _context, _sessions, new AgentPresence(coordination.Coordinator), loggers.CreateLogger<BridgeEndpoint>());
        _status = new DaemonStatus(options.Workspace, _file, coordination, _sessions);
    }

    /// <summary>Where HTTP clients reach it.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Ends when the daemon has been idle for as long as it may be; fails when one of its loops fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts the daemon of a workspace.</summary>
    /// <exception cref="WorkspaceException">Another one runs, or a file of the workspace is not as it must be.</exception>
    /// <exception cref="DaemonStartException">It may not or cannot listen as asked.</exception>
    public static async Task<Daemon> StartAsync(
        DaemonOptions options,
        IBuiltinServers builtins,
        ToolStates states,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var address = options.Listen ?? IPAddress.Parse(options.Configuration.Options.Listen);
        if (!IPAddress.IsLoopback(address) && !options.RequiresToken)
        {
            throw new DaemonStartException(
                $"Without a token only this machine may connect. Leave out --no-token, or listen on 127.0.0.1 instead of {address}.");
        }

        options.Workspace.CreateStateDirectory();
        var held = await DaemonLock.AcquireAsync(options.Workspace, time, cancellationToken);
        var daemon = await OpenAsync(options, held, (builtins, states), time, loggers, cancellationToken);
        try
        {
            await daemon.ListenAsync(address, loggers, cancellationToken);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    private static async Task<Daemon> OpenAsync(
        DaemonOptions options,
        DaemonLock held,
        (IBuiltinServers Builtins, ToolStates States) tools,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var file = new ConfigurationFile(options.Configuration, ProcessEnvironment.Read(), time);
        var reaper = ChildReaper.Start(loggers.CreateLogger("CoAgent.Children"), time);
        try
        {
            var starter = new ServerStarter(reaper, tools.Builtins, time, loggers) { Limits = () => file.Current.Options.Limits };
            var parts = new CoordinationParts(file, tools.Builtins, starter, new SessionDirectory(() => file.Current))
            {
                Catalog = OpenCatalog(file, time, loggers),
                States = tools.States,
                Programs = new ProgramRunner(reaper, loggers.CreateLogger("CoAgent.Programs"), time),
            };
            var coordination = await WorkspaceCoordination.OpenAsync(options, parts, loggers, cancellationToken);
            return new Daemon(options, held, reaper, parts, coordination, loggers);
        }
        catch
        {
            await file.DisposeAsync();
            await reaper.DisposeAsync();
            held.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        _record?.Remove(_options.Workspace);
        await _stopping.CancelAsync();
        await _httpSessions.DisposeAsync();
        await Task.WhenAll(_sessions.All.Select(static session => session.DisposeAsync().AsTask()));
        await (_bridgeListener?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_listener?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _coordinating.CancelAsync(); // after those who tell it things: a session that ends says who has left
        await _deciding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _coordination.DisposeAsync();
        await _context.SharedLinks.DisposeAsync();
        await _starter.DisposeAsync();
        await _file.DisposeAsync();
        await _reaper.DisposeAsync();
        _lock.Dispose();
        LogStopped(_options.Workspace.Root);
    }

    private static ToolCatalog OpenCatalog(ConfigurationFile file, TimeProvider time, ILoggerFactory loggers)
    {
        var log = new CatalogLog(loggers.CreateLogger<CatalogLog>());
        return new ToolCatalog(() => CatalogFolders.Of(file.Current.Options.Catalog), time) { Changed = log.Tell };
    }

    // Clients ask for the list again when they are told that it is another one.
    private void FollowGrowth(ToolCatalog catalog)
    {
        var (log, known) = (catalog.Changed, GrownTools.FingerprintOf(catalog.Current));
        catalog.Changed = snapshot =>
        {
            log?.Invoke(snapshot);
            var now = GrownTools.FingerprintOf(snapshot);
            if (Interlocked.Exchange(ref known, now) != now)
            {
                _telling = TellToolsChangedAsync(_telling);
            }
        };
    }

    private async Task TellToolsChangedAsync(Task previous)
    {
        await previous;
        await Task.WhenAll(_sessions.All.Select(static session => session.TellToolsChangedAsync()));
    }

    private async Task ListenAsync(IPAddress address, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var token = _options.RequiresToken ? TokenFile.ReadOrCreate(_options.Workspace.TokenFile) : null;
        var socket = DaemonSocket.PathFor(_options.Workspace);
        DaemonSocket.Prepare(socket, _lock);
        var doors = new Doors(
            new RequestGuard(token, IPAddress.IsLoopback(address)), _endpoint, _status,
            new OperatorEndpoint(_coordination.Coordinator, _coordination.Catalog.Reload), _stopping.Token);
        var port = _options.Port ?? _options.Configuration.Options.Port;
        _listener = await Listener.StartAsync(
            new ListenOptions(new IPEndPoint(address, port), _options.Configuration.Options.Limits), doors, loggers, cancellationToken);
        _bridgeListener = BridgeListener.Start(socket, _options.Configuration.Options.Limits.ConnectionsMax, _bridges, _time, _logger);
        Url = _listener.Url;
        Completion = WatchAsync();
        _record = DaemonRecord.OfThisProcess(Url, _options.Workspace, socket, ProductVersion.Text, _time);
        _record.Write(_options.Workspace);
        LogStarted(_options.Workspace.Root, Url);
    }

    private async Task WatchAsync()
    {
        _lastBusy = _time.GetTimestamp();
        if (_options.FollowsFile)
        {
            _file.Start();
        }

        _coordination.Catalog.Start();
        _deciding = _coordination.Coordinator.RunAsync(_coordinating.Token);
        var first = await Task.WhenAny(
            _deciding, _bridgeListener!.Completion, FollowAsync(_file.Completion), FollowAsync(_coordination.Catalog.Completion), SweepAsync(), _idle.Task);
        await first;
    }

    private async Task FollowAsync(Task watching)
    {
        await watching;
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // One after the other, each behind the one before: two changes in a row end with the second.
    private async Task ReconfigureAsync(ProxyConfiguration configuration, Task previous)
    {
        await previous;
        LogReconfigured(configuration.File, configuration.Servers.Length);
        await _context.SharedLinks.RetainAsync(configuration);
        await Task.WhenAll(_sessions.All.Select(session => session.ReconfigureAsync(configuration)));
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await _endpoint.KeepAliveAsync();
                await _httpSessions.SweepAsync(StreamableHttpEndpoint.KeepAlivePeriod);
                await _coordination.Stewards.SweepAsync();
                LookWhetherIdle();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping ends the sweep.
        }
    }

    private void LookWhetherIdle()
    {
        if (_sessions.All.Count > 0)
        {
            _lastBusy = _time.GetTimestamp();
        }
        else if (_options.IdleExit is { } limit && _time.GetElapsedTime(_lastBusy) > limit)
        {
            LogIdle(limit);
            _idle.TrySetResult();
        }
    }

    [LoggerMessage(101, LogLevel.Information, "The daemon of {Workspace} listens on {Url}")]
    private partial void LogStarted(string workspace, Uri url);

    [LoggerMessage(102, LogLevel.Information, "The daemon of {Workspace} has stopped")]
    private partial void LogStopped(string workspace);

    [LoggerMessage(103, LogLevel.Information, "{File} has changed: {Count} servers")]
    private partial void LogReconfigured(string file, int count);

    [LoggerMessage(104, LogLevel.Error, "The configuration is not taken over, the last good one stays: {Fault}")]
    private partial void LogBadConfiguration(string fault);

    [LoggerMessage(105, LogLevel.Information, "No client for {Limit}: the daemon ends")]
    private partial void LogIdle(TimeSpan limit);
}

/// <summary>The daemon may not or cannot be started as asked; the message says what to do.</summary>
internal sealed class DaemonStartException(string message, Exception? inner = null) : Exception(message, inner);
