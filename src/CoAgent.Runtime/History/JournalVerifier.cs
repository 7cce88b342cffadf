using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;

namespace CoAgent.Runtime.History;

/// <summary>Checks a journal against what the protocol promises, as far as a journal can tell (protocol.md, section 8).</summary>
/// <remarks>
/// <code>
/// replay   every entry follows from those before it; what is said to be left where nothing is open is what is left
/// ids      names of calls and effects are given once; an end belongs to an effect that was out
/// intent   no write was executed before its intent was kept
/// latches  effects of two plans that were out together touch nothing of each other's
/// I3       no notice goes to a lower or equal rank
/// I4       a result that differs from what its agent was told is in a notice, or in an own answer
/// I5       what cannot be taken back was executed after every lower rank had ended
/// I6       a call that was told as applied is there, displaced, quarantined, or was told as taken back
/// </code>
/// What is promised of the live state (I1, I2, I7) no journal can tell. Told from the protocol's effects, not from its state.
/// </remarks>
public sealed partial class JournalVerifier(TimeProvider time)
{
    private readonly WorkspaceMemory _memory = new(new CoordinatorOptions(), time);
    private readonly Dictionary<EffectId, OutEffect> _out = [];
    private readonly Dictionary<CallId, CheckedCall> _calls = [];
    private readonly Dictionary<TransactionId, Transaction> _transactions = [];
    private readonly Dictionary<TransactionId, Transaction> _active = [];
    private readonly Dictionary<NoticeId, Notice> _notices = [];
    private readonly HashSet<TransactionId> _aborting = [];

    /// <summary>The names that were given; calls that are made at once need not arrive in their order.</summary>
    private readonly HashSet<CallId> _names = [];

    /// <summary>By plan: what its calls answered when they were made again.</summary>
    private readonly Dictionary<long, List<(CallId Call, ResultDigest Now)>> _compared = [];
    private long _lastEffect;
    private long _entryCount;
    private long _callCount;
    private long _entry;
    private Violation? _violation;

