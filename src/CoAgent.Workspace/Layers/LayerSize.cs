namespace CoAgent.Workspace.Layers;

/// <summary>Looks, while a command runs, at how much it has written into its layer.</summary>
/// <remarks>
/// One file is bounded by the kernel, to a little more than all of them together may hold. All of them are looked at four times a second, so a
/// command may get somewhat beyond, and once more when it has ended.
/// </remarks>
internal sealed class LayerSize : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private static readonly EnumerationOptions s_everything = new()
    {
        RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true,
    };

    private readonly CancellationTokenSource _exceeded = new();
    private readonly IReadOnlyList<string> _folders;
    private readonly long _bytesMax;
    private readonly ITimer _timer;

    private LayerSize(Layer layer, long bytesMax, TimeProvider time)
    {
        _folders = FoldersOf(layer);
        _bytesMax = bytesMax;
        _timer = time.CreateTimer(static size => ((LayerSize)size!).Look(), this, s_interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when it is too much.</summary>
    internal CancellationToken Exceeded => _exceeded.Token;

    internal static LayerSize Watch(Layer layer, long bytesMax, TimeProvider time) => new(layer, bytesMax, time);

    /// <summary>How much was written into a layer, in bytes.</summary>
    internal static long Of(Layer layer) => FoldersOf(layer).Sum(SizeOf);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _exceeded.Dispose();
    }

    private static List<string> FoldersOf(Layer layer) =>
        [layer.IsCopy ? layer.Area.Copy : layer.Area.Upper, .. layer.Places.Select((_, at) => layer.Area.UpperOf(at))];

    private void Look()
    {
        try
        {
            if (_folders.Sum(SizeOf) > _bytesMax)
            {
                _exceeded.Cancel();
            }
            else
            {
                _timer.Change(s_interval, Timeout.InfiniteTimeSpan);
            }
        }
        catch (ObjectDisposedException)
        {
            // It ended while it was looked at.
        }
        catch (IOException)
        {
            // A folder went while it was looked at: the next look tells.
            _timer.Change(s_interval, Timeout.InfiniteTimeSpan);
        }
    }

    private static long SizeOf(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", s_everything).Sum(SizeOf);

    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.LinkTarget is null ? file.Length : 0;
        }
        catch (FileNotFoundException)
        {
            return 0; // It has gone, or its name is no text.
        }
    }
}
