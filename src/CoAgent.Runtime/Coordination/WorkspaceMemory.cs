using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>All that the coordinator knows of its workspace: the protocol's state, and what each call was and answered.</summary>
/// <remarks>
/// Changed by journal entries only, the same way while a daemon runs and when the next one reads the journal: what is not in
/// an entry is not in memory after a restart. Only the loop touches it.
/// </remarks>
internal sealed partial class WorkspaceMemory(CoordinatorOptions options, TimeProvider time)
{
    private readonly Queue<TransactionStatus> _ended = [];
    private readonly List<CallId> _forgotten = [];
    private readonly HashSet<CallId> _lapsed = [];
    private readonly Dictionary<RequestId, QuarantineId> _releases = [];
    private readonly Queue<ToldNotice> _unattended = [];

    /// <summary>The protocol's state.</summary>
    public WorkspaceState State { get; private set; } = new(options.Protocol);

    /// <summary>The calls that the protocol remembers.</summary>
    public Dictionary<CallId, CallRecord> Calls { get; } = [];

    /// <summary>The transactions that have not ended.</summary>
    public Dictionary<TransactionId, TransactionRecord> Transactions { get; } = [];

    /// <summary>The effects on the world that are out, and whether an execution's intent is kept.</summary>
    public Dictionary<EffectId, (Effect.World Effect, bool IsPrepared)> Out { get; } = [];

    public Dictionary<QuarantineId, Quarantine> Quarantines { get; } = [];

    public ResultMemory Results { get; } = new(options.ResultBytesMax);

    /// <summary>The highest number that a call has had.</summary>
    public long LastCall { get; private set; }

    /// <summary>The highest number that a request has had.</summary>
    public long LastRequest { get; private set; }

    /// <summary>The latest transactions that ended, the last one last.</summary>
    public IEnumerable<TransactionStatus> Ended => _ended;

    /// <summary>Notices of ended transactions that nobody came for, the oldest first.</summary>
    public IEnumerable<ToldNotice> Unattended => _unattended;

    /// <summary>What a tool answered to a call, by the digest of it; null when that is kept no longer.</summary>
    /// <remarks>The digest is of what of the answer is state: it cannot be told from the answer alone.</remarks>
    public ToolResult? AnswerOf(CallRecord record, ResultDigest? digest) =>
        record.Latest is { } latest && record.LatestDigest == digest ? latest : Results.Find(digest);

    /// <summary>Takes in an entry.</summary>
    /// <returns>What is to be done; for an entry that holds no input, nothing.</returns>
    public ImmutableArray<Effect> Apply(JournalEntry entry)
    {
        if (entry is JournalEntry.Rested rested)
        {
            GoOnFrom(rested);
            return [];
        }

        LastEntry++;
        switch (entry)
        {
            case JournalEntry.Opened opened:
                Open(opened);
                return [];
            case JournalEntry.Resolved resolved:
                Note(resolved.Input);
                return NoteReason(resolved, Step(resolved.Input, entry.At));
            case JournalEntry.Taken taken:
                Note(taken.Input);
                return Step(taken.Input, entry.At);
            case JournalEntry.Proposed proposed:
                Note(proposed);
                return Step(proposed.Input, entry.At);
            case JournalEntry.Prepared prepared:
                Note(prepared);
                return [];
            case JournalEntry.Ended ended:
                Note(ended);
                return Step(ended.Input, entry.At);
            case JournalEntry.Released:
                return [];
            default:
                throw new InvalidOperationException($"Nobody knows the entry {entry.GetType().Name}.");
        }
    }

    private void Open(JournalEntry.Opened opened)
    {
        Note(opened);
        if (opened.IsFresh)
        {
            Invariant.Require(Transactions.Count == 0, "a state begins anew when nobody has anything open");
            State = State.Continue(opened.Options);
        }
    }

    private ImmutableArray<Effect> Step(Input input, DateTimeOffset at)
    {
        var effects = StateMachine.Step(State, input);
        foreach (var effect in effects)
        {
            Note(effect, at);
        }

        return effects;
    }

