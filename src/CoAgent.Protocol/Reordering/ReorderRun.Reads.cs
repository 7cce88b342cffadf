using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>Reads at their position, and reads made again (protocol.md, sections 4 and 5).</summary>
internal sealed partial class ReorderRun
{
    private bool IsRereadPassed(Call read)
    {
        var about = _dirt.Meets(read.Footprint.Reads);
        if (read.IsGone || read.Footprint.Reads.IsEmpty || (about is null && !_plan.RereadsAll))
        {
            return true;
        }

        var hidden = Hidden(read);
        var canRead = ReorderPlanner.CanBeReread(read)
            && (hidden.IsEmpty || read.Declaration.View == ReadView.Version)
            && _state.Quarantines.FindBelow(read) is null;
        if (canRead)
        {
            Read(read, hidden, isReread: true);
            return false;
        }

        if (_state.Rules.Keep(Rule.OverlapIsTold))
        {
            _consequences.Change(read, about ?? read.Footprint.Reads[0], now: null);
        }

        return true;
    }

    private void Read(Call read, ImmutableArray<CallId> hidden, bool isReread) =>
        _state.Emit(new Effect.Read(_state.Await(this), read.Id, read.Position, hidden, isReread));

    private void TakeRead(PlanStep step, Outcome outcome)
    {
        ResultDigest? result = outcome switch
        {
            Outcome.Done(var done, _) => done,
            Outcome.Failed(var error, _) => error,
            _ => null,
        };
        if (step.Kind == PlanStepKind.Reread)
        {
            var about = _dirt.Meets(step.Call.Footprint.Reads) ?? step.Call.Footprint.Reads[0];
            _consequences.Change(step.Call, about, result);
        }
        else if (result is { } digest)
        {
            Result = new CallResult.Read(digest, ViewOf(step.Call));
            Record(step.Call, digest);
        }
        else
        {
            Result = outcome is Outcome.NotDone ? new CallResult.NotDone() : new CallResult.Unknown(Quarantine: null);
        }
    }

    private void Record(Call read, ResultDigest digest)
    {
        if (_state.Rules.Keep(Rule.ReadsAreRecorded))
        {
            read.State = CallState.Read;
            read.Told = digest;
            _state.Trajectories.Add(read);
        }
    }

    /// <summary>How a read's answer was come by; null when nothing later was in the way.</summary>
    private ReadView? ViewOf(Call read)
    {
        if (read.Declaration.View == ReadView.Live)
        {
            return ReadView.Live;
        }

        return !_plan.Unwind.IsEmpty ? ReadView.Rewind : Hidden(read).IsEmpty ? null : ReadView.Version;
    }

    /// <summary>The later calls in place that a read must not see, lowest first.</summary>
    private ImmutableArray<CallId> Hidden(Call read)
    {
        if (read.Declaration.View == ReadView.Live || !_state.Rules.Keep(Rule.OrderFilteredReads))
        {
            return [];
        }

        var found = _state.Scratch();
        foreach (var pattern in read.Footprint.Reads)
        {
            _state.Trajectories.CollectWritesSeen(pattern, read.Position, found);
        }

        return found.Count == 0
            ? []
            : [.. found.Where(call => call.IsInPlace || call.State == CallState.Quarantined).Distinct().OrderBy(call => call.Position).Select(call => call.Id)];
    }
}
