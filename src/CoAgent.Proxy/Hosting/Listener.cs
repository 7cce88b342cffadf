using System.Net;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Ingress;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoAgent.Proxy.Hosting;

/// <summary>Where the daemon listens for HTTP clients.</summary>
/// <param name="Http">The address of HTTP clients; port 0 takes any that is free.</param>
/// <param name="Limits">How much a connection may send.</param>
internal sealed record ListenOptions(IPEndPoint Http, Limits Limits);

/// <summary>What stands behind the listener: who may come in, and who serves whom.</summary>
internal sealed record Doors(
    RequestGuard Guard, StreamableHttpEndpoint Mcp, DaemonStatus Status, OperatorEndpoint Operator, CancellationToken Stopping);

/// <summary>The daemon's HTTP server: Kestrel alone, because a host, routes and configuration would only cost start and memory here.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _server;

    private Listener(KestrelServer server, Uri url)
    {
        _server = server;
        Url = url;
    }

    /// <summary>The MCP endpoint's address as programs of this machine reach it.</summary>
    public Uri Url { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="DaemonStartException">The address or port cannot be had.</exception>
    public static async Task<Listener> StartAsync(
        ListenOptions options, Doors doors, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var kestrel = new KestrelServerOptions();
        Limit(kestrel, options.Limits);
        kestrel.Listen(options.Http, static listen => listen.Protocols = HttpProtocols.Http1);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var server = new KestrelServer(Options.Create(kestrel), sockets, loggers);
        try
        {
            await server.StartAsync(new Application(doors), cancellationToken);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
        {
            server.Dispose();
            throw new DaemonStartException(
                $"Cannot listen on {options.Http}: {error.Message} Choose another with --port (0 takes any that is free).", error);
        }

        var bound = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new Listener(server, new Uri(Reachable(new Uri(bound)), Application.McpPath));
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _server.StopAsync(patience.Token);
        _server.Dispose();
    }

    // "Every address" is one to listen on, not one to connect to.
    private static Uri Reachable(Uri bound) => bound.Host switch
    {
        "0.0.0.0" => new UriBuilder(bound) { Host = $"{IPAddress.Loopback}" }.Uri,
        "[::]" => new UriBuilder(bound) { Host = $"[{IPAddress.IPv6Loopback}]" }.Uri,
        _ => bound,
    };

    private static void Limit(KestrelServerOptions kestrel, Limits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = null; // the endpoint refuses a long body itself, in words
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.RequestHeaderBytesMax;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        kestrel.Limits.MinResponseDataRate = null; // a stream of events may be silent for long
    }

    /// <summary>Sees to it that every request is looked at by the guard and goes to whom its path names.</summary>
    private sealed class Application(Doors doors) : IHttpApplication<HttpContext>
    {
        public const string McpPath = "/mcp";
        private const string StatusPath = "/status";

        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Kestrel owns what a context is made of, and logs an exception itself.
        }

        public async Task ProcessRequestAsync(HttpContext context)
        {
            if (doors.Guard.Refuse(context.Request) is { } refusal)
            {
                if (refusal.Status == StatusCodes.Status401Unauthorized)
                {
                    context.Response.Headers.WWWAuthenticate = "Bearer";
                }

                await PlainAnswer.WriteAsync(context, refusal.Status, refusal.Message);
                return;
            }

            var path = context.Request.Path.Value ?? "";
            if (path is McpPath or McpPath + "/")
            {
                await doors.Mcp.HandleAsync(context, agent: null, doors.Stopping);
            }
            else if (path.StartsWith(McpPath + "/", StringComparison.Ordinal) && path.IndexOf('/', McpPath.Length + 1) < 0)
            {
                await doors.Mcp.HandleAsync(context, path[(McpPath.Length + 1)..], doors.Stopping);
            }
            else if (path == StatusPath && context.Request.Method == "GET")
            {
                await doors.Status.WriteAsync(context);
            }
            else if (path.StartsWith(OperatorEndpoint.Path, StringComparison.Ordinal))
            {
                await doors.Operator.HandleAsync(context);
            }
            else
            {
                await PlainAnswer.WriteAsync(context, StatusCodes.Status404NotFound, "There is nothing here: MCP is at /mcp or /mcp/AGENT.");
            }
        }
    }
}
