using CoAgent.Benchmarks.Rows;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;

namespace CoAgent.Benchmarks.Core;

/// <summary>Guests that come, make calls that conflict with nothing, finish, and leave nothing behind.</summary>
internal sealed class StepLoad(CoreWorld world)
{
    public const int CallsPerGuest = 20;

    private static readonly CallShape[] Shapes = Enum.GetValues<CallShape>();

    private readonly StepMeter meter = new(world.State);

    public WorldSize Size => world.Size;

    /// <summary>Takes guests through their calls, and says what the steps cost.</summary>
    public StepRound Run(int batches)
    {
        meter.Begin();
        for (var batch = 0; batch < batches; batch++)
        {
            RunBatch();
        }

        return meter.End();
    }

    private void RunBatch()
    {
        var guests = new TransactionId[CoreWorld.GuestsMax];
        for (var i = 0; i < guests.Length; i++)
        {
            guests[i] = CoreWorld.Begun(meter.Step(StepKind.BeginGiven, world.GuestArrival())).Id;
        }

        foreach (var (shape, proposal) in Proposals(guests))
        {
            Call(shape, proposal);
        }

        foreach (var guest in guests)
        {
            var finish = new Input.Finish(world.NextRequest(), guest, Wait: false);
            if (meter.Step(StepKind.FinishAndFold, finish) is not [Effect.FinishAnswered, Effect.Folded])
            {
                throw new NotMeasuredException("a guest was to finish");
            }
        }
    }

    private void Call(CallShape shape, Input.Propose proposal)
    {
        if (meter.Step(StepKinds.Propose(shape), proposal) is not [Effect.World effect])
        {
            throw new NotMeasuredException("a call that conflicts with nothing was to begin at once");
        }

        var ended = new Input.Ended(effect.Id, world.Done(effect));
        var effects = meter.Step(StepKinds.End(shape), ended);
        if (effects is not [Effect.Answer { Result: CallResult.Applied or CallResult.Read { View: null } }])
        {
            throw new NotMeasuredException("a call that conflicts with nothing was to be answered at once");
        }
    }

    private (CallShape Shape, Input.Propose Proposal)[] Proposals(TransactionId[] guests)
    {
        var proposals = new (CallShape, Input.Propose)[guests.Length * CallsPerGuest];
        for (var i = 0; i < proposals.Length; i++)
        {
            var shape = Shapes[i % Shapes.Length];
            var guest = guests[i / Shapes.Length % guests.Length];
            proposals[i] = (shape, world.Proposal(guest, Declarations.Of(shape, world.Tree.NameFor(shape))));
        }

        world.Random.Shuffle(proposals);
        return proposals;
    }
}
