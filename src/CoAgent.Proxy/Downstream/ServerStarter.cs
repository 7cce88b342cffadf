using System.IO.Pipelines;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Processes;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace CoAgent.Proxy.Downstream;

/// <summary>Starts or reaches servers as their definitions say.</summary>
internal sealed partial class ServerStarter : IAsyncDisposable
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly ChildReaper _reaper;
    private readonly IBuiltinServers _builtins;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly Lazy<HttpClient> _http = new(NewHttpClient);

    public ServerStarter(ChildReaper reaper, IBuiltinServers builtins, TimeProvider time, ILoggerFactory loggers)
    {
        _reaper = reaper;
        _builtins = builtins;
        _time = time;
        _loggers = loggers;
        RetryOpening = new ResiliencePipelineBuilder<Opening> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Opening>
            {
                ShouldHandle = static attempt =>
                    ValueTask.FromResult(attempt.Outcome.Result is Opening.Failed { Fault.IsLasting: false }),
                MaxRetryAttempts = 2,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(250),
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Limits of messages and queues.</summary>
    public required Func<Limits> Limits { get; init; }

    /// <summary>The clock of everything that servers are waited for.</summary>
    public TimeProvider Time => _time;

    /// <summary>How often and at which pace a server that does not start is tried again before its caller is told.</summary>
    public ResiliencePipeline<Opening> RetryOpening { get; }

    /// <summary>Starts a server; nothing has been said to it yet.</summary>
    /// <exception cref="ChildStartException">It cannot be started; the message says what is missing.</exception>
    public ServerConnection Start(ServerDefinition definition, IServerPeer peer)
    {
        var logger = _loggers.CreateLogger($"CoAgent.Server.{definition.Name}");
        IServerTransport transport = definition switch
        {
            ServerDefinition.Stdio stdio => StartChild(stdio, logger),
            ServerDefinition.Http http => new HttpTransport(http, _http.Value, Limits(), _time, logger),
            ServerDefinition.Builtin builtin => StartBuiltin(builtin, logger),
            _ => throw new InvalidOperationException("A server that is started is stdio, http or builtin."),
        };
        return new ServerConnection(definition.Name, transport, peer, _time, logger);
    }

    public ValueTask DisposeAsync()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static HttpClient NewHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    })
    {
        // Each request has its own limit, which progress extends.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private StreamTransport StartChild(ServerDefinition.Stdio stdio, ILogger logger)
    {
        var environment = ProcessEnvironment.Read();
        foreach (var (name, value) in stdio.Env)
        {
            environment[name] = value;
        }

        var start = new ChildStart(stdio.Name, stdio.Command, stdio.Args, environment, stdio.WorkingDirectory);
        var child = ChildProcess.Start(start, _reaper, logger, _time);
        return new StreamTransport(
            stdio.Name, new ServerStreams(child.Input, child.Output, ReadsBlock: true), Limits(), EndAsync, logger);

        async Task<string> EndAsync()
        {
            await child.StopAsync(StopGrace);
            var exit = await child.Exited;
            return ChildEndings.Describe(stdio.Name, exit);
        }
    }

    private StreamTransport StartBuiltin(ServerDefinition.Builtin builtin, ILogger logger)
    {
        var toServer = new Pipe();
        var fromServer = new Pipe();
        var stop = new CancellationTokenSource();
        var running = RunAsync();
        var streams = new ServerStreams(
            toServer.Writer.AsStream(leaveOpen: true), fromServer.Reader.AsStream(leaveOpen: true), ReadsBlock: false);
        return new StreamTransport(builtin.Name, streams, Limits(), EndAsync, logger);

        async Task RunAsync()
        {
            try
            {
                var server = _builtins.Get(builtin.Service, builtin.Root);
                await server.RunAsync(toServer.Reader.AsStream(), fromServer.Writer.AsStream(), stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Asked to end.
            }
            catch (Exception error)
            {
                LogBuiltinFailed(logger, error, builtin.Name);
            }
            finally
            {
                await fromServer.Writer.CompleteAsync();
            }
        }

        async Task<string> EndAsync()
        {
            await stop.CancelAsync();
            await toServer.Writer.CompleteAsync();
            await running;
            return $"The built-in server '{builtin.Name}' has ended.";
        }
    }

    [LoggerMessage(241, LogLevel.Error, "The built-in server {Server} failed")]
    private static partial void LogBuiltinFailed(ILogger logger, Exception error, string server);
}
