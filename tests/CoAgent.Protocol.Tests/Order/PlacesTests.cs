using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Order;

public sealed class PlacesTests
{
    [Fact]
    public void Positions_compare_by_rank_and_then_by_number()
    {
        Position[] shuffled = [At(2, 1), At(1, 9), At(1, 2), At(10, 1)];

        Assert.Equal([At(1, 2), At(1, 9), At(2, 1), At(10, 1)], shuffled.Order());
        Assert.True(At(1, 9) < At(2, 1) && At(2, 1) > At(1, 9));
        Assert.True(At(1, 9) <= At(1, 9) && At(1, 9) >= At(1, 9));
    }

    [Fact]
    public void Ranks_are_positive_and_exact_in_json()
    {
        Assert.Null(Rank.TryCreate(0));
        Assert.Null(Rank.TryCreate(Rank.ValueMax + 1));
        Assert.Equal(9_007_199_254_740_991, Rank.TryCreate(Rank.ValueMax)?.Value);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Rank(0));
    }

    [Theory]
    [InlineData("planner", true)]
    [InlineData("7b1e-44/sub:2", true)]
    [InlineData("Prüfer", true)]
    [InlineData("", false)]
    [InlineData("*", false)]
    [InlineData("two words", false)]
    [InlineData("line\nbreak", false)]
    [InlineData("bell\a", false)]
    public void An_agents_name_has_no_blanks_and_no_control_characters(string name, bool isName) =>
        Assert.Equal(isName, AgentId.TryCreate(name) is not null);

    [Fact]
    public void An_agents_name_has_at_most_128_characters()
    {
        Assert.NotNull(AgentId.TryCreate(new string('a', AgentId.CharsMax)));
        Assert.Null(AgentId.TryCreate(new string('a', AgentId.CharsMax + 1)));
    }

    [Fact]
    public void Ids_print_as_a_letter_and_a_number()
    {
        Assert.Equal("t7", new TransactionId(7).ToString());
        Assert.Equal("c12", new CallId(12).ToString());
        Assert.Equal("(3, 4)", At(3, 4).ToString());
    }

    private static Position At(long rank, long number) => new(new Rank(rank), number);
}
