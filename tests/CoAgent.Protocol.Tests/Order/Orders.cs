using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Order;

/// <summary>A serial order that a test drives step by step.</summary>
internal sealed class Orders(params OrderEntry[] declared)
{
    public SerialOrder Current { get; private set; } = SerialOrder.Start(DeclaredOrder.Create([.. declared]));

    public Transaction Begin(string agent, long? given = null)
    {
        var begun = Assert.IsType<BeginDecision.Begun>(Decide(agent, given));
        Current = begun.Order;
        return begun.Transaction;
    }

    public RankRefusal Refuse(string agent, long? given = null) =>
        Assert.IsType<BeginDecision.Refused>(Decide(agent, given)).Refusal;

    public Transaction Continue(string agent, long? given = null) =>
        Assert.IsType<BeginDecision.AlreadyOpen>(Decide(agent, given)).Transaction;

    public void Finish(Transaction transaction) =>
        Current = Assert.IsType<FinishDecision.Finished>(Current.Finish(transaction.Id)).Order;

    /// <summary>One whole transaction: begun and finished.</summary>
    public long Pass(string agent, long? given = null)
    {
        var transaction = Begin(agent, given);
        Finish(transaction);
        return transaction.Rank.Value;
    }

    private BeginDecision Decide(string agent, long? given) =>
        Current.Begin(AgentId.Create(agent), given is { } rank ? new Rank(rank) : null);
}
