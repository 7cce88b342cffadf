using CoAgent.Protocol.Order;

namespace CoAgent.Runtime.Coordination;

/// <summary>What an agent that wants to begin is told.</summary>
public abstract record BeginResult
{
    private BeginResult()
    {
    }

    /// <summary>The agent has a transaction.</summary>
    /// <param name="Transaction">The transaction.</param>
    /// <param name="IsNew">Whether it began just now.</param>
    public sealed record Open(Transaction Transaction, bool IsNew) : BeginResult;

    /// <summary>The rank cannot be had.</summary>
    /// <param name="Refusal">Why, which ranks are free, and the same in words.</param>
    public sealed record Refused(RankRefusal Refusal) : BeginResult;

    /// <summary>The workspace has as many open transactions as it takes.</summary>
    /// <param name="OpenTransactionsMax">How many that is.</param>
    public sealed record Full(int OpenTransactionsMax) : BeginResult
    {
        /// <summary>The same in words, with what to do.</summary>
        public string Message =>
            $"{OpenTransactionsMax} transactions are open, the most that this workspace takes; "
            + "finish some, or raise coagent.limits.openTransactionsMax.";
    }
}
