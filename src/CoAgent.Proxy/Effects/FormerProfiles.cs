using System.Collections.Concurrent;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>Who had captured the calls that were taken out and may be put back, where that is not who describes their tools now.</summary>
internal sealed class FormerProfiles
{
    /// <summary>How many calls are remembered; of more, the one that was taken out first is captured by who describes its tool now.</summary>
    public const int CallsMax = 10_000;

    private readonly ConcurrentDictionary<CallId, IToolProfile> _profiles = new();
    private readonly ConcurrentQueue<CallId> _order = new();

    /// <summary>Who had captured a call; null where it is who describes its tool now.</summary>
    public IToolProfile? Find(CallId call) => _profiles.IsEmpty ? null : _profiles.GetValueOrDefault(call);

    /// <summary>A call is taken out.</summary>
    /// <param name="call">The call.</param>
    /// <param name="capturedBy">Who has captured it.</param>
    /// <param name="now">Who would capture it if nobody remembered.</param>
    public void Note(CallId call, IToolProfile capturedBy, IToolProfile? now)
    {
        if (ReferenceEquals(capturedBy, now) || !_profiles.TryAdd(call, capturedBy))
        {
            return;
        }

        _order.Enqueue(call);
        while (_order.Count > CallsMax && _order.TryDequeue(out var oldest))
        {
            _profiles.TryRemove(oldest, out _);
        }
    }
}
