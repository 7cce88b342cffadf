using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>The catalogs of a workspace, kept up with their files: a whole new snapshot when something has changed.</summary>
/// <remarks>
/// Polled, because change notifications miss renames, links and network folders. A change counts when a second look finds it
/// the same, so that nobody reads what is half written. Callbacks run on the loop or on who asks, one at a time.
/// </remarks>
public sealed class ToolCatalog : IAsyncDisposable
{
    /// <summary>How often the folders are looked at unless told otherwise.</summary>
    public static readonly TimeSpan DefaultPollInterval = TimeSpan.FromMilliseconds(500);

    private readonly Func<CatalogFolders> _folders;
    private readonly PeriodicTimer _timer;
    private readonly CatalogReader _reader = new();
    private readonly Lock _reading = new();
    private Looked? _read;
    private Looked? _seen;
    private CatalogSnapshot? _current;

    /// <summary>Begins; nothing is read before somebody asks, or watched before <see cref="Start"/>.</summary>
    /// <param name="folders">Where the catalogs are now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="pollInterval">How often the folders are looked at; null for the default.</param>
    public ToolCatalog(Func<CatalogFolders> folders, TimeProvider time, TimeSpan? pollInterval = null)
    {
        _folders = folders;
        _timer = new PeriodicTimer(pollInterval ?? DefaultPollInterval, time);
    }

    /// <summary>Called with each snapshot that says something else than the one before it.</summary>
    public Action<CatalogSnapshot>? Changed { get; set; }

    /// <summary>What the catalogs say.</summary>
    public CatalogSnapshot Current => Volatile.Read(ref _current) ?? Reload();

    /// <summary>The watching loop: ends when this is disposed, fails when a callback fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Reads two catalogs once.</summary>
    public static CatalogSnapshot Read(CatalogFolders folders) => new CatalogReader().Read(folders);

    /// <summary>Starts watching.</summary>
    public void Start() => Completion = WatchAsync();

    /// <summary>Reads the catalogs again, whatever their files look like.</summary>
    public CatalogSnapshot Reload()
    {
        lock (_reading)
        {
            return Take(Look());
        }
    }

    /// <summary>Stops watching; a failure of the loop shows here, too.</summary>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await Completion;
    }

    /// <summary>Looks at the folders once.</summary>
    internal void Poll()
    {
        lock (_reading)
        {
            var look = Look();
            if (look != _read && look == _seen)
            {
                Take(look);
            }

            _seen = look;
        }
    }

    private async Task WatchAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            Poll();
        }
    }

    private CatalogSnapshot Take(Looked look)
    {
        var before = _current;
        var snapshot = _reader.Read(look.Folders);
        _read = look;
        Volatile.Write(ref _current, snapshot);
        if (before is null || !Says(before, snapshot))
        {
            Changed?.Invoke(snapshot);
        }

        return snapshot;
    }

    private Looked Look()
    {
        var folders = _folders();
        return new Looked(
            folders,
            folders.Shipped is { } shipped ? FolderContent.StampOf(shipped) : default,
            FolderContent.StampOf(folders.Workspace));
    }

    // A profile that has not changed is the same object (CatalogReader).
    private static bool Says(CatalogSnapshot before, CatalogSnapshot after) =>
        before.Faults.SequenceEqual(after.Faults) && before.Profiles.SequenceEqual(after.Profiles);

    private sealed record Looked(CatalogFolders Folders, ContentId Shipped, ContentId Workspace);
}
