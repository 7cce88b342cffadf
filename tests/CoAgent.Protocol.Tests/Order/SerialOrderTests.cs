using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Order;

public sealed class SerialOrderTests
{
    [Fact]
    public void Agents_rank_in_order_of_arrival()
    {
        var orders = new Orders();

        Assert.Equal(1, orders.Begin("a").Rank.Value);
        Assert.Equal(2, orders.Begin("b").Rank.Value);
        Assert.Equal(3, orders.Begin("c").Rank.Value);
    }

    [Fact]
    public void Transactions_are_numbered_as_they_begin()
    {
        var orders = new Orders();

        Assert.Equal("t1", orders.Begin("a", given: 9).Id.ToString());
        Assert.Equal("t2", orders.Begin("b", given: 3).Id.ToString());
    }

    [Fact]
    public void An_open_transaction_is_gone_on_with()
    {
        var orders = new Orders();
        var begun = orders.Begin("a");

        Assert.Equal(begun, orders.Continue("a"));
        Assert.Equal(begun, orders.Continue("a", given: 1));
    }

    [Fact]
    public void An_agent_that_finished_begins_anew_above_all_others()
    {
        var orders = new Orders();
        var first = orders.Begin("a");
        orders.Begin("b");
        orders.Finish(first);

        var second = orders.Begin("a");

        Assert.Equal(3, second.Rank.Value);
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public void A_given_rank_may_go_below_open_ones()
    {
        var orders = new Orders();
        orders.Begin("late", given: 10);

        Assert.Equal(5, orders.Begin("early", given: 5).Rank.Value);
        Assert.Equal(11, orders.Begin("arrival").Rank.Value);
    }

    [Fact]
    public void A_rank_that_is_taken_is_refused_with_the_free_ones()
    {
        var orders = new Orders();
        orders.Begin("a", given: 2);
        orders.Begin("b", given: 4);

        var refusal = orders.Refuse("c", given: 4);

        Assert.Equal(RankRefusalReason.Taken, refusal.Reason);
        Assert.Equal(new Rank(4), refusal.Asked);
        Assert.Equal(["1", "3", "5-1000004"], refusal.Free.Select(range => range.ToString()));
        Assert.Equal("Rank 4 is taken by agent b. Free: 1, 3, 5-1000004.", refusal.Message);
    }

    [Fact]
    public void A_rank_at_or_below_a_finished_one_is_refused()
    {
        var orders = new Orders();
        orders.Pass("a", given: 5);

        Assert.Equal(RankRefusalReason.BelowFinished, orders.Refuse("b", given: 4).Reason);
        Assert.Equal(RankRefusalReason.BelowFinished, orders.Refuse("b", given: 5).Reason);
        Assert.Equal("6-1000005", Assert.Single(orders.Refuse("b", given: 5).Free).ToString());
        Assert.Equal(6, orders.Begin("b", given: 6).Rank.Value);
    }

    [Fact]
    public void A_lower_transaction_that_finishes_later_does_not_lower_the_floor()
    {
        var orders = new Orders();
        var low = orders.Begin("a", given: 1);
        orders.Pass("b", given: 7);
        orders.Finish(low);

        Assert.Equal(new Rank(7), orders.Current.HighestFinished);
        Assert.Equal(8, orders.Begin("c").Rank.Value);
    }

    [Fact]
    public void A_given_rank_reaches_a_million_above_the_highest_and_no_further()
    {
        var orders = new Orders();
        orders.Begin("a", given: 3);

        Assert.Equal(RankRefusalReason.TooHigh, orders.Refuse("b", given: 1_000_004).Reason);
        Assert.Equal(1_000_003, orders.Begin("b", given: 1_000_003).Rank.Value);
    }

    [Fact]
    public void Another_rank_while_a_transaction_is_open_is_refused()
    {
        var orders = new Orders();
        orders.Begin("a", given: 3);

        var refusal = orders.Refuse("a", given: 4);

        Assert.Equal(RankRefusalReason.OpenElsewhere, refusal.Reason);
        Assert.Contains("open transaction with rank 3", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_given_rank_is_used_once_and_repeating_it_is_no_error()
    {
        var orders = new Orders();
        orders.Pass("a", given: 5);
        orders.Begin("b");

        var second = orders.Begin("a", given: 5);

        Assert.Equal(7, second.Rank.Value);
        Assert.Equal(second, orders.Continue("a", given: 5));
    }

    [Fact]
    public void The_rank_that_another_agent_used_stays_refused()
    {
        var orders = new Orders();
        orders.Pass("a", given: 5);

        Assert.Equal(RankRefusalReason.BelowFinished, orders.Refuse("b", given: 5).Reason);
    }

    [Fact]
    public void Used_ranks_are_remembered_for_so_many_agents_and_no_more()
    {
        var orders = new Orders();
        for (var i = 1; i <= SerialOrder.RememberedAgentsMax; i++)
        {
            orders.Pass($"a{i}", given: i);
        }

        orders.Pass("a1", given: 1);
        orders.Pass("one-more", given: SerialOrder.RememberedAgentsMax + 2);

        Assert.Equal(RankRefusalReason.BelowFinished, orders.Refuse("a1", given: 1).Reason);
        orders.Pass("a2", given: 2);
    }

    [Fact]
    public void Finishing_twice_is_answered_as_not_open()
    {
        var orders = new Orders();
        var transaction = orders.Begin("a");
        orders.Finish(transaction);

        Assert.IsType<FinishDecision.NotOpen>(orders.Current.Finish(transaction.Id));
    }

    [Fact]
    public void A_decision_leaves_the_order_that_it_was_made_on_as_it_was()
    {
        var before = SerialOrder.Start(DeclaredOrder.None);
        before.Begin(AgentId.Create("a"), given: null);

        Assert.Empty(before.Open);
    }

    [Fact]
    public void A_transaction_waits_for_the_open_ranks_below_it()
    {
        var orders = new Orders();
        orders.Begin("a");
        orders.Begin("b");
        var last = orders.Begin("c");

        Assert.Equal([1, 2], orders.Current.RanksBefore(last.Rank).Select(rank => rank.Value));
    }

    [Fact]
    public void At_most_eight_free_ranges_are_told_the_last_one_among_them()
    {
        var orders = new Orders();
        for (var i = 1; i <= 9; i++)
        {
            orders.Begin($"a{i}", given: 2 * i);
        }

        Assert.Equal(
            ["1", "3", "5", "7", "9", "11", "13", "19-1000018"],
            orders.Refuse("x", given: 2).Free.Select(range => range.ToString()));
    }
}
