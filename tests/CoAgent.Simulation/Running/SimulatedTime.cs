namespace CoAgent.Simulation.Running;

/// <summary>A clock that moves when nothing else does: to the next timer.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(SimulatedTimer Timer, long Version), (long At, long Order)> _timers = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits in simulated time.</summary>
    public Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, this, cancellationToken);

    /// <summary>Goes to the next timer and lets it call back.</summary>
    /// <returns>False when none is set.</returns>
    public bool Advance()
    {
        while (_timers.TryDequeue(out var next, out var due))
        {
            if (next.Timer.IsSet(next.Version))
            {
                _now = Math.Max(_now, due.At);
                next.Timer.Fire();
                return true;
            }
        }

        return false;
    }

    private void Schedule(SimulatedTimer timer, long version, TimeSpan due) =>
        _timers.Enqueue((timer, version), (_now + due.Ticks, ++_order));

    private sealed class SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _version;

        public bool IsSet(long version) => version == _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                time.Schedule(this, _version, dueTime);
            }

            return true;
        }

        public void Fire()
        {
            _version++;
            callback(state);
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
