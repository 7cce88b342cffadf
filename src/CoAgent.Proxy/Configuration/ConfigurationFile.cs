using System.Collections.Immutable;

namespace CoAgent.Proxy.Configuration;

/// <summary>The configuration in use, kept up with its file: good content is swapped in whole, bad content is reported
/// and the last good snapshot stays.</summary>
/// <remarks>
/// The file is polled, because change notifications miss renames, links and network folders. Callbacks run on the
/// polling loop, one at a time; an exception of a callback ends the loop and shows in <see cref="Completion"/>.
/// Bad content counts only when a second poll finds it still there, so that a file seen half-written is nobody's fault.
/// </remarks>
public sealed class ConfigurationFile : IAsyncDisposable
{
    /// <summary>How often the file is looked at unless told otherwise.</summary>
    public static readonly TimeSpan DefaultPollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>How many polls read the file again after its stamp last changed: two writes within the clock's grain
    /// leave the same stamp.</summary>
    private const int SettlingPollCount = 4;

    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly PeriodicTimer _timer;
    private FileStamp? _stamp;
    private int _settlingPollsLeft = SettlingPollCount; // the first look has nothing to compare with
    private ImmutableArray<Fault> _suspected = [];
    private Snapshot _snapshot;

    /// <summary>Begins with a snapshot that was loaded already; nothing is watched before <see cref="Start"/>.</summary>
    public ConfigurationFile(
        ProxyConfiguration first,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        TimeSpan? pollInterval = null)
    {
        _snapshot = new Snapshot(first, []);
        _environment = environment;
        _timer = new PeriodicTimer(pollInterval ?? DefaultPollInterval, time);
    }

    /// <summary>Called when a good file says something else than before: the old and the new snapshot.</summary>
    public Action<ProxyConfiguration, ProxyConfiguration>? Changed { get; set; }

    /// <summary>Called when the file is unusable, or unusable in another way than before; the snapshot stays.</summary>
    public Action<ImmutableArray<Fault>>? Faulted { get; set; }

    /// <summary>The last good snapshot.</summary>
    public ProxyConfiguration Current => Volatile.Read(ref _snapshot).Configuration;

    /// <summary>What is wrong with the file as it is now; empty while it is good.</summary>
    public ImmutableArray<Fault> LastFaults => Volatile.Read(ref _snapshot).Faults;

    /// <summary>The polling loop: ends when this is disposed, fails when a callback fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts watching.</summary>
    public void Start() => Completion = WatchAsync();

    /// <summary>Stops watching; a failure of the loop shows here, too.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await Completion;
    }

    /// <summary>Looks at the file once.</summary>
    internal void Poll()
    {
        var stamp = FileStamp.Of(Current.File);
        if (stamp != _stamp)
        {
            _stamp = stamp;
            _settlingPollsLeft = SettlingPollCount;
        }
        else if (_settlingPollsLeft == 0)
        {
            return;
        }
        else
        {
            _settlingPollsLeft--;
        }

        switch (McpJson.Load(Current.File, _environment))
        {
            case LoadResult.Loaded loaded:
                Take(loaded.Configuration);
                break;
            case LoadResult.Faulty faulty:
                Report(faulty.Faults);
                break;
        }
    }

    private async Task WatchAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            Poll();
        }
    }

    private void Take(ProxyConfiguration configuration)
    {
        var before = Current;
        _suspected = [];
        Volatile.Write(ref _snapshot, new Snapshot(configuration, []));
        if (configuration != before)
        {
            Changed?.Invoke(before, configuration);
        }
    }

    private void Report(ImmutableArray<Fault> faults)
    {
        var again = faults.SequenceEqual(_suspected);
        _suspected = faults;
        if (!again || faults.SequenceEqual(LastFaults))
        {
            return;
        }

        Volatile.Write(ref _snapshot, new Snapshot(Current, faults));
        Faulted?.Invoke(faults);
    }

    /// <summary>The last good configuration and what is wrong since: swapped together.</summary>
    private sealed record Snapshot(ProxyConfiguration Configuration, ImmutableArray<Fault> Faults);
}