    private void Note(Input input)
    {
        LastRequest = Math.Max(LastRequest, input switch
        {
            Input.Undo undo => undo.Request.Number,
            Input.Abort abort => abort.Request.Number,
            Input.Finish finish => finish.Request.Number,
            Input.Resolve resolve => resolve.Request.Number,
            Input.Release release => release.Request.Number,
            _ => 0,
        });
        switch (input)
        {
            case Input.Undo { By: { } by }:
                Confirm(by);
                break;
            case Input.Finish finish:
                Confirm(finish.Transaction);
                break;
            case Input.Resolve resolve:
                Confirm(resolve.By);
                break;
            case Input.Redeliver redeliver when Transactions.TryGetValue(redeliver.Transaction, out var told):
                told.LostChanges.AddRange(told.ToldChanges);
                told.ToldChanges.Clear();
                break;
            case Input.PowerLost:
                IsPowerLossUntold = false;
                break;
            case Input.Leave leave when Transactions.TryGetValue(leave.Transaction, out var left):
                left.Stage = TransactionStage.Unattended;
                break;
            case Input.Release release:
                _releases.Add(release.Request, release.Quarantine);
                break;
            case Input.Abort abort when Transactions.TryGetValue(abort.Transaction, out var aborted):
                (aborted.Stage, aborted.EndsAs) = (TransactionStage.Aborting, TransactionStage.Aborted);
                break;
        }
    }

    private ImmutableArray<Effect> NoteReason(JournalEntry.Resolved resolved, ImmutableArray<Effect> effects)
    {
        var comesAgain = effects.Any(effect => effect is Effect.Resolved { Result: ResolveResult.AskedAgain });
        if (comesAgain && resolved.Reason is { } reason && Transactions.TryGetValue(resolved.Input.By, out var record))
        {
            record.Reasons[resolved.Input.Notice] = reason;
        }

        return effects;
    }

    /// <summary>A request of an agent: it has heard what it was told before.</summary>
    private void Confirm(TransactionId transaction)
    {
        if (Transactions.TryGetValue(transaction, out var record))
        {
            record.ToldChanges.Clear();
        }
    }

    private void Note(JournalEntry.Proposed proposed)
    {
        var (id, of) = (proposed.Input.Call, Transactions[proposed.Input.Transaction]);
        LastCall = Math.Max(LastCall, id.Number);
        Calls.Add(id, new CallRecord(
            proposed.Call, of.Transaction, proposed.Input.Declaration.Footprint, proposed.IsErrorAnOutcome));
        Confirm(of.Transaction.Id);
        of.Calls.Add(id);
        of.CallCount++;
        of.OpenCallCount++;
    }

    private void Note(JournalEntry.Prepared prepared)
    {
        Out[prepared.Effect] = (Out[prepared.Effect].Effect, IsPrepared: true);
        Calls[prepared.Call].Before = prepared.Before.NamesOnly();
    }

    private void Note(JournalEntry.Ended ended)
    {
        Invariant.Require(Out.Remove(ended.Input.Effect, out var was), "an effect that ended was out");
        var record = Calls[ended.Call];
        record.OutCount--;
        record.Reason = ended.Reason;
        if (was.Effect is Effect.Execute)
        {
            record.AfterUtf8 = ended.AfterUtf8;
        }

        if (ended.Result is { } result && ended.Input.Outcome is { } outcome && DigestOf(outcome) is { } digest)
        {
            (record.Latest, record.LatestDigest) = (result, digest);
            Keep(record, digest, result);
        }

        Forget(record);
    }

    /// <summary>The calls that nothing can ask for any more since the last time: what was kept for them may go.</summary>
    public ImmutableArray<CallId> TakeForgotten()
    {
        if (_forgotten.Count == 0)
        {
            return [];
        }

        ImmutableArray<CallId> forgotten = [.. _forgotten];
        foreach (var id in forgotten)
        {
            if (Calls.Remove(id, out var record))
            {
                record.Answers.ForEach(Results.Release);
            }
        }

        _forgotten.Clear();
        return forgotten;
    }

    /// <summary>Keeps what a call was answered for as long as it is remembered.</summary>
    private void Keep(CallRecord record, ResultDigest digest, ToolResult result)
    {
        if (!record.Answers.Contains(digest))
        {
            record.Answers.Add(digest);
            Results.Keep(digest, result);
        }
    }

    private static ResultDigest? DigestOf(Outcome outcome) => outcome switch
    {
        Outcome.Done done => done.Result,
        Outcome.Failed failed => failed.Error,
        _ => null,
    };

    /// <summary>Notes what nothing can ask for any more; it is there until the effects of the step are told.</summary>
    private void Forget(CallRecord record)
    {
        if (record.IsFolded && record.OutCount == 0)
        {
            _forgotten.Add(record.Call.Id);
        }
    }
}
