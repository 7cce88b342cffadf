namespace CoAgent.Tests.Support;

/// <summary>A clock that stands still until a test moves it; timers fire on the thread that moves it.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan Period, TaskCompletionSource Set)> _awaited = [];
    private TimeSpan _elapsed;

    /// <summary>The moment that the clock starts at.</summary>
    public static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed();

    public override long GetTimestamp() => Elapsed().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>When a timer of that period is set: at once when one is.</summary>
    public Task WhenSetAsync(TimeSpan period)
    {
        lock (_lock)
        {
            if (_timers.Any(timer => timer.Period == period))
            {
                return Task.CompletedTask;
            }

            var set = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((period, set));
            return set.Task;
        }
    }

    /// <summary>Moves the clock, stopping at each timer on the way and firing it there.</summary>
    public void Advance(TimeSpan by)
    {
        var target = Elapsed() + by;
        while (TakeNextDue(target) is { } timer)
        {
            timer.Fire();
        }

        lock (_lock)
        {
            _elapsed = target;
        }
    }

    private TimeSpan Elapsed()
    {
        lock (_lock)
        {
            return _elapsed;
        }
    }

    private ManualTimer? TakeNextDue(TimeSpan target)
    {
        lock (_lock)
        {
            var timer = _timers.Where(timer => timer.DueAt <= target).MinBy(timer => timer.DueAt);
            if (timer?.DueAt is { } due)
            {
                _elapsed = due > _elapsed ? due : _elapsed;
                timer.DueAt = timer.Period is { } period ? due + period : null;
            }

            return timer;
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public TimeSpan? DueAt { get; set; }

        public TimeSpan? Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : time._elapsed + dueTime;
                Period = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : period;
                if (!time._timers.Contains(this))
                {
                    time._timers.Add(this);
                }

                time._awaited.Where(awaited => awaited.Period == Period).ToList().ForEach(static awaited => awaited.Set.TrySetResult());
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
