using CoAgent.Benchmarks.Measuring;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Benchmarks.Core;

/// <summary>A transaction of low rank that comes late, again and again, to what the residents are at.</summary>
internal sealed class LateLoad(CoreWorld world)
{
    public static readonly IReadOnlyList<int> LaterCalls = [10, 100, 1_000];

    // Few later calls make a short time: it is taken more often.
    private const int CallsPerMeasurement = 4_000;
    private const int RepetitionsMin = 4;

    private readonly TransactionId writer = CoreWorld.Begun(StateMachine.Step(world.State, world.GuestArrival())).Id;

    public IReadOnlyList<LateCost> RunAll() => [.. LaterCalls.SelectMany(Run)];

    private IEnumerable<LateCost> Run(int laterCalls)
    {
        var times = LateKinds.All.ToDictionary(kind => kind, _ => new List<StepTimes>());
        RunBeneathWrites(laterCalls, times);
        for (var i = 0; i < RepetitionsOf(laterCalls); i++)
        {
            RunBeneathReaders(laterCalls, times);
        }

        return times.Select(pair => CostOf(pair.Key, laterCalls, pair.Value));
    }

    private static int RepetitionsOf(int laterCalls) => Math.Max(RepetitionsMin, CallsPerMeasurement / laterCalls);

    private void RunBeneathWrites(int laterCalls, Dictionary<LateKind, List<StepTimes>> times)
    {
        var name = world.Tree.OwnFile();
        var write = Declarations.Of(CallShape.ReadModifyWrite, name);
        ForResidents(laterCalls, write);
        for (var i = 0; i < RepetitionsOf(laterCalls); i++)
        {
            var late = world.Proposal(writer, write);
            times[LateKind.Write].Add(world.Do(late));
            times[LateKind.Undo].Add(world.Do(new Input.Undo(world.NextRequest(), writer, [late.Call])));
            times[LateKind.Read].Add(world.Do(writer, Declarations.Of(CallShape.Read, name)));
        }
    }

    private void RunBeneathReaders(int laterCalls, Dictionary<LateKind, List<StepTimes>> times)
    {
        var name = world.Tree.OwnFile();
        var write = Declarations.Of(CallShape.BlindWrite, name);
        var read = Declarations.Of(CallShape.Read, name);
        ForResidents(laterCalls, read);
        times[LateKind.ReadersSame].Add(world.Do(writer, write));
        world.ReadResult = new ResultDigest(world.ReadResult.Value + 1);
        times[LateKind.ReadersTold].Add(world.Do(writer, write));
        TakeNotices(laterCalls);

        name = world.Tree.OwnFile();
        ForResidents(laterCalls, Declarations.Of(CallShape.Read, name) with { CanReread = false });
        times[LateKind.ReadersBlind].Add(world.Do(writer, Declarations.Of(CallShape.BlindWrite, name)));
        TakeNotices(laterCalls);
    }

    /// <summary>A finish that comes too early brings what is untold; the next one confirms it.</summary>
    private void TakeNotices(int laterCalls)
    {
        foreach (var reader in world.Residents.Take(laterCalls))
        {
            world.Do(new Input.Finish(world.NextRequest(), reader, Wait: false));
            world.Do(new Input.Finish(world.NextRequest(), reader, Wait: false));
        }
    }

    private void ForResidents(int calls, CallDeclaration declaration)
    {
        for (var i = 0; i < calls; i++)
        {
            world.Do(world.Residents[i % world.Residents.Length], declaration);
        }
    }

    private LateCost CostOf(LateKind kind, int laterCalls, List<StepTimes> repetitions) => new(
        world.Size.Name,
        kind,
        laterCalls,
        Statistics.Median(repetitions.Select(times => times.Nanoseconds)) / laterCalls,
        Statistics.Median(repetitions.Select(times => times.LongestNanoseconds)));
}
