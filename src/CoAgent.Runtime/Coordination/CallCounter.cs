using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>Gives the calls of a workspace their names.</summary>
internal sealed class CallCounter
{
    private long _last;

    public CallId Next() => new(Interlocked.Increment(ref _last));
}
