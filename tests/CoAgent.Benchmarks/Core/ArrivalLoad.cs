using CoAgent.Benchmarks.Rows;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;

namespace CoAgent.Benchmarks.Core;

/// <summary>
/// Agents that are placed above all while the lowest transaction finishes: as many stay open as the size says. A world
/// of its own, without objects, because they would go with their transactions.
/// </summary>
internal sealed class ArrivalLoad
{
    private readonly CoreWorld world;
    private readonly StepMeter meter;
    private readonly Queue<TransactionId> open;

    public ArrivalLoad(WorldSize size)
    {
        Size = size;
        world = new CoreWorld(size with { Objects = 0, InFlight = 0 });
        meter = new StepMeter(world.State);
        open = new Queue<TransactionId>(world.Residents);
        while (open.Count < size.Transactions)
        {
            Begin();
        }
    }

    public WorldSize Size { get; }

    public StepRound Run(int count)
    {
        meter.Begin();
        for (var i = 0; i < count; i++)
        {
            Begin();
            var finish = new Input.Finish(world.NextRequest(), open.Dequeue(), Wait: false);
            if (StateMachine.Step(world.State, finish) is not [Effect.FinishAnswered, Effect.Folded])
            {
                throw new NotMeasuredException("the lowest transaction was to finish");
            }
        }

        return meter.End();
    }

    private void Begin() => open.Enqueue(CoreWorld.Begun(meter.Step(StepKind.BeginArrival, world.Arrival())).Id);
}
