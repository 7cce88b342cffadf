namespace CoAgent.Protocol.Order;

/// <summary>What becomes of an agent's wish to begin.</summary>
public abstract record BeginDecision
{
    private BeginDecision()
    {
    }

    /// <summary>A new transaction began.</summary>
    /// <param name="Order">The order with it.</param>
    /// <param name="Transaction">The transaction.</param>
    public sealed record Begun(SerialOrder Order, Transaction Transaction) : BeginDecision;

    /// <summary>The agent has a transaction already, and goes on with it.</summary>
    /// <param name="Transaction">The transaction.</param>
    public sealed record AlreadyOpen(Transaction Transaction) : BeginDecision;

    /// <summary>The rank cannot be had; nothing changed.</summary>
    /// <param name="Refusal">Why, and what is free.</param>
    public sealed record Refused(RankRefusal Refusal) : BeginDecision;
}

/// <summary>What becomes of a transaction that is to finish.</summary>
public abstract record FinishDecision
{
    private FinishDecision()
    {
    }

    /// <summary>It finished.</summary>
    /// <param name="Order">The order without it.</param>
    /// <param name="Transaction">The transaction.</param>
    public sealed record Finished(SerialOrder Order, Transaction Transaction) : FinishDecision;

    /// <summary>No open transaction has that id; nothing changed.</summary>
    public sealed record NotOpen : FinishDecision;
}
