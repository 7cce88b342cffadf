using CoAgent.Benchmarks.Measuring;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Benchmarks.Core;

/// <summary>One transaction of low rank that comes late, again and again, to objects that the residents are at.</summary>
internal sealed class LateLoad(CoreWorld world)
{
    public static readonly IReadOnlyList<int> LaterCalls = [10, 100, 1_000];

    // Few later calls make a short time: it is taken more often.
    private const int CallsPerMeasurement = 4_000;
    private const int RepetitionsMin = 4;

    private readonly TransactionId writer = CoreWorld.Begun(StateMachine.Step(world.State, world.GuestArrival())).Id;

    public IEnumerable<LateCost> Run(int laterCalls)
    {
        var writes = new Repetitions(world.Size.Name, LateKind.Write, laterCalls);
        var undos = new Repetitions(world.Size.Name, LateKind.Undo, laterCalls);
        RunWrites(laterCalls, writes, undos);
        var same = new Repetitions(world.Size.Name, LateKind.ReadersSame, laterCalls);
        var told = new Repetitions(world.Size.Name, LateKind.ReadersTold, laterCalls);
        var blind = new Repetitions(world.Size.Name, LateKind.ReadersBlind, laterCalls);
        for (var i = 0; i < RepetitionsOf(laterCalls); i++)
        {
            RunReaders(laterCalls, same, told, blind);
        }

        return [writes.Cost(), undos.Cost(), same.Cost(), told.Cost(), blind.Cost()];
    }

    private static int RepetitionsOf(int laterCalls) => Math.Max(RepetitionsMin, CallsPerMeasurement / laterCalls);

    private void RunWrites(int laterCalls, Repetitions writes, Repetitions undos)
    {
        var declaration = Declarations.Of(CallShape.ReadModifyWrite, world.Tree.OwnFile());
        ForResidents(laterCalls, declaration);
        for (var i = 0; i < RepetitionsOf(laterCalls); i++)
        {
            var late = world.Proposal(writer, declaration);
            writes.Add(world.Do(late));
            undos.Add(world.Do(new Input.Undo(world.NextRequest(), writer, [late.Call])));
        }
    }

    private void RunReaders(int laterCalls, Repetitions same, Repetitions told, Repetitions blind)
    {
        var name = world.Tree.OwnFile();
        var read = Declarations.Of(CallShape.Read, name);
        var write = Declarations.Of(CallShape.BlindWrite, name);
        ForResidents(laterCalls, read);
        same.Add(world.Do(writer, write));
        world.ReadResult = new ResultDigest(world.ReadResult.Value + 1);
        told.Add(world.Do(writer, write));
        TakeNotices(laterCalls);

        name = world.Tree.OwnFile();
        var once = Declarations.Of(CallShape.Read, name) with { CanReread = false };
        ForResidents(laterCalls, once);
        blind.Add(world.Do(writer, Declarations.Of(CallShape.BlindWrite, name)));
        TakeNotices(laterCalls);
    }

    /// <summary>A finish that comes too early brings what its agent has not been told; the next one confirms that.</summary>
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

    private sealed class Repetitions(string world, LateKind kind, int laterCalls)
    {
        private readonly List<StepTimes> all = [];

        public void Add(StepTimes times) => all.Add(times);

        public LateCost Cost() => new(
            world,
            kind,
            laterCalls,
            Statistics.Median(all.Select(times => times.Nanoseconds)) / laterCalls,
            Statistics.Median(all.Select(times => times.LongestNanoseconds)));
    }
}
