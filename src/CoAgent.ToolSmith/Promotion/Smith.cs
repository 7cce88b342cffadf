using System.Text.Json;
using System.Threading.Channels;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>Grows a catalog beside the daemon: learns in its own time, one line after the other, and asks nobody to wait.</summary>
public sealed class Smith : IToolSmith, IAsyncDisposable
{
    /// <summary>How many lines wait to be learned from; what comes then is not learned from.</summary>
    public const int WaitingMax = 64;

    private readonly Channel<(SeenCommand Seen, int ExitCode)> _waiting = Channel.CreateBounded<(SeenCommand, int)>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CancellationTokenSource _stopping = new();
    private readonly GrowingCatalog _catalog;
    private readonly ToolRequests _requests;
    private readonly CallCheck _check;
    private readonly Task _learning;

    /// <summary>Begins to learn.</summary>
    /// <param name="ground">What the catalog stands on.</param>
    /// <param name="failed">Is told what went wrong with a line: the next one is learned from all the same.</param>
    public Smith(GrowthGround ground, Action<Exception> failed)
    {
        _catalog = GrowingCatalog.Create(ground);
        _requests = new ToolRequests(_catalog, ground.Folders);
        _check = new CallCheck(ground);
        _learning = LearnAsync(failed);
    }

    /// <inheritdoc/>
    public SeenCommand? Look(string line, string directory) => _catalog.Look(line, directory);

    /// <inheritdoc/>
    public void Note(SeenCommand seen, int exitCode) => _waiting.Writer.TryWrite((seen, exitCode));

    /// <inheritdoc/>
    public Task<ToolOffer> RequestAsync(string request, CancellationToken cancellationToken) => _requests.AnswerAsync(request, cancellationToken);

    /// <inheritdoc/>
    public string? Refuse(CatalogedTool tool, JsonElement arguments) => _check.Refuse(tool, arguments);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _learning;
        _stopping.Dispose();
        _catalog.Dispose();
    }

    private async Task LearnAsync(Action<Exception> failed)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await foreach (var (seen, exitCode) in _waiting.Reader.ReadAllAsync(_stopping.Token))
            {
                await LearnAsync(seen, exitCode, failed);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The daemon goes down: what waits is not learned from.
        }
    }

    private async Task LearnAsync(SeenCommand seen, int exitCode, Action<Exception> failed)
    {
        try
        {
            await _catalog.LearnAsync(seen, exitCode, _stopping.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            failed(error); // A fault of ours in a trial ends nobody's work.
        }
    }
}
