using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>The protocol's inputs as fields: a byte that says which, then its members in their order.</summary>
/// <remarks>The bytes are on disk: none is ever given to another input or outcome.</remarks>
internal static class InputCodec
{
    private enum InputKind : byte
    {
        Begin = 1,
        Propose = 2,
        Cancel = 3,
        Undo = 4,
        Abort = 5,
        Finish = 6,
        WaitEnded = 7,
        Leave = 8,
        Resolve = 9,
        Redeliver = 10,
        Release = 11,
        Ended = 12,
        PowerLost = 13,
    }

    private enum OutcomeKind : byte
    {
        Done = 1,
        Failed = 2,
        NotDone = 3,
        Unknown = 4,
        OutsideWrite = 5,
    }

    public static void Write(FieldWriter to, Input input)
    {
        to.Choice(KindOf(input));
        switch (input)
        {
            case Input.Begin(var agent, var given):
                to.Write(agent);
                to.OptionalNumber(given?.Value);
                break;
            case Input.Propose(var call, var transaction, var declaration):
                to.Write(call);
                to.Write(transaction);
                to.Write(declaration);
                break;
            case Input.Cancel(var call):
                to.Write(call);
                break;
            case Input.Undo(var request, var by, var calls):
                to.Write(request);
                to.OptionalNumber(by?.Number);
                to.Write(calls);
                break;
            case Input.Ended(var effect, var outcome):
                to.Write(effect);
                Write(to, outcome);
                break;
            default:
                WriteOfTransaction(to, input);
                break;
        }
    }

    public static Input Read(ref FieldReader from) => from.Choice<InputKind>() switch
    {
        InputKind.Begin => new Input.Begin(from.Agent(), from.Bool() ? from.Rank() : null),
        InputKind.Propose => new Input.Propose(from.Call(), from.Transaction(), from.Declaration()),
        InputKind.Cancel => new Input.Cancel(from.Call()),
        InputKind.Undo => new Input.Undo(from.Request(), from.Bool() ? from.Transaction() : null, from.Calls()),
        InputKind.Abort => new Input.Abort(from.Request(), from.Transaction()),
        InputKind.Finish => new Input.Finish(from.Request(), from.Transaction(), from.Bool()),
        InputKind.WaitEnded => new Input.WaitEnded(from.Transaction()),
        InputKind.Leave => new Input.Leave(from.Transaction()),
        InputKind.Resolve => new Input.Resolve(
            from.Request(), from.Transaction(), new NoticeId(from.Number()), from.Choice<NoticeDecision>(), from.Bool()),
        InputKind.Redeliver => new Input.Redeliver(from.Transaction()),
        InputKind.Release => new Input.Release(
            from.Request(), new QuarantineId(from.Number()), from.Choice<ReleaseVerdict>()),
        InputKind.Ended => new Input.Ended(from.Effect(), ReadOutcome(ref from)),
        InputKind.PowerLost => new Input.PowerLost(),
        var other => throw new DamageException($"there is no input {other}"),
    };

    private static void WriteOfTransaction(FieldWriter to, Input input)
    {
        switch (input)
        {
            case Input.Abort(var request, var transaction):
                to.Write(request);
                to.Write(transaction);
                break;
            case Input.Finish(var request, var transaction, var wait):
                to.Write(request);
                to.Write(transaction);
                to.Bool(wait);
                break;
            case Input.WaitEnded(var transaction):
                to.Write(transaction);
                break;
            case Input.Leave(var transaction):
                to.Write(transaction);
                break;
            case Input.Resolve(var request, var by, var notice, var decision, var keepsStaleValue):
                to.Write(request);
                to.Write(by);
                to.Number(notice.Number);
                to.Choice(decision);
                to.Bool(keepsStaleValue);
                break;
            case Input.Redeliver(var transaction):
                to.Write(transaction);
                break;
            case Input.Release(var request, var quarantine, var verdict):
                to.Write(request);
                to.Number(quarantine.Number);
                to.Choice(verdict);
                break;
            case Input.PowerLost:
                break;
            default:
                throw NotKnown(input);
        }
    }

    private static void Write(FieldWriter to, Outcome outcome)
    {
        to.Choice(KindOf(outcome));
        if (outcome is Outcome.Done(var result, var doneBytes))
        {
            to.Bits(result.Value);
            to.Number(doneBytes);
        }
        else if (outcome is Outcome.Failed(var error, var failedBytes))
        {
            to.Bits(error.Value);
            to.Number(failedBytes);
        }
    }

    private static Outcome ReadOutcome(ref FieldReader from) => from.Choice<OutcomeKind>() switch
    {
        OutcomeKind.Done => new Outcome.Done(new ResultDigest(from.Bits()), from.Number()),
        OutcomeKind.Failed => new Outcome.Failed(new ResultDigest(from.Bits()), from.Number()),
        OutcomeKind.NotDone => new Outcome.NotDone(),
        OutcomeKind.Unknown => new Outcome.Unknown(),
        OutcomeKind.OutsideWrite => new Outcome.OutsideWrite(),
        var other => throw new DamageException($"there is no outcome {other}"),
    };

    private static InputKind KindOf(Input input) => input switch
    {
        Input.Begin => InputKind.Begin,
        Input.Propose => InputKind.Propose,
        Input.Cancel => InputKind.Cancel,
        Input.Undo => InputKind.Undo,
        Input.Abort => InputKind.Abort,
        Input.Finish => InputKind.Finish,
        Input.WaitEnded => InputKind.WaitEnded,
        Input.Leave => InputKind.Leave,
        Input.Resolve => InputKind.Resolve,
        Input.Redeliver => InputKind.Redeliver,
        Input.Release => InputKind.Release,
        Input.Ended => InputKind.Ended,
        Input.PowerLost => InputKind.PowerLost,
        _ => throw NotKnown(input),
    };

    private static OutcomeKind KindOf(Outcome outcome) => outcome switch
    {
        Outcome.Done => OutcomeKind.Done,
        Outcome.Failed => OutcomeKind.Failed,
        Outcome.NotDone => OutcomeKind.NotDone,
        Outcome.Unknown => OutcomeKind.Unknown,
        Outcome.OutsideWrite => OutcomeKind.OutsideWrite,
        _ => throw NotKnown(outcome),
    };

    private static InvalidOperationException NotKnown(object what) =>
        new($"The journal has no encoding for {what.GetType().Name}: give it one and raise the version.");
}
