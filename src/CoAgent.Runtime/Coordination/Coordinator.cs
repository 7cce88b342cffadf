using System.Collections.Immutable;
using System.Threading.Channels;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Runtime.Coordination;

/// <summary>Drives the protocol of one workspace against the world, durably: one writer, one loop, one bounded queue.</summary>
/// <remarks>
/// Any thread may ask; answers come in the order in which they were decided, each when what it rests on is in the journal.
/// The loop decides and never waits for a tool: effects run beside it and post how they ended. The host runs
/// <see cref="RunAsync"/> for as long as the workspace lives. A fault in the loop, or a journal that cannot be written,
/// ends it: the run fails, and with it every question that waits or comes later; the journal is left for the next start.
/// </remarks>
public sealed partial class Coordinator : IDisposable
{
    /// <summary>How many characters of an agent's reason are kept.</summary>
    public const int ReasonCharsMax = 1_000;

    private readonly Channel<CoordinatorInput> _inputs;
    private readonly CoordinatorOptions _options;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WorkspaceMemory _memory;
    private readonly EffectRunner _effects;
    private readonly Outbox _outbox;
    private readonly Func<CoordinatorInput, CancellationToken, ValueTask> _write;
    private readonly CancellationTokenSource _stopping = new();
    private long _lastCall;
    private int _runCount;

    private Coordinator(
        CoordinatorOptions options, IJournal journal, IToolWorld world, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _journal, _time) = (options, journal, time);
        _logger = loggers.CreateLogger<Coordinator>();
        _memory = new WorkspaceMemory(options, time);
        _effects = new EffectRunner(
            world, input => PostAsync(input, CancellationToken.None), loggers.CreateLogger<EffectRunner>());
        _outbox = new Outbox(options.QueueAnswersMax);
        _write = WriteAsync;

