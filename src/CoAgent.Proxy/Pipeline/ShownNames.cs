using System.Collections.Concurrent;
using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Calls that their agents know by another name: the one that the call had before its server asked for input.</summary>
/// <remarks>
/// To the coordinator a retry that brings the input is a call of its own, because nothing is latched while somebody thinks;
/// to the agent it is the same call. Kept in memory: after a restart of the daemon such a call shows its own name.
/// </remarks>
internal sealed class ShownNames
{
    /// <summary>How many calls are remembered; beyond, the oldest show their own names.</summary>
    public const int NamesMax = 4_096;

    private readonly ConcurrentDictionary<CallId, CallId> _shown = new();
    private readonly ConcurrentDictionary<CallId, CallId> _actual = new();
    private readonly ConcurrentQueue<CallId> _order = new();

    /// <summary>Takes note of a call's name for its agent.</summary>
    public void Note(CallId actual, CallId shown)
    {
        if (actual == shown)
        {
            return;
        }

        _shown[actual] = shown;
        _actual[shown] = actual;
        _order.Enqueue(actual);
        while (_order.Count > NamesMax && _order.TryDequeue(out var oldest))
        {
            if (_shown.TryRemove(oldest, out var name))
            {
                _actual.TryRemove(new KeyValuePair<CallId, CallId>(name, oldest));
            }
        }
    }

    /// <summary>The name by which its agent knows a call.</summary>
    public CallId Of(CallId actual) => _shown.GetValueOrDefault(actual, actual);

    /// <summary>The call that an agent means.</summary>
    public CallId Meant(CallId shown) => _actual.GetValueOrDefault(shown, shown);

    /// <summary>Notices in the names that agents know.</summary>
    public ImmutableArray<ToldNotice> Of(ImmutableArray<ToldNotice> notices) =>
        _shown.IsEmpty ? notices : [.. notices.Select(Of)];

    /// <summary>Changes in the names that agents know.</summary>
    public ImmutableArray<ToldChange> Of(ImmutableArray<ToldChange> changes) =>
        _shown.IsEmpty ? changes : [.. changes.Select(change => change with { Entry = Of(change.Entry) })];

    /// <summary>What became of calls, in the names that agents know.</summary>
    public UndoAnswer Of(UndoAnswer answer) => _shown.IsEmpty ? answer : answer with
    {
        Calls = [.. answer.Calls.Select(call => call with { Call = Of(call.Call) })],
        Replayed = [.. answer.Replayed.Select(Of)],
        Changed = Of(answer.Changed),
    };

    /// <summary>A call in the name that its agent knows.</summary>
    public NamedCall Of(NamedCall call) => call with { Id = Of(call.Id) };

    private ToldNotice Of(ToldNotice told) => told with
    {
        Notice = told.Notice with
        {
            Entries = [.. told.Notice.Entries.Select(entry => entry with { Call = Of(entry.Call) })],
            Cause = told.Notice.Cause with { Call = told.Notice.Cause.Call is { } cause ? Of(cause) : null },
            Candidates = [.. told.Notice.Candidates.Select(Of)],
        },
        Entries = [.. told.Entries.Select(Of)],
        Cause = told.Cause is { } call ? Of(call) : null,
        Candidates = [.. told.Candidates.Select(Of)],
    };

    private ToldEntry Of(ToldEntry entry) => entry with { Id = Of(entry.Id), Call = entry.Call is { } call ? Of(call) : null };
}
