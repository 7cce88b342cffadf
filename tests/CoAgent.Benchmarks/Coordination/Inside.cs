using System.Diagnostics;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>Coordinator and journal alone, in this process: time and memory by call, flushes by write, the replay of instant calls.</summary>
internal static class Inside
{
    public const string Calls = "inside";
    public const string Writers = "writers";
    public const string Replay = "replay inside";

    public const string Read = "read";
    public const string WriteForProcess = "write, process";
    public const string WriteForDisk = "write, full";
    public const string Bare = "bare write and fdatasync of 300 bytes";
    public const string First = "calls one after the other";
    public const string Late = "the same above a late write";

    private const int BareBytes = 300;

    private static readonly int[] s_writers = [1, 8, 64];

    /// <summary>One call at a time: reads, writes in both durabilities, and bare flushes, by turns.</summary>
    public static async Task MeasureCallsAsync(string directory, CoordinationPace pace, Figures figures)
    {
        await using var process = await CoordinatedWorld.OpenAsync(Path.Combine(directory, "process.db"), Durability.Process);
        await using var full = await CoordinatedWorld.OpenAsync(Path.Combine(directory, "full.db"), Durability.Full);
        using var bare = File.OpenHandle(Path.Combine(directory, "bare"), FileMode.CreateNew, FileAccess.ReadWrite);
        for (var round = -(pace.Rounds / 4) - 1; round < pace.Rounds; round++)
        {
            var into = round < 0 ? new Figures() : figures; // the first ones only warm up
            await SliceAsync(process, CallKindOfFile.Read, Read, pace.SliceCalls, into);
            await SliceAsync(process, CallKindOfFile.Rewrite, WriteForProcess, pace.SliceCalls, into);
            await SliceAsync(full, CallKindOfFile.Rewrite, WriteForDisk, pace.SliceCalls / 4, into);
            into.AddTimes(Calls, Bare, Flush(bare, pace.SliceCalls / 4));
        }
    }

    /// <summary>Writers at a time, each of them on a file of its own: how many share a flush.</summary>
    public static async Task MeasureWritersAsync(string directory, CoordinationPace pace, Figures figures)
    {
        await using var world = await CoordinatedWorld.OpenAsync(Path.Combine(directory, "writers.db"), Durability.Full);
        for (var round = -1; round < Math.Max(3, pace.Rounds / 4); round++)
        {
            foreach (var writers in s_writers)
            {
                await ShareAsync(world, writers, pace.SliceCalls, round < 0 ? new Figures() : figures);
            }
        }
    }

    /// <summary>Calls that are replayed above a late write, beside the same calls when they were first made.</summary>
    public static async Task MeasureReplayAsync(string directory, CoordinationPace pace, Figures figures)
    {
        await using var world = await CoordinatedWorld.OpenAsync(Path.Combine(directory, "replay.db"), Durability.Process);
        var change = CoordinatedWorld.Declare("Order.cs", CallKindOfFile.Change);
        var (low, high) = (AgentId.Create("low"), AgentId.Create("high"));
        for (var round = -3; round < pace.ReplayRounds; round++)
        {
            await world.BeginAsync(low);
            var start = Stopwatch.GetTimestamp();
            await world.CallAsync(high, change, pace.ReplayCalls);
            var first = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            var late = (await world.CallAsync(low, change, count: 1))[0];
            await world.FinishAsync(low);
            await world.FinishAsync(high);
            if (round >= 0)
            {
                figures.Add(Replay, First, Names.Median, first / pace.ReplayCalls);
                figures.Add(Replay, Late, Names.Median, late / pace.ReplayCalls);
            }
        }
    }

    private static async Task SliceAsync(CoordinatedWorld world, CallKindOfFile kind, string row, int count, Figures figures)
    {
        var agent = AgentId.Create("writer");
        var declaration = CoordinatedWorld.Declare("Order.cs", kind);
        await world.BeginAsync(agent);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var each = await world.CallAsync(agent, declaration, count);
        figures.Add(Calls, row, Names.Bytes, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / count);
        each.Sort();
        figures.AddTimes(Calls, row, each);
        await world.FinishAsync(agent);
    }

    private static List<double> Flush(SafeFileHandle file, int count)
    {
        var each = new List<double>(count);
        var bytes = new byte[BareBytes];
        for (var made = 0; made < count; made++)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, RandomAccess.GetLength(file));
            DiskFlushes.Flush(file);
            each.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        each.Sort();
        return each;
    }

    private static async Task ShareAsync(CoordinatedWorld world, int writers, int count, Figures figures)
    {
        AgentId[] agents = [.. Enumerable.Range(0, writers).Select(static number => AgentId.Create($"writer-{number}"))];
        foreach (var agent in agents)
        {
            await world.BeginAsync(agent);
        }

        var (flushes, start) = (world.FlushCount, Stopwatch.GetTimestamp());
        var each = await Task.WhenAll(agents.Select((agent, number) => Task.Run(() => world.CallAsync(
            agent, CoordinatedWorld.Declare($"{number}.cs", CallKindOfFile.Rewrite), Math.Max(4, count / writers)))));
        double[] all = [.. each.SelectMany(static some => some).Order()];
        var row = $"{writers}";
        figures.Add(Writers, row, Names.PerSecond, all.Length / Stopwatch.GetElapsedTime(start).TotalSeconds);
        figures.Add(Writers, row, Names.Flushes, (double)(world.FlushCount - flushes) / all.Length);
        figures.AddTimes(Writers, row, all);
        foreach (var agent in agents)
        {
            await world.FinishAsync(agent);
        }
    }
}
