using System.Runtime.InteropServices;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>A call that was given its name and its place.</summary>
/// <param name="Id">Its name in the workspace.</param>
/// <param name="Position">Its place in the serial order.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StartedCall(CallId Id, Position Position);

/// <summary>An open transaction as the proxy holds it: calls begin and end on it without going through the loop.</summary>
/// <remarks>Any thread, no locks. Every call that was started is ended, else the transaction is never idle.</remarks>
public sealed class TransactionHandle
{
    private const int Ended = 1 << 30;
    private const int CountMask = Ended - 1;

    private readonly CallCounter _callIds;
    private readonly TimeProvider _time;
    private long _callCount;
    private long _touchedAt;

    /// <summary>How many calls are open, with <see cref="Ended"/> added once the transaction takes no more: one word, so
    /// that a call either begins before the end or is turned away.</summary>
    private int _openCalls;

    internal TransactionHandle(Transaction transaction, CallCounter callIds, TimeProvider time)
    {
        Transaction = transaction;
        _callIds = callIds;
        _time = time;
        StartedAt = time.GetUtcNow();
        _touchedAt = time.GetTimestamp();
    }

    /// <summary>The transaction: id, agent, rank.</summary>
    public Transaction Transaction { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>How many calls it has had.</summary>
    public long CallCount => Volatile.Read(ref _callCount);

    /// <summary>How many of them are open.</summary>
    public int OpenCallCount => Volatile.Read(ref _openCalls) & CountMask;

    /// <summary>Whether it takes no more calls: the agent's next one begins another transaction.</summary>
    public bool IsEnded => (Volatile.Read(ref _openCalls) & Ended) != 0;

    /// <summary>When a call last began or ended, or the agent was heard of, as a timestamp of the clock.</summary>
    internal long TouchedAt => Volatile.Read(ref _touchedAt);

    /// <summary>Names and places the next call; null when the transaction has ended and the agent has to begin anew.</summary>
    public StartedCall? NextCall()
    {
        if (!TryOpenCall())
        {
            return null;
        }

        var position = new Position(Transaction.Rank, Interlocked.Increment(ref _callCount));
        return new StartedCall(_callIds.Next(), position);
    }

    /// <summary>Opens a call again that was answered with a question and now goes on; null as in <see cref="NextCall"/>.</summary>
    public StartedCall? ResumeCall(StartedCall call) => TryOpenCall() ? call : null;

    /// <summary>Ends a call that <see cref="NextCall"/> or <see cref="ResumeCall"/> opened: once each.</summary>
    public void EndCall()
    {
        Touch();
        if ((Interlocked.Decrement(ref _openCalls) & CountMask) == CountMask)
        {
            Interlocked.Increment(ref _openCalls);
            throw new InvalidOperationException("A call ends once, and only after it was started.");
        }
    }

    private bool TryOpenCall()
    {
        var open = Volatile.Read(ref _openCalls);
        while ((open & Ended) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _openCalls, open + 1, open);
            if (seen == open)
            {
                Touch();
                return true;
            }

            open = seen;
        }

        return false;
    }

    internal void Touch() => Volatile.Write(ref _touchedAt, _time.GetTimestamp());

    /// <summary>Takes no more calls; those that are open go on.</summary>
    internal void End() => Interlocked.Or(ref _openCalls, Ended);

    /// <summary>Takes no more calls, unless one is open.</summary>
    internal bool TryEndIdle() => Interlocked.CompareExchange(ref _openCalls, Ended, comparand: 0) is 0;
}
