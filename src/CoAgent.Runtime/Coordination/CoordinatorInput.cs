using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>What is posted to the coordinator's loop.</summary>
internal abstract record CoordinatorInput
{
    private CoordinatorInput()
    {
    }

    /// <summary>Tells whoever waits that there will be no answer.</summary>
    public virtual void Fail(CoordinatorStoppedException reason)
    {
    }

    /// <summary>An input that somebody waits for.</summary>
    internal abstract record Question<T> : CoordinatorInput
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Answered => _answer.Task;

        public void Answer(T answer) => _answer.TrySetResult(answer);

        public override void Fail(CoordinatorStoppedException reason) => _answer.TrySetException(reason);
    }

    internal sealed record Begin(AgentId Agent, Rank? Given) : Question<BeginResult>;

    internal sealed record Finish(TransactionId Transaction) : Question<FinishResult>;

    internal sealed record Snapshot : Question<WorkspaceSnapshot>;

    internal sealed record Disconnected(AgentId Agent) : CoordinatorInput;

    internal sealed record Reconnected(AgentId Agent) : CoordinatorInput;

    /// <summary>A deadline has passed; which one is for the loop to see.</summary>
    internal sealed record DeadlinePassed : CoordinatorInput;
}
