using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Order;

/// <summary>Random programs of begins and finishes, checked against what must hold after every step.</summary>
public sealed class SerialOrderPropertyTests
{
    private static readonly string[] Agents = ["planner", "coder", "reviewer", "publisher", "x", "y", "z"];

    private static readonly OrderEntry[][] Declared =
    [
        [],
        [new("planner"), new("coder")],
        [new("planner", Await: true), new("*"), new("reviewer"), new("publisher")],
        [new("*"), new("reviewer")],
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Ranks_are_unique_and_above_every_finished_one(int declared)
    {
        for (var seed = 0; seed < 300; seed++)
        {
            Walk(Declared[declared], seed, stepCount: 60);
        }
    }

    [Fact]
    public void The_same_steps_lead_to_the_same_ranks()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            Assert.Equal(Walk(Declared[2], seed, stepCount: 60), Walk(Declared[2], seed, stepCount: 60));
        }
    }

    private static List<Transaction> Walk(OrderEntry[] declared, int seed, int stepCount)
    {
        var random = new Random(seed);
        var order = SerialOrder.Start(DeclaredOrder.Create([.. declared]));
        var begun = new List<Transaction>();
        for (var step = 0; step < stepCount; step++)
        {
            order = random.Next(3) == 0 && !order.Open.IsEmpty
                ? FinishAny(order, random)
                : BeginAny(order, random, begun, $"seed {seed}, step {step}");
        }

        return begun;
    }

    private static SerialOrder FinishAny(SerialOrder order, Random random)
    {
        var finished = order.Open.Values.ElementAt(random.Next(order.Open.Count));
        return Assert.IsType<FinishDecision.Finished>(order.Finish(finished.Id)).Order;
    }

    private static SerialOrder BeginAny(SerialOrder order, Random random, List<Transaction> begun, string at)
    {
        var agent = AgentId.Create(Agents[random.Next(Agents.Length)]);
        Rank? given = random.Next(3) == 0 ? new Rank(random.Next(1, 40)) : null;
        switch (order.Begin(agent, given))
        {
            case BeginDecision.Begun(var next, var transaction):
                Assert.True(begun.TrueForAll(earlier => earlier.Rank != transaction.Rank), $"{at}: rank {transaction.Rank} is used twice");
                Assert.False(transaction.Rank <= order.HighestFinished, $"{at}: rank {transaction.Rank} is below a finished one");
                Assert.True(order.Open.Values.All(open => open.Agent != agent), $"{at}: {agent} has two open transactions");
                begun.Add(transaction);
                return next;
            case BeginDecision.AlreadyOpen(var open):
                Assert.Equal(agent, open.Agent);
                return order;
            case BeginDecision.Refused(var refusal):
                CheckFree(order, agent, refusal, at);
                return order;
            case var other:
                throw new InvalidOperationException($"{at}: {other}");
        }
    }

    /// <summary>What a refusal calls free is really to be had, unless the agent has an open transaction in the way.</summary>
    private static void CheckFree(SerialOrder order, AgentId agent, RankRefusal refusal, string at)
    {
        if (refusal.Reason == RankRefusalReason.OpenElsewhere)
        {
            return;
        }

        Assert.NotEmpty(refusal.Free);
        foreach (var rank in refusal.Free.SelectMany(range => new[] { range.First, range.Last }))
        {
            var decision = order.Begin(agent, rank);
            Assert.True(decision is BeginDecision.Begun begun && begun.Transaction.Rank == rank, $"{at}: {rank} is not free: {decision}");
        }
    }
}
