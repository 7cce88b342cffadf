using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Worlds;

/// <summary>A small world in memory that carries effects out, and complains when it is asked for what must not be.</summary>
internal sealed partial class FileWorld(WorldDefect defect)
{
    private readonly Dictionary<CallId, WorldCall> _calls = [];

    /// <summary>What the objects hold now.</summary>
    public string?[] Live { get; } = Place.InitialContents();

    /// <summary>What the digests stand for.</summary>
    public Words Words { get; } = new();

    /// <summary>The calls that it may be asked about.</summary>
    public IReadOnlyDictionary<CallId, WorldCall> Calls => _calls;

    /// <summary>Learns of a call.</summary>
    public void Know(CallId id, Step step, ToolCall tool) => _calls.Add(id, new WorldCall(id, step, tool));

    /// <summary>Carries out an effect.</summary>
    public Outcome CarryOut(Effect.World effect, Ending ending) => effect switch
    {
        Effect.Execute execute => Execute(execute, ending),
        Effect.Invert => Invert(_calls[effect.Call], ending),
        Effect.Probe => Probe(_calls[effect.Call], ending),
        Effect.Read read => Read(read, ending),
        _ => throw new InvalidOperationException($"There is no effect {effect}."),
    };

    /// <summary>Does what the operator says that he has done.</summary>
    public void SetRight(CallId id, ReleaseVerdict verdict)
    {
        var call = _calls[id];
        var isWhole = verdict == ReleaseVerdict.Applied && call.Shape == EffectShape.Whole;
        for (var i = 0; i < call.Written.Length; i++)
        {
            Live[call.Written[i].Index] = isWhole ? call.After[i] : call.Before[i];
        }

        if (verdict == ReleaseVerdict.Applied && !isWhole)
        {
            call.Repeat(Live);
        }

        for (var i = 0; i < call.Written.Length && verdict == ReleaseVerdict.Applied; i++)
        {
            call.After[i] = Live[call.Written[i].Index];
        }

        call.IsIn = verdict == ReleaseVerdict.Applied;
        call.IsInDoubt = false;
        call.IsSetRight = true;
    }

    private Outcome Invert(WorldCall call, Ending ending)
    {
        ProofException.Require(!call.Step.IsIrreversible, "effects", $"{call} has no inverse");
        ProofException.Require(call.IsIn || call.IsInDoubt, "effects", $"{call} is taken back and is not there");
        ProofException.Require(
            !(call.IsInDoubt && call.Step.Traits.HasFlag(StepTraits.Fragile)),
            "effects",
            $"{call} may be taken back only when it is there");
        for (var i = 0; i < call.Written.Length && !call.IsInDoubt && !call.IsUndermined; i++)
        {
            ProofException.Require(
                Live[call.Written[i].Index] == call.After[i],
                "I1",
                $"the inverse of {call} runs over {Live[call.Written[i].Index]}, and the call left {call.After[i]}");
        }

        switch (ending)
        {
            case Ending.Outside:
                return ChangeFromOutside(call);
            case Ending.ToolError:
                return new Outcome.Failed(Words.Digest(ToolCall.Fault));
            case Ending.NotDone:
                return new Outcome.NotDone();
            case Ending.LostUndone:
                call.IsInDoubt = true;
                return new Outcome.Unknown();
            default:
                Restore(call);
                call.IsInDoubt = ending == Ending.LostDone;
                return ending == Ending.LostDone ? new Outcome.Unknown() : new Outcome.Done(Words.Digest(new ToolAnswer("")));
        }
    }

    private void Restore(WorldCall call)
    {
        for (var i = 0; i < call.Written.Length && defect != WorldDefect.InverseRestoresNothing; i++)
        {
            Live[call.Written[i].Index] = call.Before[i];
        }

        call.IsIn = false;
        call.IsUndermined = false;
    }

    private static Outcome Probe(WorldCall call, Ending ending)
    {
        if (ending != Ending.Normal)
        {
            return new Outcome.Unknown();
        }

        call.IsInDoubt = false;
        return call.IsIn ? new Outcome.Done(default) : new Outcome.NotDone();
    }

    private Outcome Read(Effect.Read effect, Ending ending)
    {
        var call = _calls[effect.Call];
        ProofException.Require(call.Step.IsRead, "effects", $"{call} is a write and is executed as a read");
        var shown = (string?[])Live.Clone();
        for (var i = effect.Hidden.Length - 1; i >= 0 && defect != WorldDefect.ReadsShowLaterCalls; i--)
        {
            Hide(_calls[effect.Hidden[i]], shown);
        }

        return ending switch
        {
            Ending.Normal => new Outcome.Done(Words.Digest(call.Tool.Run(shown))),
            Ending.ToolError => new Outcome.Failed(Words.Digest(ToolCall.Fault)),
            Ending.NotDone => new Outcome.NotDone(),
            _ => new Outcome.Unknown(),
        };
    }

    private static void Hide(WorldCall hidden, string?[] shown)
    {
        ProofException.Require(
            hidden.IsIn || hidden.IsInDoubt || hidden.IsSetRight, "effects", $"{hidden} is to be hidden and is not there");
        for (var i = 0; i < hidden.Written.Length; i++)
        {
            shown[hidden.Written[i].Index] = hidden.Before[i];
        }
    }

    /// <summary>Somebody changes what the call may change: one that creates nothing has no eye on the listing.</summary>
    private Outcome.OutsideWrite ChangeFromOutside(WorldCall call)
    {
        var place = call.Written[0];
        if (Live[place.Index] is not null || call.Step.WrittenParts.Overlaps(Parts.Of([Place.ListingOf(place.Directory)])))
        {
            Live[place.Index] += "@";
        }

        return new Outcome.OutsideWrite();
    }
}

/// <summary>What is wrong with a world on purpose, to see that a check notices.</summary>
internal enum WorldDefect
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An inverse says that it ran, and restores nothing.</summary>
    InverseRestoresNothing,

    /// <summary>A read shows what later calls left.</summary>
    ReadsShowLaterCalls,
}
