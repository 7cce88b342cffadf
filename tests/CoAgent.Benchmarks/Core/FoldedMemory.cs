using System.Runtime;
using CoAgent.Benchmarks.Rows;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;

namespace CoAgent.Benchmarks.Core;

/// <summary>What stays of calls whose transactions have finished.</summary>
/// <param name="FewCalls">Folded calls at the first look.</param>
/// <param name="FewBytes">Live bytes then.</param>
/// <param name="ManyCalls">Folded calls at the second look.</param>
/// <param name="ManyBytes">Live bytes then.</param>
internal sealed record FoldedMemoryResult(int FewCalls, long FewBytes, int ManyCalls, long ManyBytes)
{
    public double BytesPerCall => (double)(ManyBytes - FewBytes) / (ManyCalls - FewCalls);
}

/// <summary>Runs transactions of new agents on objects never seen before; ten are open at any time.</summary>
internal static class FoldedMemory
{
    private const int CallsPerTransaction = 100;
    private const int OpenMax = 10;

    public static FoldedMemoryResult Measure(int fewCalls, int manyCalls)
    {
        var world = new CoreWorld(new WorldSize("folding", CoreWorld.GuestsMax, Objects: 0, InFlight: 0));
        var open = new Queue<TransactionId>();
        Run(world, open, fewCalls);
        var few = LiveBytes();
        Run(world, open, manyCalls - fewCalls);
        var many = LiveBytes();
        GC.KeepAlive(world);
        return new FoldedMemoryResult(fewCalls, few, manyCalls, many);
    }

    /// <summary>Bytes that something still refers to.</summary>
    public static long LiveBytes()
    {
        for (var i = 0; i < 2; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        }

        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static void Run(CoreWorld world, Queue<TransactionId> open, int calls)
    {
        for (var call = 0; call < calls; call += CallsPerTransaction)
        {
            var transaction = CoreWorld.Begun(StateMachine.Step(world.State, world.Arrival())).Id;
            open.Enqueue(transaction);
            for (var i = 0; i < CallsPerTransaction; i++)
            {
                var shape = (CallShape)(i % 4);
                world.Do(transaction, Declarations.Of(shape, $"{world.Tree.OwnDirectory()}/file.cs"));
            }

            if (open.Count > OpenMax)
            {
                Finish(world, open.Dequeue());
            }
        }
    }

    private static void Finish(CoreWorld world, TransactionId transaction)
    {
        var effects = StateMachine.Step(world.State, new Input.Finish(world.NextRequest(), transaction, Wait: false));
        if (effects is not [Effect.FinishAnswered, Effect.Folded])
        {
            throw new NotMeasuredException("the lowest transaction was to finish");
        }
    }
}
