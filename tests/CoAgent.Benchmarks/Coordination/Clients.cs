using CoAgent.Benchmarks.Load;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Processes;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>Calls as a client sees them, one at a time, over stdio: each way to the same server has its turn in each round.</summary>
internal static class Clients
{
    public const string Reads = "clients, a read";
    public const string Writes = "clients, a write";
    public const string Replay = "clients, replay";
    public const string Direct = "the calls at their server itself";
    public const string First = "the calls through coagent, one after the other";
    public const string Late = "the calls above a late write";

    private const int CallsMax = 100_000;
    private const int ContentBytes = 300;

    // An agent says that it is done now and then: what is measured is not a transaction that grows without end.
    private const string FinishTool = "coagent_finish";

    private static readonly string[] s_ways =
        [CoordinationRows.Direct, CoordinationRows.Floor, CoordinationRows.None, CoordinationRows.Process, CoordinationRows.Full];

    /// <summary>Reads and writes of one file without conflict.</summary>
    public static void MeasureCalls(Workshop workshop, CoordinationPace pace, Figures figures)
    {
        List<Caller> callers = [.. s_ways.Select(way => new Caller(way, CoordinationRows.Start(way, workshop, TimeSpan.Zero)))];
        for (var round = -(pace.Rounds / 4) - 2; round < pace.Rounds; round++)
        {
            var into = round < 0 ? new Figures() : figures;
            foreach (var caller in callers)
            {
                caller.Measure(pace.Slice, into);
            }
        }

        callers.ForEach(static caller => caller.Dispose());
    }

    /// <summary>Edits of one file, and the same replayed above a late edit of another line.</summary>
    public static void MeasureReplay(Workshop workshop, CoordinationPace pace, TimeSpan callTime, Figures figures)
    {
        var part = $"{Replay}, a call takes its server {callTime.TotalMicroseconds:N0} µs at least";
        using var direct = CoordinationRows.Start(CoordinationRows.Direct, workshop, callTime);
        using var ours = CoordinationRows.Start(CoordinationRows.Process, workshop, callTime);
        using var alone = direct.Connect("alone");
        using var low = ours.Connect("low");
        using var high = ours.Connect("high");
        for (var round = -1; round < pace.ReplayRounds; round++)
        {
            var atServer = Edit(alone, direct, round, pace.ReplayCalls);
            Call(low, "read_text_file", $$"""{"path":"{{ours.Make("other", "begins the transaction of the lower rank")}}"}""");
            var first = Edit(high, ours, round, pace.ReplayCalls);
            var late = Call(low, "edit_file", EditOf(ours, "low: as it was", "low: changed!"));
            Call(low, FinishTool, "{}");
            Call(high, FinishTool, "{}");
            if (round >= 0)
            {
                figures.Add(part, Direct, Names.Median, atServer / pace.ReplayCalls);
                figures.Add(part, First, Names.Median, first / pace.ReplayCalls);
                figures.Add(part, Late, Names.Median, late / pace.ReplayCalls);
            }
        }
    }

    private static double Edit(StdioClient client, RunningWay way, int round, int count)
    {
        way.Make("edited", $"low: as it was\n{new string('.', ContentBytes)}\nround {round}: 0\n");
        var total = 0.0;
        for (var number = 0; number < count; number++)
        {
            total += Call(client, "edit_file", EditOf(way, $"round {round}: {number}\\n", $"round {round}: {number + 1}\\n"));
        }

        return total;
    }

    private static string EditOf(RunningWay way, string oldText, string newText) =>
        $$"""{"path":"{{Path.Combine(way.Files, "edited")}}","edits":[{"oldText":"{{oldText}}","newText":"{{newText}}"}]}""";

    private static double Call(StdioClient client, string tool, string arguments) => client.Run(
        new LoadPlan(new CallKind(tool, ResultBytes: 20) { Arguments = arguments }, InFlight: 1, TimeSpan.FromMinutes(2), CallsMax: 1)).Latencies[0];

    /// <summary>One way, and its client.</summary>
    private sealed class Caller(string name, RunningWay way) : IDisposable
    {
        private readonly StdioClient _client = way.Connect("caller");
        private readonly string _path = way.Make("file", new string('x', ContentBytes));

        public void Measure(TimeSpan slice, Figures figures)
        {
            Run(Reads, new CallKind("read_text_file", ContentBytes) { Arguments = $$"""{"path":"{{_path}}"}""" }, slice, figures);
            var content = $"call {CallTemplate.Placeholder} {new string('y', ContentBytes)}";
            Run(Writes, new CallKind("write_file", 20) { Arguments = $$"""{"path":"{{_path}}","content":"{{content}}"}""" }, slice, figures);
            if (name is not (CoordinationRows.Direct or CoordinationRows.Floor))
            {
                Call(_client, FinishTool, "{}");
            }
        }

        public void Dispose()
        {
            _client.Dispose();
            way.Dispose();
        }

        private void Run(string part, CallKind kind, TimeSpan slice, Figures figures) => figures.AddTimes(
            part, name, _client.Run(new LoadPlan(kind, InFlight: 1, slice, CallsMax)).Latencies);
    }
}
