using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Order;

public sealed class DeclaredOrderTests
{
    private const long Band = DeclaredOrder.BandRanks;

    private static readonly OrderEntry[] Team = [new("planner"), new("coder"), new("*"), new("reviewer"), new("publisher")];

    [Fact]
    public void Names_before_the_star_have_the_first_ranks_whoever_comes_first()
    {
        var orders = new Orders(Team);

        Assert.Equal(2, orders.Begin("coder").Rank.Value);
        Assert.Equal(1, orders.Begin("planner").Rank.Value);
    }

    [Fact]
    public void Arrivals_lie_between_the_names_before_and_after_the_star()
    {
        var orders = new Orders(Team);

        Assert.Equal(Band, orders.Begin("reviewer").Rank.Value);
        Assert.Equal(3, orders.Begin("x").Rank.Value);
        Assert.Equal(4, orders.Begin("y").Rank.Value);
        Assert.Equal(2 * Band, orders.Begin("publisher").Rank.Value);
        Assert.Equal(5, orders.Begin("z").Rank.Value);
    }

    [Fact]
    public void An_order_without_a_star_has_the_arrivals_at_its_end()
    {
        var orders = new Orders(new OrderEntry("a"), new OrderEntry("b"));

        Assert.Equal(3, orders.Begin("x").Rank.Value);
        Assert.Equal(2, orders.Begin("b").Rank.Value);
    }

    [Fact]
    public void A_declared_rank_is_used_once()
    {
        var orders = new Orders(Team);
        Assert.Equal(1, orders.Pass("planner"));
        orders.Begin("x");

        Assert.Equal(4, orders.Begin("planner").Rank.Value);
    }

    [Fact]
    public void Who_arrives_after_a_late_name_finished_is_between_it_and_the_next()
    {
        var orders = new Orders(Team);
        orders.Pass("reviewer");

        Assert.Equal(Band + 1, orders.Begin("x").Rank.Value);
        Assert.Equal(2 * Band, orders.Begin("publisher").Rank.Value);
    }

    [Fact]
    public void A_declared_agent_that_comes_too_late_is_refused_and_can_be_given_a_rank()
    {
        var orders = new Orders(Team);
        orders.Pass("coder");

        var refusal = orders.Refuse("planner");

        Assert.Equal(RankRefusalReason.BelowFinished, refusal.Reason);
        Assert.Equal(new Rank(1), refusal.Asked);
        Assert.Equal(3, orders.Begin("planner", given: 3).Rank.Value);
    }

    [Fact]
    public void A_declared_rank_is_kept_until_its_agent_has_begun()
    {
        var orders = new Orders(Team);

        var refusal = orders.Refuse("x", given: 1);

        Assert.Equal(RankRefusalReason.Reserved, refusal.Reason);
        Assert.Contains("planner", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, orders.Begin("planner", given: 1).Rank.Value);
        Assert.Equal(RankRefusalReason.Taken, orders.Refuse("x", given: 1).Reason);
    }

    [Fact]
    public void A_given_rank_goes_before_the_declared_one_and_frees_it()
    {
        var orders = new Orders(Team);
        orders.Begin("planner", given: 7);

        Assert.Equal(1, orders.Begin("x", given: 1).Rank.Value);
    }

    [Fact]
    public void An_awaited_agent_is_waited_for_until_it_has_finished()
    {
        var orders = new Orders(new OrderEntry("planner", Await: true), new OrderEntry("coder"));
        var coder = orders.Begin("coder");

        Assert.Equal([1], orders.Current.RanksBefore(coder.Rank).Select(rank => rank.Value));
        var planner = orders.Begin("planner");
        Assert.Equal([1], orders.Current.RanksBefore(coder.Rank).Select(rank => rank.Value));
        orders.Finish(planner);
        Assert.Empty(orders.Current.RanksBefore(coder.Rank));
    }

    [Fact]
    public void An_awaited_agent_whose_rank_is_past_is_not_waited_for()
    {
        var orders = new Orders(new OrderEntry("planner", Await: true));
        orders.Pass("x");

        Assert.Empty(orders.Current.RanksBefore(orders.Begin("y").Rank));
    }

    [Fact]
    public void An_agent_that_is_not_awaited_is_not_waited_for_before_it_begins()
    {
        var orders = new Orders(Team);

        Assert.Empty(orders.Current.RanksBefore(orders.Begin("reviewer").Rank));
    }

    [Fact]
    public void Arrivals_are_refused_rather_than_put_after_a_late_name()
    {
        var orders = new Orders(Team);
        orders.Begin("last", given: Band - 1);

        Assert.Equal(RankRefusalReason.BandFull, orders.Refuse("x").Reason);
        Assert.Equal(5, orders.Begin("x", given: 5).Rank.Value);
    }

    [Fact]
    public void An_order_is_limited_to_a_thousand_entries_each_name_once()
    {
        OrderEntry[] entries = [.. Enumerable.Range(1, DeclaredOrder.EntriesMax).Select(i => new OrderEntry($"a{i}"))];

        Assert.Equal(DeclaredOrder.EntriesMax, DeclaredOrder.Create([.. entries]).Places.Length);
        Assert.Throws<ArgumentException>(() => DeclaredOrder.Create([.. entries, new OrderEntry("x")]));
        Assert.Throws<ArgumentException>(() => DeclaredOrder.Create([new("a"), new("a")]));
        Assert.Throws<ArgumentException>(() => DeclaredOrder.Create([new("*"), new("*")]));
    }
}
