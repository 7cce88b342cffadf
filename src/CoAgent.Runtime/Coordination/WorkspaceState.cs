using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>Everything that the coordinator's loop owns: the serial order, the open transactions, who is gone.</summary>
/// <remarks>Only the loop touches it.</remarks>
internal sealed class WorkspaceState(CoordinatorOptions options, TimeProvider time)
{
    private readonly CallCounter _callIds = new();
    private readonly Dictionary<TransactionId, TransactionHandle> _open = [];
    private readonly Dictionary<TransactionId, Departure> _gone = [];
    private readonly Queue<TransactionStatus> _ended = [];
    private SerialOrder _order = SerialOrder.Start(options.Order);

    public BeginResult Begin(AgentId agent, Rank? given)
    {
        switch (_order.Begin(agent, given))
        {
            case BeginDecision.AlreadyOpen { Transaction.Id: var id }:
                _gone.Remove(id);
                _open[id].Touch();
                return new BeginResult.Open(_open[id], IsNew: false);
            case BeginDecision.Begun when _open.Count >= options.OpenTransactionsMax:
                return new BeginResult.Full(options.OpenTransactionsMax);
            case BeginDecision.Begun(var order, var transaction):
                _order = order;
                _open[transaction.Id] = new TransactionHandle(transaction, _callIds, time);
                return new BeginResult.Open(_open[transaction.Id], IsNew: true);
            case BeginDecision.Refused(var refusal):
                return new BeginResult.Refused(refusal);
            case var other:
                throw new InvalidOperationException($"The order decided {other.GetType().Name}, which nobody knows.");
        }
    }

    public FinishResult Finish(TransactionId id) =>
        _open.TryGetValue(id, out var handle)
            ? new FinishResult.Finished(End(handle, TransactionState.Finished))
            : new FinishResult.NotOpen();

    public void Disconnected(AgentId agent)
    {
        if (OpenOf(agent) is { } handle)
        {
            _gone[handle.Transaction.Id] = new Departure(time.GetTimestamp(), handle.CallCount);
        }
    }

    public void Reconnected(AgentId agent)
    {
        if (OpenOf(agent) is { } handle)
        {
            _gone.Remove(handle.Transaction.Id);
            handle.Touch();
        }
    }

    /// <summary>Ends what is past its grace or its lease.</summary>
    /// <returns>How long until the next such moment; null when nothing is open.</returns>
    public TimeSpan? EndOverdue()
    {
        var next = TimeSpan.MaxValue;
        foreach (var handle in _open.Values.ToArray())
        {
            var grace = GraceLeft(handle) ?? TimeSpan.MaxValue;
            var lease = LeaseLeft(handle);
            if (grace <= TimeSpan.Zero)
            {
                EndGone(handle);
            }
            else if (lease <= TimeSpan.Zero && handle.TryEndIdle())
            {
                End(handle, TransactionState.Expired);
            }
            else
            {
                // A lease that is over and does not end has an open call, or one that waits: from its end there is a
                // whole lease to go.
                next = Earlier(next, Earlier(grace, lease > TimeSpan.Zero ? lease : options.Lease));
            }
        }

        return next == TimeSpan.MaxValue ? null : next;
    }

    public WorkspaceSnapshot Snapshot() => new(
        [.. _order.Open.Values.Select(transaction => StatusOf(_open[transaction.Id]))],
        [.. _ended],
        _order.HighestFinished);

    private TimeSpan LeaseLeft(TransactionHandle handle) => options.Lease - time.GetElapsedTime(handle.TouchedAt);

    /// <summary>How much of its grace a gone agent has left; null when it is not gone, or called since in another way.</summary>
    private TimeSpan? GraceLeft(TransactionHandle handle)
    {
        var id = handle.Transaction.Id;
        if (!_gone.TryGetValue(id, out var departure))
        {
            return null;
        }

        if (handle.CallCount == departure.CallCount)
        {
            return options.DisconnectGrace - time.GetElapsedTime(departure.At);
        }

        _gone.Remove(id);
        return null;
    }

    private void EndGone(TransactionHandle handle) => End(handle, options.OnDisconnect switch
    {
        DisconnectPolicy.Finish => TransactionState.Finished,
        DisconnectPolicy.Abort => TransactionState.Aborted,
        var other => throw new InvalidOperationException($"No disconnect policy is {other}."),
    });

    private TransactionStatus End(TransactionHandle handle, TransactionState state)
    {
        var id = handle.Transaction.Id;
        if (_order.Finish(id) is not FinishDecision.Finished { Order: var order })
        {
            throw new InvalidOperationException($"Transaction {id} has a handle and is not open in the order.");
        }

        handle.End();
        _order = order;
        _open.Remove(id);
        _gone.Remove(id);
        var status = StatusOf(handle) with { State = state, EndedAt = time.GetUtcNow(), RanksBefore = [] };
        _ended.Enqueue(status);
        if (_ended.Count > options.ShownEndedMax)
        {
            _ended.Dequeue();
        }

        return status;
    }

    private TransactionStatus StatusOf(TransactionHandle handle) => new(
        handle.Transaction,
        _gone.ContainsKey(handle.Transaction.Id) ? TransactionState.Disconnected : TransactionState.Open,
        handle.CallCount,
        handle.OpenCallCount,
        handle.StartedAt,
        EndedAt: null,
        _order.RanksBefore(handle.Transaction.Rank));

    private static TimeSpan Earlier(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private TransactionHandle? OpenOf(AgentId agent) =>
        _open.Values.FirstOrDefault(handle => handle.Transaction.Agent == agent);

    /// <summary>When an agent's connection ended, and how many calls it had made by then.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Departure(long At, long CallCount);

}
