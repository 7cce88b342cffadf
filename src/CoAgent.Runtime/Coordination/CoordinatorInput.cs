using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Runtime.Tools;

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
        // Whoever asked goes on within the errand that answers: the loop never waits for what is done with an answer.
        private readonly TaskCompletionSource<T> _answer = new();

        public Task<T> Answered => _answer.Task;

        public void Answer(T answer) => Errands.Leave(() => _answer.TrySetResult(answer));

        public override void Fail(CoordinatorStoppedException reason) => Errands.Leave(() => _answer.TrySetException(reason));
    }

    internal sealed record Begin(AgentId Agent, Rank? Given) : Question<BeginResult>;

    internal sealed record Propose(CallProposal Proposal) : Question<CallAnswer>
    {
        /// <summary>Whether its client no longer waits: what it would have been told is told again.</summary>
        public bool IsAbandoned { get; set; }
    }

    internal sealed record Undo(TransactionId? By, ImmutableArray<CallId> Calls) : Question<UndoAnswer>;

    internal sealed record Abort(TransactionId Transaction) : Question<AbortAnswer>;

    internal sealed record Finish(TransactionId Transaction, TimeSpan Wait) : Question<FinishAnswer>;

    internal sealed record Resolve(TransactionId By, NoticeId Notice, NoticeDecision Decision, string? Reason) : Question<ResolveResult>;

    internal sealed record Release(QuarantineId Quarantine, ReleaseVerdict Verdict) : Question<bool>;

    internal sealed record Snapshot : Question<WorkspaceSnapshot>;

    internal sealed record CallsOf(TransactionId Transaction) : Question<ImmutableArray<CallStatus>>;

    internal sealed record OpenOf(AgentId Agent) : Question<Transaction?>;

    /// <summary>An execution is ready: its intent is to be made durable. Answered with what says when it is.</summary>
    internal sealed record Prepared(EffectId Effect, CallId Call, Capture Before, bool IsReplay) : Question<Task>;

    /// <summary>An effect on the world has ended.</summary>
    internal sealed record Ended(
        EffectId Effect, CallId Call, Outcome Outcome, ToolResult? Result, ReadOnlyMemory<byte> AfterUtf8, string? Reason)
        : CoordinatorInput;

    /// <summary>What an effect rests on could not be made durable.</summary>
    internal sealed record Faulted(Exception Fault) : CoordinatorInput;

    internal sealed record Cancel(Propose Question) : CoordinatorInput;

    internal sealed record StopWaiting(TransactionId Transaction) : CoordinatorInput;

    internal sealed record Redeliver(TransactionId Transaction) : CoordinatorInput;

    internal sealed record Disconnected(AgentId Agent) : CoordinatorInput;

    internal sealed record Reconnected(AgentId Agent) : CoordinatorInput;

    /// <summary>A deadline has passed; which one is for the loop to see.</summary>
    internal sealed record DeadlinePassed : CoordinatorInput;
}
