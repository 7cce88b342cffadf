using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Reordering;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.History;

/// <summary>Replays a journal and tells what happened: which call was put before which, what that undid and replayed, who was told why.</summary>
/// <remarks>
/// The entries are taken through the same protocol as when they were written, so what follows from them is what followed
/// then. Not for several threads. Every call is remembered in a few words: memory grows with the journal.
/// </remarks>
public sealed partial class JournalHistory
{
    private readonly WorkspaceMemory _memory;
    private readonly Dictionary<CallId, CallStory> _calls = [];
    private readonly Dictionary<TransactionId, Transaction> _transactions = [];
    private readonly Dictionary<EffectId, (Effect.World Effect, PlanView? Plan)> _out = [];
    private readonly Dictionary<RequestId, Transaction?> _asked = [];

    /// <summary>The calls, and the transactions, that are being taken back for good.</summary>
    private readonly HashSet<CallId> _takenBack = [];
    private readonly HashSet<TransactionId> _aborted = [];
    private List<HistoryEvent> _events = [];
    private long _entry;
    private DateTimeOffset _at;
    private string? _bootId;

    /// <summary>A history in which nothing has happened.</summary>
    /// <param name="time">A clock; the history's own times come from the journal.</param>
    public JournalHistory(TimeProvider time) => _memory = new WorkspaceMemory(new CoordinatorOptions(), time);

    /// <summary>The calls so far, by name.</summary>
    public IReadOnlyDictionary<CallId, CallStory> Calls => _calls;

    /// <summary>What the journal begins with, where its first entries are no longer kept; null where they are.</summary>
    public JournalEntry.Rested? Beginning { get; private set; }

    /// <summary>The number of the entry that was taken last; 0 before the first.</summary>
    public long LastEntry => _entry;

    /// <summary>The workspace as the entries so far leave it.</summary>
    public WorkspaceSnapshot Snapshot() => _memory.Snapshot();

    /// <summary>Takes the next entry.</summary>
    /// <returns>What happened by it, in order.</returns>
    /// <exception cref="JournalException">The entry cannot follow those before it.</exception>
    public ImmutableArray<HistoryEvent> Take(JournalEntry entry)
    {
        _entry = entry is JournalEntry.Rested rested ? rested.Number : _entry + 1;
        _at = entry.At;
        _events = [];
        try
        {
            Before(entry);
            var effects = _memory.Apply(entry);
            foreach (var effect in effects)
            {
                Tell(effect);
            }

            _memory.TakeForgotten();
        }
        catch (Exception error) when (error is InvariantException or KeyNotFoundException or ArgumentException)
        {
            throw new JournalException(
                $"Entry {_entry} of the journal cannot follow those before it: {error.Message} See what is wrong with: coagent verify", error);
        }

        return [.. _events];
    }

    private void Before(JournalEntry entry)
    {
        switch (entry)
        {
            case JournalEntry.Opened opened:
                var boot = _bootId is { Length: > 0 } before && opened.BootId.Length > 0 && before != opened.BootId
                    ? "; the machine was started anew since: what was written last may be lost" : "";
                _bootId = opened.BootId;
                Add(HistoryKind.Opened, (opened.IsFresh ? "a daemon began to write, with nothing open" : "a daemon went on where the last one stopped") + boot);
                break;
            case JournalEntry.Rested rested:
                Rest(rested);
                break;
            case JournalEntry.Resolved(_, var settled, var reason):
                Tell(settled, reason);
                break;
            case JournalEntry.Proposed proposed:
                Propose(proposed);
                break;
            case JournalEntry.Ended ended:
                End(ended);
                break;
            case JournalEntry.Taken taken:
                Tell(taken.Input);
                break;
            case JournalEntry.Prepared or JournalEntry.Released:
                break;
        }
    }

    private void Propose(JournalEntry.Proposed proposed)
    {
        var (id, declaration) = (proposed.Input.Call, proposed.Input.Declaration);
        var transaction = _transactions[proposed.Input.Transaction];
        _calls.Add(id, new CallStory(proposed.Call, transaction, declaration, _at));
        var kind = declaration.IsRead ? "" : declaration.IsIrreversible ? ", cannot be taken back" : "";
        AddOf(id, HistoryKind.Proposed,
            $"{CallText.Of(proposed.Call.Request)}: reads {HistoryWords.List(declaration.Footprint.Reads)}; "
            + $"writes {HistoryWords.List(declaration.Footprint.Writes)}{kind}");
    }

