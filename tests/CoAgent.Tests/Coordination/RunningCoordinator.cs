using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;
using CoAgent.Simulated.Journals;
using CoAgent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Coordination;

/// <summary>A coordinator whose loop runs for the length of a test, before a journal in memory.</summary>
internal sealed class RunningCoordinator : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly MemoryJournal _journal;
    private readonly Task _run;

    private RunningCoordinator(Coordinator coordinator, MemoryJournal journal, ManualTime time)
    {
        (Coordinator, _journal, Time) = (coordinator, journal, time);
        _run = coordinator.RunAsync(_stop.Token);
    }

    public ManualTime Time { get; }

    public Coordinator Coordinator { get; }

    public MemoryJournal Journal => _journal;

    public static async Task<RunningCoordinator> StartAsync(
        IToolWorld world, CoordinatorOptions? options = null, ManualTime? time = null, MemoryJournal? journal = null)
    {
        journal ??= new MemoryJournal();
        time ??= new ManualTime();
        var coordinator = await Coordinator.OpenAsync(
            options ?? new CoordinatorOptions(), journal, world, time, NullLoggerFactory.Instance, CancellationToken.None);
        return new RunningCoordinator(coordinator, journal, time);
    }

    public async Task<Transaction> BeginAsync(string agent, long? given = null) => Assert.IsType<BeginResult.Open>(
        await Coordinator.BeginAsync(AgentId.Create(agent), given is { } rank ? new Rank(rank) : null, default).AsTask().WaitAsync(Bound))
        .Transaction;

    public async Task<BeginResult> AskBeginAsync(string agent, long? given = null) => await Coordinator.BeginAsync(
        AgentId.Create(agent), given is { } rank ? new Rank(rank) : null, default).AsTask().WaitAsync(Bound);

    /// <summary>Makes a call: <c>put x 1</c>.</summary>
    public async Task<CallAnswer.Decided> CallAsync(string agent, string what) => Assert.IsType<CallAnswer.Decided>(
        await Coordinator.CallAsync(HeldWorld.Propose(Coordinator, agent, what), default).AsTask().WaitAsync(Bound));

    public async Task<FinishAnswer> FinishAsync(Transaction transaction, TimeSpan wait = default) =>
        await Coordinator.FinishAsync(transaction.Id, wait, default).AsTask().WaitAsync(Bound);

    /// <summary>Moves the clock; what is due then has been looked at when it returns.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await SnapshotAsync();
        Time.Advance(by);
        await SnapshotAsync();
    }

    public async Task<bool> IsOpenAsync(Transaction transaction) =>
        (await SnapshotAsync()).Open.Any(status => status.Transaction == transaction);

    public async Task<WorkspaceSnapshot> SnapshotAsync() => await Coordinator.SnapshotAsync(default).AsTask().WaitAsync(Bound);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Coordinator.Dispose();
        await _journal.DisposeAsync();
        _stop.Dispose();
    }
}
