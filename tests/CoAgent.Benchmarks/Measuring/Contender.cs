using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Measuring;

/// <summary>
/// One row during a run: it is started once, measured in every round, and dropped at its first failure.
/// </summary>
internal sealed class Contender(Row row, Workshop workshop) : IDisposable
{
    private const int CallsMax = 1_000_000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private Stage? stage;
    private RunningRow? running;

    public RowResult Result { get; } = new(row);

    public bool Start() => Try(() =>
    {
        stage = workshop.Open(row.Name);
        running = Within(TimeSpan.Zero, stage, () =>
        {
            var started = row.Start(workshop, stage);
            started.Client.Initialize();
            return started;
        });
    });

    public bool WarmUp(TimeSpan duration) => Try(() =>
    {
        Load(CallKind.Small, inFlight: 16, duration / 2);
        Load(CallKind.Small, inFlight: 1, duration / 4);
        Result.AfterSmallCalls = Memory();
        Load(CallKind.Big(1024 * 1024), inFlight: 1, duration / 4);
    });

    public bool MeasureCalls(TimeSpan phase) => Try(() =>
    {
        var one = Load(CallKind.Small, inFlight: 1, phase);
        Result.Add(Figure.Median, Statistics.Quantile(one.Latencies, 0.5));
        Result.Add(Figure.P99, Statistics.Quantile(one.Latencies, 0.99));
        Result.Add(Figure.CallsAt1, one.CallsPerSecond);

        var proxiesBefore = ProxyCpu();
        var clientBefore = Environment.CpuUsage.TotalTime;
        var many = Load(CallKind.Small, inFlight: 16, phase);
        var clientCpu = Environment.CpuUsage.TotalTime - clientBefore;
        Result.Add(Figure.ClientCpuPerCall, clientCpu.TotalMicroseconds / many.Calls);
        Result.Add(Figure.CpuPerCall, (ProxyCpu() - proxiesBefore).TotalMicroseconds / many.Calls);
        Result.Add(Figure.CallsAt16, many.CallsPerSecond);

        Result.Add(Figure.CallsAt64, Load(CallKind.Small, inFlight: 64, phase).CallsPerSecond);
    });

    public bool MeasureResults(TimeSpan phase) => Try(() =>
    {
        MeasureResult(64 * 1024, phase, Figure.Result64KiB, Figure.Rate64KiB);
        MeasureResult(1024 * 1024, phase, Figure.Result1MiB, Figure.Rate1MiB);
    });

    public bool MeasureStarts(int count) => Try(() =>
    {
        for (var start = 0; start < count; start++)
        {
            if (running?.StartWarm is { } startWarm && stage is not null)
            {
                Result.WarmStarts.Add(Within(TimeSpan.Zero, stage, () => FirstAnswer(startWarm)));
            }

            if (row.StartCold is { } startCold)
            {
                using var fresh = workshop.Open(row.Name);
                var elapsed = Within(TimeSpan.Zero, fresh, () => FirstAnswer(() => startCold(workshop, fresh)));
                Result.ColdStarts.Add(elapsed);
            }
        }
    });

    public bool MeasureMemory() => Try(() => Result.AfterAll = Memory());

    public void Dispose()
    {
        stage?.EndAll();
        running?.Client.Dispose();
        stage?.Dispose();
        (stage, running) = (null, null);
    }

    private Resident Memory()
    {
        var proxies = stage?.Proxies() ?? [];
        var bridge = proxies.FirstOrDefault(process => process.Id == running?.Bridge?.Id);
        var daemonBytes = proxies.Where(process => process != bridge).Sum(process => process.ResidentBytes);
        return new Resident(daemonBytes / 1e6, bridge?.ResidentBytes / 1e6);
    }

    private void MeasureResult(int bytes, TimeSpan phase, Figure latency, Figure rate)
    {
        var result = Load(CallKind.Big(bytes), inFlight: 1, phase);
        Result.Add(latency, Statistics.Quantile(result.Latencies, 0.5));
        Result.Add(rate, result.CallsPerSecond * bytes / 1e6);
    }

    private LoadResult Load(CallKind kind, int inFlight, TimeSpan duration)
    {
        if (stage is null || running is null)
        {
            throw new InvalidOperationException($"{row.Name} was not started");
        }

        return Within(duration, stage, () => running.Client.Run(new LoadPlan(kind, inFlight, duration, CallsMax)));
    }

    private TimeSpan ProxyCpu() => TimeSpan.FromTicks(stage?.Proxies().Sum(process => process.Cpu.Ticks) ?? 0);

    private static double FirstAnswer(Func<OwnProcess> start)
    {
        var watch = Stopwatch.StartNew();
        var process = start();
        using var client = new StdioClient(process);
        client.Initialize();
        client.Run(new LoadPlan(CallKind.Small, InFlight: 1, Grace, CallsMax: 1));
        var elapsed = watch.Elapsed.TotalMilliseconds;
        OwnProcess.End(process.Id);
        process.ExitsWithin(Grace);
        return elapsed;
    }

    // A blocking read has no timeout of its own: ending the stage's processes ends it.
    private static T Within<T>(TimeSpan duration, Stage bounded, Func<T> work)
    {
        using var limit = new Timer(_ => bounded.EndAll(), null, duration + Grace + Grace, Timeout.InfiniteTimeSpan);
        return work();
    }

    private bool Try(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception exception) when (exception is NotMeasuredException or IOException or InvalidDataException
            or SocketException or Win32Exception or ObjectDisposedException)
        {
            Result.Failure = exception.Message;
            Dispose();
            return false;
        }
    }
}
