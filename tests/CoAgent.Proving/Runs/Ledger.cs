using CoAgent.Protocol;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Proving.Agents;
using CoAgent.Proving.Serial;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <summary>Holds what a run must be like at each step (protocol.md, section 8), apart from what the protocol says of itself.</summary>
internal sealed partial class Ledger(Run run)
{
    private readonly string?[] _base = Place.InitialContents();
    private readonly HashSet<CallId> _foldedInDoubt = [];
    private readonly Dictionary<TransactionId, Rank> _open = [];

    // What ended in this step otherwise than its agent was told, and the notices that ended with their transactions.
    private readonly List<(CallId Call, string Problem)> _unheard = [];
    private readonly List<Notice> _shown = [];
    private readonly List<Call> _ordered = [];

    /// <summary>What the calls of ended transactions have left.</summary>
    public IReadOnlyList<string?> Base => _base;

    /// <summary>A new effect goes out: what it touches is touched by no other (Effect.World), and it may (I5).</summary>
    public void Admit(Effect.World effect)
    {
        var touched = Touch(effect);
        foreach (var other in run.Out)
        {
            var (read, written) = Touch(other);
            ProofException.Require(
                !touched.Written.Overlaps(read | written.Contents) && !written.Overlaps(touched.Read),
                "effects",
                $"{effect} goes out while {other} touches the same");
        }

        if (effect is Effect.Execute execute && run.World.Calls[effect.Call].Step.IsIrreversible)
        {
            CheckLast(execute);
        }

        CheckHidden(effect);
    }

    /// <summary>A notice goes from a lower rank to a higher one (I3), and says something new (section 5).</summary>
    public void CheckNotice(Notice notice)
    {
        var told = _open[notice.Transaction];
        ProofException.Require(
            notice.Cause.Rank is not { } cause || cause < told, "I3", $"rank {told} is told of a change by rank {notice.Cause.Rank}");
        var isOfValue = notice is { IsAskedAgain: false, Kind: NoticeKind.Stale or NoticeKind.Result };
        var isNoise = isOfValue && notice.Entries is [{ Was: { } was, Now: { } now }] && was == now;
        ProofException.Require(
            !isNoise || run.HasToldAgain, "section 5", $"{notice.Id} tells rank {told} of a value that did not change");
    }

    /// <summary>A transaction has begun.</summary>
    public void Open(Transaction transaction) => _open[transaction.Id] = transaction.Rank;

    /// <summary>What was taken back is out.</summary>
    public void CheckTakenBack(Effect.UndoAnswered answer)
    {
        foreach (var undone in answer.Calls.Where(undone => undone.Fate is not UndoFate.Kept))
        {
            var isIn = run.World.Calls.TryGetValue(undone.Call, out var call) && call.IsIn;
            ProofException.Require(!isIn, "undo", $"{call} is said to be {undone.Fate} and is still there");
        }
    }

    /// <summary>Takes over into the base what an ended transaction has left: it knew that all of it is so.</summary>
    public void Fold(Effect.Folded folded)
    {
        _open.Remove(folded.Transaction.Id);
        _shown.AddRange(folded.Open);
        foreach (var call in folded.Calls.OrderBy(id => id.Number).Select(id => run.World.Calls[id]))
        {
            if (run.IsQuarantined(call.Id))
            {
                _foldedInDoubt.Add(call.Id);
            }
            else if (call.IsIn || call.Step.IsRead)
            {
                CheckKnown(folded, call, call.Repeat(_base).Text);
            }
            else
            {
                CheckKnown(folded, call, now: null);
            }
        }
    }

    /// <summary>Takes over what the operator has made of a call whose transaction had ended before.</summary>
    public void Rebase(WorldCall call)
    {
        if (_foldedInDoubt.Remove(call.Id))
        {
            Array.ForEach([.. call.Written], place => _base[place.Index] = run.World.Live[place.Index]);
        }
    }

    /// <summary>Checks I1, I2, I4 and I6 as they must hold after every step.</summary>
    public void Check()
    {
        CheckHeard();
        _ordered.Clear();
        _ordered.AddRange(run.State.Calls.Values);
        _ordered.Sort(static (left, right) => left.Position.CompareTo(right.Position));
        var busy = BusyParts();
        var unsure = Parts.Of([.. run.Quarantines.SelectMany(quarantine => quarantine.Objects)]) | busy.Changing;
        var contents = (string?[])_base.Clone();
        var tainted = unsure;
        foreach (var call in _ordered)
        {
            var known = run.World.Calls[call.Id];
            CheckPresence(call, known, busy);
            if (known.Step.IsRead || IsEffective(call, known))
            {
                var isTainted = known.Step.ReadParts.Overlaps(tainted);
                tainted = isTainted ? tainted | known.Step.WrittenParts : tainted - (known.Step.WrittenParts - unsure);
                CheckAnswer(call, known.Repeat(contents), isTainted, busy);
            }
        }

        CheckLive(contents, tainted);
        CheckKept(busy);
    }

    /// <summary>I5: what cannot be taken back goes out when every lower rank has ended, also one that is still to begin.</summary>
    private void CheckLast(Effect.Execute execute)
    {
        var rank = execute.Position.Rank;
        var toCome = run.Agents.Where(agent => agent is { Transaction: null, IsDone: false, HasLeft: false });
        var before = _open.Values.Concat(toCome.Select(agent => agent.Rank)).Where(other => other < rank);
        ProofException.Require(!before.Any(), "I5", $"{execute} goes out while rank {before.FirstOrDefault()} has not finished");
    }

    private static (Parts Read, Parts Written) TouchOf(Step step, Effect.World effect) => effect switch
    {
        Effect.Invert or Effect.Probe => (default, step.WrittenParts),
        _ => (step.ReadParts, step.WrittenParts),
    };

    private (Parts Read, Parts Written) Touch(Effect.World effect) => TouchOf(run.World.Calls[effect.Call].Step, effect);

    private void CheckHidden(Effect.World effect)
    {
        if (effect is not Effect.Read read)
        {
            return;
        }

        var positions = read.Hidden.Select(hidden => run.State.Calls[hidden].Position).Prepend(read.Position).ToList();
        ProofException.Require(
            positions.Zip(positions.Skip(1)).All(pair => pair.First < pair.Second),
            "effects",
            $"{effect} does not hide later calls, lowest first");
    }

    private static bool IsEffective(Call call, WorldCall known) =>
        call.IsInPlace && (known.IsIn || !(known.Step.IsIrreversible && known.IsInDoubt));

    /// <summary>What operations on their way may have changed, or look at.</summary>
    private (Parts Changing, Parts Touched) BusyParts()
    {
        var (changing, touched) = (default(Parts), default(Parts));
        foreach (var operation in run.State.Operations)
        {
            if (operation.IsRunning || operation is RecheckOperation)
            {
                changing |= operation.IsRunning ? Parts.Of(operation.Latches.Exclusive) : default;
                touched |= Parts.Of(operation.Latches.Exclusive) | Parts.Of(operation.Latches.Shared);
                touched |= operation is RecheckOperation recheck
                    ? Parts.Of([.. recheck.Request.Rereads.SelectMany(read => read.Footprint.Reads)])
                    : default;
            }
        }

        return (changing, touched);
    }
}
