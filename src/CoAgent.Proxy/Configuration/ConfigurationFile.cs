using System.Collections.Immutable;
using System.Security.Cryptography;

namespace CoAgent.Proxy.Configuration;

/// <summary>The configuration in use, kept up with its file: good content is swapped in whole, bad content is reported
/// and the last good snapshot stays.</summary>
/// <remarks>
/// The file is polled, because change notifications miss renames, links and network folders. Callbacks run on the
/// polling loop, one at a time; an exception of a callback ends the loop and shows in <see cref="Completion"/>.
/// Bad content counts only when a second poll finds the same, so that a file seen half-written is nobody's fault.
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
    private Stamp? _stamp;
    private int _settlingPollsLeft = SettlingPollCount;
    private string? _seen;
    private string? _judged;
    private volatile ProxyConfiguration _current;
    private ImmutableArray<Fault> _lastFaults = [];

    /// <summary>Begins with a snapshot that was loaded already; nothing is watched before <see cref="Start"/>.</summary>
    public ConfigurationFile(
        ProxyConfiguration first,
        IReadOnlyDictionary<string, string> environment,
        TimeProvider time,
        TimeSpan? pollInterval = null)
    {
        _current = first;
        _environment = environment;
        _timer = new PeriodicTimer(pollInterval ?? DefaultPollInterval, time);
    }

    /// <summary>A good file says something else than before: the old and the new snapshot.</summary>
    public event Action<ProxyConfiguration, ProxyConfiguration>? Changed;

    /// <summary>The file became unusable; the snapshot stays.</summary>
    public event Action<ImmutableArray<Fault>>? Faulted;

    /// <summary>The last good snapshot.</summary>
    public ProxyConfiguration Current => _current;

    /// <summary>What is wrong with the file as it is now; empty while it is good.</summary>
    public ImmutableArray<Fault> LastFaults => _lastFaults;

    /// <summary>The polling loop: ends when this is disposed, fails when a callback fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Starts watching. Subscribe first.</summary>
    public void Start() => Completion = PollAsync();

    /// <summary>Stops watching.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await Completion;
    }
}