        // Whoever posts to an idle loop runs it: that saves the common call two changes of thread.
        _inputs = Channel.CreateBounded<CoordinatorInput>(new BoundedChannelOptions(options.QueueInputsMax)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
            AllowSynchronousContinuations = true,
        });
    }

    /// <summary>A coordinator that goes on where the journal ends.</summary>
    /// <exception cref="JournalException">The journal cannot be read or written; the message says what to do.</exception>
    public static async Task<Coordinator> OpenAsync(
        CoordinatorOptions options,
        IJournal journal,
        IToolWorld world,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        var coordinator = new Coordinator(options, journal, world, time, loggers);
        await coordinator.RecallAsync(cancellationToken);
        return coordinator;
    }

    /// <summary>How many bytes of answers are kept in memory, for notices to show.</summary>
    internal long ResultBytesKept => _memory.Results.BytesTotal;

    /// <summary>A name for a call that is to be proposed: no other call of the workspace has had it.</summary>
    public CallId NameCall() => new(Interlocked.Increment(ref _lastCall));

    /// <summary>Begins a transaction for an agent, or answers the one that it has open.</summary>
    /// <remarks>Giving up the wait does not take the transaction back; the lease does.</remarks>
    public ValueTask<BeginResult> BeginAsync(AgentId agent, Rank? given, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Begin(agent, given), cancellationToken);

    /// <summary>Makes a call in its agent's transaction, which begins with it when there is none.</summary>
    /// <param name="proposal">The call.</param>
    /// <param name="cancellationToken">Its client no longer wants the answer: a call that has not begun is dropped.</param>
    public async ValueTask<CallAnswer> CallAsync(CallProposal proposal, CancellationToken cancellationToken)
    {
        var question = new CoordinatorInput.Propose(proposal);
        try
        {
            return await AskAsync(question, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await PostAsync(new CoordinatorInput.Cancel(question), CancellationToken.None);
            throw;
        }
    }

    /// <summary>Takes calls back.</summary>
    /// <param name="by">The transaction that asks for its own calls; null for the operator.</param>
    /// <param name="calls">The calls.</param>
    /// <param name="cancellationToken">Gives up the wait, not the undo.</param>
    public ValueTask<UndoAnswer> UndoAsync(TransactionId? by, ImmutableArray<CallId> calls, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Undo(by, calls), cancellationToken);

    /// <summary>Takes a transaction back as a whole.</summary>
    public ValueTask<AbortAnswer> AbortAsync(TransactionId transaction, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Abort(transaction), cancellationToken);

    /// <summary>An agent says that it is done.</summary>
    /// <param name="transaction">Its transaction.</param>
    /// <param name="wait">How long the answer may wait for lower ranks.</param>
    /// <param name="cancellationToken">Its client no longer waits.</param>
    public async ValueTask<FinishAnswer> FinishAsync(TransactionId transaction, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(new CoordinatorInput.Finish(transaction, wait), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await PostAsync(new CoordinatorInput.StopWaiting(transaction), CancellationToken.None);
            throw;
        }
    }

    /// <summary>An agent settles a notice.</summary>
    /// <param name="by">Its transaction.</param>
    /// <param name="notice">The notice.</param>
    /// <param name="decision">What it decided.</param>
    /// <param name="reason">Why, in its own words; null when it does not say. Kept up to <see cref="ReasonCharsMax"/> characters.</param>
    /// <param name="cancellationToken">Gives up the wait, not the decision.</param>
    public ValueTask<ResolveResult> ResolveAsync(
        TransactionId by, NoticeId notice, NoticeDecision decision, string? reason, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Resolve(by, notice, decision, reason), cancellationToken);

    /// <summary>The operator has put a quarantined object right.</summary>
    /// <returns>Whether there was such a quarantine.</returns>
    public ValueTask<bool> ReleaseAsync(QuarantineId quarantine, ReleaseVerdict verdict, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Release(quarantine, verdict), cancellationToken);

    /// <summary>An answer may not have reached its client: what it told of notices is told again.</summary>
    public ValueTask RedeliverAsync(TransactionId transaction, CancellationToken cancellationToken) =>
        PostAsync(new CoordinatorInput.Redeliver(transaction), cancellationToken);

    /// <summary>The workspace as it is now.</summary>
    public ValueTask<WorkspaceSnapshot> SnapshotAsync(CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Snapshot(), cancellationToken);

    /// <summary>The calls of a transaction that has not ended, in position order.</summary>
    public ValueTask<ImmutableArray<CallStatus>> CallsAsync(TransactionId transaction, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.CallsOf(transaction), cancellationToken);

    /// <summary>The transaction in which an agent makes its calls; null when it has none.</summary>
    public ValueTask<Transaction?> OpenTransactionOfAsync(AgentId agent, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.OpenOf(agent), cancellationToken);

    /// <summary>The last connection of an agent ended: unless it comes back within the grace, its transaction ends.</summary>
    public ValueTask DisconnectedAsync(AgentId agent, CancellationToken cancellationToken) =>
        PostAsync(new CoordinatorInput.Disconnected(agent), cancellationToken);

    /// <summary>An agent has a connection again and goes on with its transaction. A call says the same.</summary>
    public ValueTask ReconnectedAsync(AgentId agent, CancellationToken cancellationToken) =>
        PostAsync(new CoordinatorInput.Reconnected(agent), cancellationToken);

    /// <summary>The loop. Ends when cancelled; fails when a decision fails, or the journal.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _runCount) > 1)
        {
            throw new InvalidOperationException("A coordinator runs once; open another for another run.");
        }

        var telling = _outbox.RunAsync();
        var deciding = DecideAsync(cancellationToken);
        var first = await Task.WhenAny(deciding, telling);
        var isAsked = first.IsCanceled && cancellationToken.IsCancellationRequested;
        Stop(isAsked
            ? new CoordinatorStoppedException("The workspace's coordinator is stopped: the daemon is going down.")
            : new CoordinatorStoppedException(
                "The workspace's coordinator stopped on a fault of its own; start the daemon again and report what its log says.",
                first.Exception?.InnerException ?? new InvalidOperationException("The loop ends by being cancelled only.")));
        await Task.WhenAll([deciding, telling, .. _running.Values]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!isAsked)
        {
            await first;
        }
    }

    /// <summary>Frees what a run has used; after <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => _stopping.Dispose();

    private async ValueTask<T> AskAsync<T>(CoordinatorInput.Question<T> question, CancellationToken cancellationToken)
    {
        await PostAsync(question, cancellationToken);
        return await question.Answered.WaitAsync(cancellationToken);
    }

    private ValueTask PostAsync(CoordinatorInput input, CancellationToken cancellationToken) =>
        Errands.AroundAsync(_write, input, cancellationToken);

    private async ValueTask WriteAsync(CoordinatorInput input, CancellationToken cancellationToken)
    {
        try
        {
            await _inputs.Writer.WriteAsync(input, cancellationToken);
        }
        catch (ChannelClosedException closed) when (closed.InnerException is CoordinatorStoppedException reason)
        {
            throw new CoordinatorStoppedException(reason.Message, reason);
        }
    }
}
