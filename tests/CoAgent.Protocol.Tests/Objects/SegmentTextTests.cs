using System.Text;
using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

public sealed class SegmentTextTests
{
    [Theory]
    [InlineData("Alice", "Alice")]
    [InlineData("a b:c=d", "a b:c=d")]
    [InlineData("\u00FC\U0001F600", "\u00FC\U0001F600")]
    [InlineData("", "%")]
    [InlineData(".", "%2E")]
    [InlineData("..", "%2E%2E")]
    [InlineData("...", "...")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("*.cs", "%2A.cs")]
    [InlineData("100%", "100%25")]
    [InlineData("%2A", "%252A")]
    [InlineData("a\nb\u0085", "a%0Ab%C2%85")]
    [InlineData("\U0001F600/", "\U0001F600%2F")]
    public void A_name_is_its_own_segment_unless_a_segment_cannot_hold_it(string name, string segment) =>
        Assert.Equal(segment, SegmentText.Of(name));

    [Fact]
    public void Half_a_surrogate_pair_has_a_segment_of_its_own() =>
        Assert.Equal("a%ED%A0%BD", SegmentText.Of("a\uD83D"));

    [Fact]
    public void Every_name_has_a_good_segment_and_no_two_share_one()
    {
        const string Alphabet = "a./*%2A\n\u0085\uD83D\uDE00";
        var names = new Dictionary<string, string>();
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var name = new StringBuilder();
            while (random.Next(4) > 0)
            {
                name.Append(Alphabet[random.Next(Alphabet.Length)]);
            }

            var segment = SegmentText.Of(name.ToString());

            var id = ObjectId.TryCreate($"x:{segment}/z");
            Assert.True(id is not null && RandomPatterns.SegmentsOf(id).Length == 3, $"seed {seed}: {segment}");
            names.TryAdd(segment, name.ToString());
            Assert.True(names[segment] == name.ToString(), $"seed {seed}: {segment}");
        }
    }
}
