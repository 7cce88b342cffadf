using CoAgent.Protocol;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Worlds;

/// <content>How a write is carried out.</content>
internal sealed partial class FileWorld
{
    private Outcome Execute(Effect.Execute effect, Ending ending)
    {
        var call = _calls[effect.Call];
        var beneath = effect.Beneath is { } later ? _calls[later] : null;
        ProofException.Require(!call.Step.IsRead, "effects", $"{call} is a read and is executed as a write");
        ProofException.Require(!call.IsIn || call.IsUndermined, "I6", $"{call} is executed twice without an inverse between");
        ProofException.Require(
            !(effect.IsReplay && call.Step.Traits.HasFlag(StepTraits.NoReplay)), "replay", $"{call} is never to be executed twice");
        ProofException.Require(beneath is null or { IsIn: true }, "effects", $"{call} goes beneath {beneath}, which is not there");
        if (ending == Ending.NotDone)
        {
            return new Outcome.NotDone();
        }

        if (ending == Ending.Outside)
        {
            return ChangeFromOutside(beneath!);
        }

        call.IsUndermined = false;
        call.IsSetRight = false;
        call.Position = effect.Position;
        Capture(call, beneath);
        return Perform(call, ending);
    }

    /// <summary>Keeps what the inverse needs; what lies beneath another call takes over what that one has kept.</summary>
    private void Capture(WorldCall call, WorldCall? beneath)
    {
        for (var i = 0; i < call.Written.Length; i++)
        {
            var at = beneath?.Written.IndexOf(call.Written[i]) ?? -1;
            call.Before[i] = at >= 0 ? beneath!.Before[at] : Live[call.Written[i].Index];
        }

        foreach (var later in beneath is null ? [] : _calls.Values.Where(other => other.IsIn && other.Position > call.Position))
        {
            later.IsUndermined |= later.Written.Any(call.Written.Contains);
            later.IsIn = !(later.IsUndermined && later.Written.All(call.Written.Contains));
        }
    }

    private Outcome Perform(WorldCall call, Ending ending)
    {
        call.Shape = ending switch
        {
            Ending.ToolError => EffectShape.Nothing,
            Ending.Halfway => EffectShape.Half,
            _ => EffectShape.Whole,
        };
        call.IsIn = ending != Ending.LostUndone;
        call.IsInDoubt = ending is Ending.LostDone or Ending.LostUndone;
        var contents = call.IsIn ? Live : [.. Live];
        var answer = call.Repeat(contents);
        for (var i = 0; i < call.Written.Length; i++)
        {
            call.After[i] = contents[call.Written[i].Index];
        }

        var digest = Words.Digest(answer);
        return call.IsInDoubt ? new Outcome.Unknown()
            : answer.IsError ? new Outcome.Failed(digest, CapturedBytes: 8)
            : new Outcome.Done(digest, CapturedBytes: 8);
    }
}
