using System.Globalization;
using CoAgent.Benchmarks;
using CoAgent.Benchmarks.Catalogs;
using CoAgent.Benchmarks.Coordination;
using CoAgent.Benchmarks.Core;
using CoAgent.Benchmarks.Echo;
using CoAgent.Benchmarks.Files;
using CoAgent.Benchmarks.Floor;
using CoAgent.Benchmarks.Journals;
using CoAgent.Benchmarks.Layers;
using CoAgent.Benchmarks.Shell;

if (args is [Verbs.Echo or Verbs.Files or Verbs.FloorHttp or Verbs.FloorDaemon or Verbs.FloorBridge, ..])
{
    // Whatever becomes of the benchmark that started it, no part outlives this.
    using var lifetime = new Timer(_ => Environment.Exit(3), null, TimeSpan.FromMinutes(60), Timeout.InfiniteTimeSpan);
    return await RunPartAsync(args);
}

return await BenchmarkCommand
    .Create(
        Benchmark.Run,
        CoreCommand.Create(CoreBenchmark.Run),
        JournalCommand.Create(JournalBenchmark.Run),
        CoordinationCommand.Create(CoordinationBenchmark.Run),
        CatalogCommand.Create(CatalogBenchmark.Run),
        ShellCommand.Create(ShellBenchmark.Run),
        LayersCommand.Create(LayersBenchmark.RunAsync),
        BashCommand.Create(BashBenchmark.Run))
    .Parse(args).InvokeAsync();

static async Task<int> RunPartAsync(string[] args)
{
    var self = Environment.ProcessPath
        ?? throw new InvalidOperationException("this program does not know its own path");
    switch (args)
    {
        case [Verbs.Echo]:
            return new EchoServer(Console.OpenStandardInput(), Console.OpenStandardOutput()).Run();
        case [Verbs.Files, var microseconds, ..]:
            var callTime = TimeSpan.FromMicroseconds(int.Parse(microseconds, CultureInfo.InvariantCulture));
            return new FileServer(Console.OpenStandardInput(), Console.OpenStandardOutput(), callTime).Run();
        case [Verbs.FloorBridge, var socket, .. var server]:
            return new FloorBridge(socket, [self, Verbs.FloorDaemon, socket, .. server]).Run();
        case [Verbs.FloorDaemon, var socket, .. var server]:
            using (var mux = new StdioMux(server is [] ? [self, Verbs.Echo] : server))
            {
                new SocketFloor(mux).Run(socket);
            }

            return 0;
        case [Verbs.FloorHttp, var port]:
            using (var mux = new StdioMux([self, Verbs.Echo]))
            {
                await new HttpFloor(mux).RunAsync(int.Parse(port, CultureInfo.InvariantCulture));
            }

            return 0;
        default:
            await Console.Error.WriteLineAsync($"{args[0]} takes other arguments.");
            return 2;
    }
}
