using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Effects;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Runs that may be of use again: observed before they were proposed, or done before and taken out since.</summary>
/// <remarks>
/// Whoever takes one has it alone, and keeps it again or disposes of it. Beyond the bounds the oldest are dropped: what is dropped is run again.
/// An observation is of use for a short time only, for what it answers may depend on the time.
/// </remarks>
internal sealed class KeptRuns(TimeProvider time, int countMax, long bytesMax) : IDisposable
{
    /// <summary>How long an observation may wait to be proposed.</summary>
    /// <value>1 minute.</value>
    internal static readonly TimeSpan ObservationAgeMax = TimeSpan.FromMinutes(1);

    private ImmutableList<Kept> _kept = [];

    /// <summary>How many are kept.</summary>
    internal int Count => _kept.Count;

    /// <summary>Keeps what was observed of a call that is not named yet.</summary>
    internal void KeepObserved(string key, TriedRun run) => Add(new Kept(key, Call: null, run, time.GetTimestamp()));

    /// <summary>Keeps what a call has done.</summary>
    internal void Keep(CallId call, string key, TriedRun run) => Add(new Kept(key, call, run, time.GetTimestamp()));

    /// <summary>Takes the run of a call, or one that was observed for it, that would be the same now; others of the call are dropped.</summary>
    /// <param name="call">The call; null when it is not named yet.</param>
    /// <param name="key">What is the same for the same call made again.</param>
    /// <param name="declared">What the call was declared to touch; null when nobody knows.</param>
    /// <param name="earlier">The tree that it is to find; null: as it is.</param>
    internal TriedRun? Take(CallId? call, string key, Touched? declared, EarlierFiles? earlier)
    {
        while (Find(call, key) is { } found)
        {
            if (!TryRemove(found))
            {
                continue;
            }

            if (IsOfUse(found, declared, earlier))
            {
                return found.Run;
            }

            found.Run.Dispose();
        }

        return null;
    }

    /// <summary>All layers are gone.</summary>
    public void Dispose()
    {
        foreach (var kept in Interlocked.Exchange(ref _kept, []))
        {
            kept.Run.Dispose();
        }
    }

    // What the call itself has done comes first: its agent was told that.
    private Kept? Find(CallId? call, string key) =>
        (call is null ? null : _kept.FindLast(kept => kept.Call == call && kept.Key == key))
        ?? _kept.FindLast(kept => kept.Call is null && kept.Key == key);

    private bool IsOfUse(Kept kept, Touched? declared, EarlierFiles? earlier) =>
        (kept.Call is not null || time.GetElapsedTime(kept.At) <= ObservationAgeMax)
        && (declared is null || PositionedFootprints.IsWithin(declared, kept.Run.Touched))
        && kept.Run.Witness is { } witness && witness.HoldsIn(earlier);

    private bool TryRemove(Kept found)
    {
        var before = _kept;
        var after = before.Remove(found);
        return after.Count < before.Count && Interlocked.CompareExchange(ref _kept, after, before) == before;
    }

    private void Add(Kept added)
    {
        ImmutableList<Kept> before, after;
        do
        {
            before = _kept;
            after = before.Add(added);
            var bytes = after.Sum(static kept => kept.Run.BytesTotal);
            while (after.Count > 0 && (after.Count > countMax || bytes > bytesMax))
            {
                bytes -= after[0].Run.BytesTotal;
                after = after.RemoveAt(0);
            }
        }
        while (Interlocked.CompareExchange(ref _kept, after, before) != before);

        foreach (var dropped in before.Add(added).Where(kept => !after.Contains(kept)))
        {
            dropped.Run.Dispose();
        }
    }

    private sealed record Kept(string Key, CallId? Call, TriedRun Run, long At);
}
