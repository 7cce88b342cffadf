using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

public sealed class AccessTests
{
    // As docs/decisions/0008 has it: only two writes of one listing pass each other.
    [Theory]
    [InlineData("x:a/*", "x:a/*", false)]
    [InlineData("x:a/*", "x:a/**", true)]
    [InlineData("x:a/**", "x:a/*", true)]
    [InlineData("x:a/*", "x:**", true)]
    [InlineData("**", "x:a/*", true)]
    [InlineData("x:a", "x:a", true)]
    [InlineData("x:a", "x:a/*", false)]
    [InlineData("x:a/*", "x:a", false)]
    public void Writes_meet_where_they_overlap_but_not_in_a_listing_alone(string one, string other, bool meet)
    {
        var (written, asked) = (ObjectPattern.Parse(one), ObjectPattern.Parse(other));
        var index = new PatternIndex<int, string>();
        index.Add(Accesses.OfWrite(written), written, 1, "v");
        var (met, seen) = (new List<string>(), new List<string>());

        index.CollectAll(Accesses.WritesMetBy(asked), asked, met);
        index.CollectAll(Accesses.Writes, asked, seen);

        Assert.Equal(meet, met.Count > 0);
        Assert.Equal(written.Overlaps(asked), seen.Count > 0);
    }
}
