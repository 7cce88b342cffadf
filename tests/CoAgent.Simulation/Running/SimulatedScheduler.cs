namespace CoAgent.Simulation.Running;

/// <summary>Runs every task of a simulation on one thread, in an order that its seed chooses; time stands still while anything can run.</summary>
internal sealed class SimulatedScheduler(Random random, SimulatedTime time) : TaskScheduler
{
    private readonly List<Task> _ready = [];

    /// <summary>How many tasks have been run.</summary>
    public long StepCount { get; private set; }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs until a task has ended.</summary>
    /// <exception cref="SimulationException">Nothing can run, no timer is set, and the task has not ended; or there is no end to it.</exception>
    public void RunUntilEnded(Task task, long stepsMax)
    {
        // A test runner's context would take what follows an await to a thread of its own.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (!task.IsCompleted)
            {
                if (++StepCount > stepsMax)
                {
                    throw new SimulationException($"no end after {stepsMax} steps");
                }

                if (_ready.Count > 0)
                {
                    RunOne();
                }
                else if (!time.Advance())
                {
                    throw new SimulationException("everybody waits, and nothing will ever wake anybody");
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Starts a task on this scheduler.</summary>
    public Task Start(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task) => _ready.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;

    private void RunOne()
    {
        var at = random.Next(_ready.Count);
        var next = _ready[at];
        _ready.RemoveAt(at);
        TryExecuteTask(next);
    }
}

/// <summary>Something that a simulation promises does not hold.</summary>
internal sealed class SimulationException(string message) : Exception(message);
