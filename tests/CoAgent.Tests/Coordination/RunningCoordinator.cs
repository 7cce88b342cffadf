using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Coordination;

/// <summary>A coordinator whose loop runs for the length of a test.</summary>
internal sealed class RunningCoordinator : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public RunningCoordinator(CoordinatorOptions? options = null)
    {
        Coordinator = new Coordinator(options ?? new CoordinatorOptions(), Time);
        _run = Coordinator.RunAsync(_stop.Token);
    }

    public ManualTime Time { get; } = new();

    public Coordinator Coordinator { get; }

    public async Task<TransactionHandle> BeginAsync(string agent, long? given = null) =>
        Assert.IsType<BeginResult.Open>(await AskBeginAsync(agent, given)).Handle;

    public async Task<BeginResult> AskBeginAsync(string agent, long? given = null) =>
        await Coordinator.BeginAsync(AgentId.Create(agent), given is { } rank ? new Rank(rank) : null, default)
            .AsTask().WaitAsync(Bound);

    public async Task<FinishResult> FinishAsync(TransactionId id) =>
        await Coordinator.FinishAsync(id, default).AsTask().WaitAsync(Bound);

    public async Task<WorkspaceSnapshot> SnapshotAsync() => await Coordinator.SnapshotAsync(default).AsTask().WaitAsync(Bound);

    public async Task DisconnectAsync(string agent)
    {
        await Coordinator.DisconnectedAsync(AgentId.Create(agent), default);
        await SnapshotAsync();
    }

    public async Task ReconnectAsync(string agent)
    {
        await Coordinator.ReconnectedAsync(AgentId.Create(agent), default);
        await SnapshotAsync();
    }

    /// <summary>Moves the clock once the loop has set its timer for everything asked so far, and lets it act.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        // The answer to the first leaves before its deadlines are looked at; the second is behind that.
        await SnapshotAsync();
        Time.Advance(by);
        await SnapshotAsync();
        await SnapshotAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Bound);
        _stop.Dispose();
    }
}
