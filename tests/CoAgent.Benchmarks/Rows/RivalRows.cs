using System.Globalization;
using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Rows;

/// <summary>
/// Existing proxies from npm, each in the mode that suits it best: one session, one child that stays.
/// </summary>
internal static class RivalRows
{
    private const string Supergateway = "supergateway/dist/index.js";
    private const string McpProxy = "mcp-proxy/dist/bin/mcp-proxy.mjs";

    // One of them listens on every address and has no option for it; a benchmark stays on this machine.
    private const string LoopbackOnly = """
        const { Server } = require('net');
        const listen = Server.prototype.listen;
        Server.prototype.listen = function (first, ...rest) {
          return typeof first === 'number' || typeof first === 'string' && /^[0-9]+$/.test(first)
            ? listen.call(this, { port: Number(first), host: '127.0.0.1' }, ...rest.filter(x => x instanceof Function))
            : listen.call(this, first, ...rest);
        };
        """;

    private delegate OwnProcess Server(Workshop workshop, Stage stage, int port);

    public static IEnumerable<Row> All() =>
    [
        Http("supergateway-http", StartSupergateway),
        Http("mcp-proxy-http", StartMcpProxy),
        Stdio("supergateway-stdio", StartSupergateway),
        Stdio("mcp-proxy-stdio", StartMcpProxy),
    ];

    private static Row Http(string name, Server startServer) =>
        new(name, RowKind.Rival, Transport.Http, (workshop, stage) =>
        {
            var port = Stage.FreePort();
            var server = StartListening(startServer, workshop, stage, port);
            return RunningRow.Http(server, new HttpAddress(port, "/mcp", Token: null));
        });

    // Of these only supergateway speaks stdio to its client: so it is the bridge before both.
    private static Row Stdio(string name, Server startServer) =>
        new(name, RowKind.Rival, Transport.Stdio, (workshop, stage) =>
        {
            var port = Stage.FreePort();
            StartListening(startServer, workshop, stage, port);
            return RunningRow.Stdio(() => stage.Start(
                [
                    .. Node(workshop, Supergateway), "--streamableHttp", $"http://127.0.0.1:{port}/mcp",
                    "--logLevel", "none",
                ]));
        });

    private static OwnProcess StartListening(Server startServer, Workshop workshop, Stage stage, int port)
    {
        var server = startServer(workshop, stage, port);
        server.DrainOutput();
        Readiness.WaitForPort(server, port);
        return server;
    }

    private static OwnProcess StartSupergateway(Workshop workshop, Stage stage, int port)
    {
        var preload = Path.Combine(stage.Folder, "loopback.cjs");
        File.WriteAllText(preload, LoopbackOnly);
        return stage.Start(
            [
                .. Node(workshop, Supergateway), "--stdio", string.Join(' ', workshop.Echo),
                "--outputTransport", "streamableHttp", "--stateful",
                "--port", port.ToString(CultureInfo.InvariantCulture), "--logLevel", "none",
            ],
            new Dictionary<string, string> { ["NODE_OPTIONS"] = $"--require {preload}" });
    }

    // Without its event store, which would keep a copy of every answer.
    private static OwnProcess StartMcpProxy(Workshop workshop, Stage stage, int port) =>
        stage.Start(
            [
                .. Node(workshop, McpProxy), "--host", "127.0.0.1",
                "--port", port.ToString(CultureInfo.InvariantCulture),
                "--server", "stream", "--no-eventStore", "--", .. workshop.Echo,
            ]);

    private static string[] Node(Workshop workshop, string script)
    {
        var path = Path.Combine(workshop.Npm, "node_modules", script);
        return File.Exists(path)
            ? ["node", path]
            : throw new NotMeasuredException(
                $"{script.Split('/')[0]} is not in {workshop.Npm}: run npm ci there, or name another folder with --npm");
    }
}