    /// <summary>Reads a journal to its end, or to the first thing that breaks a promise.</summary>
    /// <param name="entries">The journal.</param>
    /// <param name="time">A clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public static async Task<VerifyReport> VerifyAsync(
        IAsyncEnumerable<JournalEntry> entries, TimeProvider time, CancellationToken cancellationToken)
    {
        var verifier = new JournalVerifier(time);
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            if (!verifier.IsGood(entry))
            {
                return verifier.Report();
            }
        }

        verifier.LookAtEnd();
        return verifier.Report();
    }

    /// <summary>Takes the next entry.</summary>
    /// <returns>Whether all that is promised holds so far.</returns>
    public bool IsGood(JournalEntry entry)
    {
        _entryCount++;
        _entry = entry is JournalEntry.Rested rested ? rested.Number : _entry + 1;
        try
        {
            LookBefore(entry);
            if (_violation is null)
            {
                LookAfter(entry, _memory.Apply(entry));
                _memory.TakeForgotten();
            }
        }
        catch (Exception error) when (error is InvariantException or KeyNotFoundException or ArgumentException)
        {
            Break("replay", CallOf(entry), $"the entry cannot follow those before it: {error.Message}");
        }

        return _violation is null;
    }

    /// <summary>What it came to so far.</summary>
    public VerifyReport Report() => new(
        _entryCount, _callCount, _transactions.Count, _active.Count, _out.Count, _memory.Quarantines.Count, _violation);

    private void LookBefore(JournalEntry entry)
    {
        switch (entry)
        {
            case JournalEntry.Proposed proposed:
                LookAtProposal(proposed);
                break;
            case JournalEntry.Prepared prepared:
                LookAtIntent(prepared);
                break;
            case JournalEntry.Ended ended:
                LookAtEnd(ended);
                break;
            case JournalEntry.Rested rested:
                LookAtRest(rested);
                break;
            case JournalEntry.Taken { Input: Input.Abort abort }:
                _aborting.Add(abort.Transaction);
                break;
            case JournalEntry.Taken { Input: Input.Ended or Input.Propose }:
                Break("ids", call: null, "an input that has an entry of its own was kept without what belongs to it");
                break;
        }
    }

    private void LookAtProposal(JournalEntry.Proposed proposed)
    {
        var (call, transaction, declaration) = proposed.Input;
        _callCount++;
        Require(_names.Add(call), "ids", call, "its name was given before");
        Require(call == proposed.Call.Id, "ids", call, $"what was asked is kept for {proposed.Call.Id}");
        Require(_transactions.ContainsKey(transaction), "ids", call, $"its transaction {transaction} never began");
        Require(
            !_transactions.TryGetValue(transaction, out var of) || of.Agent == proposed.Call.Agent,
            "ids", call, $"agent {proposed.Call.Agent} made it in a transaction of {of?.Agent}");
        if (_violation is null)
        {
            _calls[call] = new CheckedCall(_transactions[transaction], declaration);
        }
    }

    private void LookAtIntent(JournalEntry.Prepared prepared)
    {
        var isOut = _out.TryGetValue(prepared.Effect, out var was);
        Require(
            isOut && was!.Effect is Effect.Execute && was.Effect.Call == prepared.Call,
            "intent", prepared.Call, $"an intent was kept for effect {prepared.Effect.Number}, by which it was not being executed");
        Require(!isOut || !was!.IsPrepared, "intent", prepared.Call, "its intent was kept twice for one execution");
        if (isOut)
        {
            was!.IsPrepared = true;
        }
    }

    private void LookAtEnd(JournalEntry.Ended ended)
    {
        if (!_out.Remove(ended.Input.Effect, out var was))
        {
            Break("ids", ended.Call, $"effect {ended.Input.Effect.Number} ended, and was not out");
            return;
        }

        var outcome = ended.Input.Outcome;
        Require(was.Effect.Call == ended.Call, "ids", ended.Call, $"it ended effect {ended.Input.Effect.Number}, which was one of {was.Effect.Call}");
        Require(
            was.Effect is not Effect.Execute || was.IsPrepared || outcome is Outcome.NotDone or Outcome.OutsideWrite,
            "intent", ended.Call, "it was executed before its intent was kept");
        if (was.Effect is Effect.Execute { IsReplay: true } or Effect.Read { IsReread: true } && DigestOf(outcome) is { } now)
        {
            var compared = _compared.TryGetValue(was.Plan, out var known) ? known : _compared[was.Plan] = [];
            compared.Add((ended.Call, now));
        }
    }

    private void LookAfter(JournalEntry entry, ImmutableArray<Effect> effects)
    {
        foreach (var effect in effects)
        {
            LookAt(effect);
        }

        LookAtPlansThatAreOver();
        foreach (var folded in effects.OfType<Effect.Folded>())
        {
            Forget(folded);
        }
    }

    private void Forget(Effect.Folded folded)
    {
        foreach (var call in folded.Calls.Where(call => !_memory.State.Remembers(call)))
        {
            _calls.Remove(call);
        }

        foreach (var notice in _notices.Values.Where(notice => notice.Transaction == folded.Transaction.Id).ToArray())
        {
            _notices.Remove(notice.Id);
        }
    }

    private void Require(bool holds, string rule, CallId? call, string words)
    {
        if (!holds)
        {
            Break(rule, call, words);
        }
    }

    private void Break(string rule, CallId? call, string words) => _violation ??= new Violation(_entry, rule, call, words);

    private static CallId? CallOf(JournalEntry entry) => entry switch
    {
        JournalEntry.Proposed proposed => proposed.Input.Call,
        JournalEntry.Prepared prepared => prepared.Call,
        JournalEntry.Ended ended => ended.Call,
        _ => null,
    };

    private static ResultDigest? DigestOf(Outcome outcome) => outcome switch
    {
        Outcome.Done(var result, _) => result,
        Outcome.Failed(var error, _) => error,
        _ => null,
    };

    /// <summary>An effect that is out.</summary>
    private sealed class OutEffect(Effect.World effect, long plan, Footprint footprint)
    {
        public Effect.World Effect { get; } = effect;

        public long Plan { get; } = plan;

        public Footprint Footprint { get; } = footprint;

        public bool IsPrepared { get; set; }
    }

    /// <summary>A call that is not folded.</summary>
    private sealed class CheckedCall(Transaction transaction, CallDeclaration declaration)
    {
        public Transaction Transaction { get; set; } = transaction;

        public CallDeclaration Declaration { get; } = declaration;

        /// <summary>What its agent was told that it returned; null when that is not known.</summary>
        public ResultDigest? Told { get; set; }

        /// <summary>Whether its agent was told that its effect is there.</summary>
        public bool IsPromised { get; set; }

        /// <summary>Whether it was told otherwise since, to its agent or whoever took it back.</summary>
        public bool IsTakenBack { get; set; }
    }
}