    private void Tell(Input input)
    {
        switch (input)
        {
            case Input.Cancel cancel when _calls.ContainsKey(cancel.Call):
                AddOf(cancel.Call, HistoryKind.Answered, "its client no longer waits for the answer");
                break;
            case Input.Undo undo:
                var by = undo.By is { } id ? _transactions.GetValueOrDefault(id) : null;
                _asked[undo.Request] = by;
                _takenBack.UnionWith(undo.Calls);
                Add(HistoryKind.TakenBack, $"{(by is null ? "the operator" : "its agent")} takes back {HistoryWords.List(undo.Calls)}", by, undo.Calls);
                break;
            case Input.Abort abort:
                _aborted.Add(abort.Transaction);
                Add(HistoryKind.TakenBack, "the transaction is to be taken back", Asks(abort.Request, abort.Transaction));
                break;
            case Input.Finish finish:
                Add(HistoryKind.Finishing, "wants to finish", Asks(finish.Request, finish.Transaction));
                break;
            case Input.Leave leave:
                Add(HistoryKind.Left, "its agent is gone, or its lease is over: it is unattended", _transactions.GetValueOrDefault(leave.Transaction));
                break;
            case Input.Resolve resolve:
                Tell(resolve, reason: null);
                break;
            case Input.PowerLost:
                Add(HistoryKind.PowerLost, "the machine lost power while agents were there: reads of the last moments may be forgotten");
                break;
            case Input.Redeliver redeliver when _transactions.TryGetValue(redeliver.Transaction, out var transaction):
                Add(HistoryKind.Retold, "what it was told last may not have arrived", transaction);
                break;
            case Input.Release release:
                Add(HistoryKind.Quarantined, $"the operator releases {release.Quarantine}: "
                    + (release.Verdict == Protocol.Quarantines.ReleaseVerdict.Applied ? "it counts as applied" : "it counts as taken back"));
                break;
        }
    }

    private void Tell(Input.Resolve resolve, string? reason)
    {
        var stale = resolve.KeepsStaleValue ? ", although a call that it keeps still contains the old value" : "";
        var decision = resolve.Decision.ToString().ToLowerInvariant();
        Add(HistoryKind.Resolved, $"decides on {resolve.Notice}: {decision}{stale}{HistoryWords.BecauseItSays(reason)}",
            Asks(resolve.Request, resolve.By), CallsOf(resolve), resolve.Notice);
    }

    /// <summary>The calls of the notice that is settled: their stories tell why it was.</summary>
    private ImmutableArray<CallId> CallsOf(Input.Resolve resolve) =>
        _memory.State.NoticesOf(resolve.By).FirstOrDefault(notice => notice.Id == resolve.Notice) is { } notice ? CallsOf(notice) : [];

    /// <summary>Nothing is open: where the journal begins so, what can still be asked for is what waits for agents that are gone.</summary>
    private void Rest(JournalEntry.Rested rested)
    {
        _bootId = rested.BootId;
        if (_memory.LastEntry > 0)
        {
            return;
        }

        Beginning = rested;
        Add(HistoryKind.Opened, $"the journal begins here, with nothing open: the {rested.Number - 1} entries before are no longer kept");
        foreach (var (read, call) in rested.Left.State.Lapsed.SelectMany(static agent => agent.Reads).Zip(rested.Left.Lapsed))
        {
            _transactions[call.Transaction.Id] = call.Transaction;
            _calls[read.Call] = new CallStory(call.Call, call.Transaction, read.Declaration, rested.At) { IsFolded = true };
        }
    }

    private Transaction? Asks(RequestId request, TransactionId by) => _asked[request] = _transactions.GetValueOrDefault(by);

    private void Add(
        HistoryKind kind, string words, Transaction? transaction = null, ImmutableArray<CallId> concerns = default,
        Protocol.Notices.NoticeId? notice = null) =>
        _events.Add(new HistoryEvent(_entry, _at, kind, words)
        {
            Transaction = transaction,
            Concerns = concerns.IsDefault ? [] : concerns,
            Notice = notice,
        });

    private void AddOf(CallId call, HistoryKind kind, string words, CallId? cause = null, ImmutableArray<CallId> concerns = default) =>
        _events.Add(new HistoryEvent(_entry, _at, kind, words)
        {
            Transaction = _calls.GetValueOrDefault(call)?.Transaction,
            Call = call,
            Cause = cause == call ? null : cause,
            Concerns = concerns.IsDefault ? [] : concerns,
        });
}
