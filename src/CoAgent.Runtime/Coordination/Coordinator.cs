using System.Threading.Channels;
using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>Decides for one workspace who has which rank and who has ended: one writer, one loop, one bounded queue.</summary>
/// <remarks>
/// Any thread may ask; answers come from the loop, in the order of the questions. The host runs <see cref="RunAsync"/>
/// for as long as the workspace lives. A fault in the loop ends it: the run fails, and with it every question that waits
/// or comes later.
/// </remarks>
public sealed class Coordinator
{
    private readonly Channel<CoordinatorInput> _inputs;
    private readonly TimeProvider _time;
    private readonly CoordinatorOptions _options;
    private readonly WorkspaceState _state;
    private bool _isDeadlinePassed;
    private long? _wakeAt;
    private int _runCount;

    /// <summary>A coordinator for a workspace in which nothing has happened.</summary>
    public Coordinator(CoordinatorOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _state = new WorkspaceState(options, time);
        _inputs = Channel.CreateBounded<CoordinatorInput>(new BoundedChannelOptions(options.QueueInputsMax)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
    }

    /// <summary>Begins a transaction for an agent, or answers the one that it has open.</summary>
    /// <remarks>Giving up the wait does not take the transaction back; the lease does.</remarks>
    public ValueTask<BeginResult> BeginAsync(AgentId agent, Rank? given, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Begin(agent, given), cancellationToken);

    /// <summary>Ends a transaction; its agent's next call begins another.</summary>
    public ValueTask<FinishResult> FinishAsync(TransactionId transaction, CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Finish(transaction), cancellationToken);

    /// <summary>The workspace as it is now.</summary>
    public ValueTask<WorkspaceSnapshot> SnapshotAsync(CancellationToken cancellationToken) =>
        AskAsync(new CoordinatorInput.Snapshot(), cancellationToken);

    /// <summary>The last connection of an agent ended: unless it comes back within the grace, its transaction ends.</summary>
    public ValueTask DisconnectedAsync(AgentId agent, CancellationToken cancellationToken) =>
        PostAsync(new CoordinatorInput.Disconnected(agent), cancellationToken);

    /// <summary>An agent has a connection again and goes on with its transaction. A begin says the same.</summary>
    public ValueTask ReconnectedAsync(AgentId agent, CancellationToken cancellationToken) =>
        PostAsync(new CoordinatorInput.Reconnected(agent), cancellationToken);

    /// <summary>The loop. Ends when cancelled; fails when a decision fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _runCount) > 1)
        {
            throw new InvalidOperationException("A coordinator runs once; make another for another run.");
        }

        CoordinatorInput? current = null;
        using var timer = _time.CreateTimer(_ => Wake(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            await foreach (var input in _inputs.Reader.ReadAllAsync(cancellationToken))
            {
                current = input;
                Take(input);
                LookAtDeadlines(input, timer);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Stop(current: null, new CoordinatorStoppedException("The workspace's coordinator is stopped: the daemon is going down."));
        }
        catch (Exception exception)
        {
            Stop(current, new CoordinatorStoppedException(
                "The workspace's coordinator stopped on a fault of its own; start the daemon again and report what its log says.",
                exception));
            throw;
        }
    }

    private void Take(CoordinatorInput input)
    {
        switch (input)
        {
            case CoordinatorInput.Begin begin:
                begin.Answer(_state.Begin(begin.Agent, begin.Given));
                break;
            case CoordinatorInput.Finish finish:
                finish.Answer(_state.Finish(finish.Transaction));
                break;
            case CoordinatorInput.Snapshot snapshot:
                snapshot.Answer(_state.Snapshot());
                break;
            case CoordinatorInput.Disconnected disconnected:
                _state.Disconnected(disconnected.Agent);
                break;
            case CoordinatorInput.Reconnected reconnected:
                _state.Reconnected(reconnected.Agent);
                break;
            case CoordinatorInput.DeadlinePassed:
                break;
            default:
                throw new InvalidOperationException($"The loop does not know the input {input.GetType().Name}.");
        }
    }

    /// <summary>Ends what is overdue when the timer said so, and sees to it that the timer fires for what comes next.</summary>
    private void LookAtDeadlines(CoordinatorInput input, ITimer timer)
    {
        if (Interlocked.Exchange(ref _isDeadlinePassed, false))
        {
            _wakeAt = null;
            WakeIn(_state.EndOverdue(), timer);
        }

        switch (input)
        {
            case CoordinatorInput.Begin:
                WakeIn(_options.Lease, timer);
                break;
            case CoordinatorInput.Disconnected:
                WakeIn(_options.DisconnectGrace, timer);
                break;
        }
    }

    private void WakeIn(TimeSpan? delay, ITimer timer)
    {
        if (delay is not { } due)
        {
            return;
        }

        // Rounded up: a timer counts whole milliseconds, and one that fires early would find nothing to do.
        due = TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        var at = _time.GetTimestamp() + (long)(due.TotalSeconds * _time.TimestampFrequency);
        if (_wakeAt is null || at < _wakeAt)
        {
            _wakeAt = at;
            timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The timer's: the flag is what counts, the input only wakes a loop that has nothing else to read.</summary>
    private void Wake()
    {
        Volatile.Write(ref _isDeadlinePassed, true);
        _inputs.Writer.TryWrite(new CoordinatorInput.DeadlinePassed());
    }

    private async ValueTask<T> AskAsync<T>(CoordinatorInput.Question<T> question, CancellationToken cancellationToken)
    {
        await PostAsync(question, cancellationToken);
        return await question.Answered.WaitAsync(cancellationToken);
    }

    private async ValueTask PostAsync(CoordinatorInput input, CancellationToken cancellationToken)
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

    private void Stop(CoordinatorInput? current, CoordinatorStoppedException reason)
    {
        _inputs.Writer.TryComplete(reason);
        current?.Fail(reason);
        while (_inputs.Reader.TryRead(out var waiting))
        {
            waiting.Fail(reason);
        }
    }
}
