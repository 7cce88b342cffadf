using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol;

/// <summary>What the protocol knows of one transaction that has not ended.</summary>
internal sealed class TransactionState(Transaction transaction)
{
    private readonly List<Call> _calls = [];

    public Transaction Transaction { get; } = transaction;

    public TransactionId Id => Transaction.Id;

    public Rank Rank => Transaction.Rank;

    /// <summary>Its calls that are remembered, in position order.</summary>
    public IReadOnlyList<Call> Calls => _calls;

    /// <summary>The number of its latest call.</summary>
    public long LastNumber { get; private set; }

    public NoticeBook Notices { get; } = new();

    /// <summary>Operations of its own, or on its calls, that have not ended.</summary>
    public int OperationCount { get; set; }

    /// <summary>Its calls that wait for lower ranks, or behind an own call that does.</summary>
    public List<CallOperation> Parked { get; } = [];

    /// <summary>Its displaced writes that are not settled.</summary>
    public List<Call> Displaced { get; } = [];

    /// <summary>The finish that waits for an answer; null when none does.</summary>
    public RequestId? WaitingFinish { get; set; }

    /// <summary>Whether it is among those to be looked at before the step ends.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Where its agent goes on, once it has come back; null before.</summary>
    public TransactionState? Successor { get; set; }

    /// <summary>Who is told of its calls.</summary>
    public TransactionState Addressee => Successor?.Addressee ?? this;

    /// <summary>Whether nobody is there to make calls: it finishes by itself.</summary>
    public bool IsUnattended { get; set; }

    /// <summary>The abort that is asked for; from then on it makes no calls. Null when none is.</summary>
    public RequestId? Abort { get; set; }

    /// <summary>Whether whoever asked for the abort has been answered: what is left of it waits for a release.</summary>
    public bool IsAbortAnswered { get; set; }

    /// <summary>Whether its agent can make calls in it.</summary>
    public bool IsOpen => !IsUnattended && Abort is null;

    public Position NextPosition() => new(Rank, ++LastNumber);

    public void Add(Call call) => _calls.Add(call);

    public void Remove(Call call)
    {
        var at = IndexOf(call);
        Invariant.Require(at >= 0, "a transaction's call is among its calls");
        _calls.RemoveAt(at);
    }

    private int IndexOf(Call call)
    {
        var (low, high) = (0, _calls.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _calls[middle].Position.CompareTo(call.Position);
            if (order == 0)
            {
                return _calls[middle] == call ? middle : -1;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }
}
