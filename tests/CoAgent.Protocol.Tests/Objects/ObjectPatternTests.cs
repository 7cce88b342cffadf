using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

public sealed class ObjectPatternTests
{
    [Theory]
    [InlineData("file:/a/b", "file:/a/b", Extent.Node)]
    [InlineData("file:/a/b/*", "file:/a/b", Extent.Children)]
    [InlineData("file:/a/b/**", "file:/a/b", Extent.Subtree)]
    [InlineData("file:/", "file:/", Extent.Node)]
    [InlineData("file:/*", "file:/", Extent.Children)]
    [InlineData("file:/**", "file:/", Extent.Subtree)]
    [InlineData("k8s:", "k8s:", Extent.Node)]
    [InlineData("k8s:*", "k8s:", Extent.Children)]
    [InlineData("k8s:**", "k8s:", Extent.Subtree)]
    [InlineData("k8s:prod/**", "k8s:prod", Extent.Subtree)]
    [InlineData("**", null, Extent.Subtree)]
    public void A_pattern_is_written_as_it_is_read(string text, string? id, Extent extent)
    {
        var pattern = ObjectPattern.Parse(text);

        Assert.Equal(id, pattern.Id?.Value);
        Assert.Equal(extent, pattern.Extent);
        Assert.Equal(text, pattern.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("/**")]
    [InlineData("***")]
    [InlineData("**/**")]
    [InlineData("file:/a**")]
    [InlineData("file:/a*")]
    [InlineData("k8s:prod*")]
    [InlineData("file:/a/***")]
    [InlineData("file:/a/*/**")]
    [InlineData("file:/a/*/b")]
    [InlineData("file:/a//*")]
    [InlineData("file://*")]
    [InlineData("file:/a/../**")]
    [InlineData("repo/**")]
    public void What_is_neither_an_id_nor_a_marked_one_is_no_pattern(string text)
    {
        Assert.Null(ObjectPattern.TryParse(text));
        Assert.Throws<ArgumentException>(() => ObjectPattern.Parse(text));
    }

    [Fact]
    public void The_longest_id_has_a_pattern_of_every_extent()
    {
        var longest = "file:/" + new string('a', ObjectId.CharsMax - "file:/".Length);

        Assert.NotNull(ObjectPattern.TryParse(longest));
        Assert.NotNull(ObjectPattern.TryParse(longest + "/*"));
        Assert.NotNull(ObjectPattern.TryParse(longest + "/**"));
        Assert.Null(ObjectPattern.TryParse(longest + "a/**"));
    }

    [Fact]
    public void A_pattern_that_nobody_set_is_everything() => Assert.Equal(ObjectPattern.Everything, default);

    [Theory]
    [InlineData("x:a", "x:a/*", false)]
    [InlineData("x:a", "x:a/b", false)]
    [InlineData("x:a/*", "x:a/b", false)]
    [InlineData("x:a/*", "x:a/b/*", false)]
    [InlineData("x:a/**", "x:a", true)]
    [InlineData("x:a/**", "x:a/*", true)]
    [InlineData("x:a/**", "x:a/b/c/*", true)]
    [InlineData("x:a/**", "x:ab", false)]
    [InlineData("x:a/**", "x:*", false)]
    [InlineData("x:**", "x:/a", false)]
    [InlineData("x:/**", "x:a", false)]
    [InlineData("**", "x:a/*", true)]
    public void Overlap_is_a_meeting_of_contents_or_of_listings(string one, string other, bool overlap)
    {
        Assert.Equal(overlap, ObjectPattern.Parse(one).Overlaps(ObjectPattern.Parse(other)));
        Assert.Equal(overlap, ObjectPattern.Parse(other).Overlaps(ObjectPattern.Parse(one)));
    }

    [Fact]
    public void Overlap_and_cover_are_those_of_the_regions_that_patterns_name()
    {
        for (var seed = 0; seed < 50_000; seed++)
        {
            var random = new Random(seed);
            var (one, other) = (random.NextPattern(), random.NextPattern());
            var pair = $"seed {seed}: {one} and {other}";

            Assert.True(one.Overlaps(other) == RandomPatterns.Meet(one, other), pair);
            Assert.True(one.Overlaps(other) == other.Overlaps(one), pair);
            Assert.True(one.Covers(other) == RandomPatterns.Holds(one, other), pair);
            Assert.True(one.Equals(other) == (one.ToString() == other.ToString()), pair);
            Assert.True(ObjectPattern.Parse(one.ToString()) == one, pair);
        }
    }

    [Fact]
    public void In_order_each_pattern_is_followed_at_once_by_all_that_it_covers()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var ordered = Enumerable.Range(0, 12).Select(_ => random.NextPattern()).Distinct().Order().ToList();
            foreach (var pattern in ordered)
            {
                var covered = ordered.Select(pattern.Covers).ToList();
                var (first, last) = (covered.IndexOf(true), covered.LastIndexOf(true));

                Assert.True(ordered[first] == pattern, $"seed {seed}: {pattern} in {string.Join(' ', ordered)}");
                Assert.True(last - first + 1 == covered.Count(yes => yes), $"seed {seed}: {pattern}");
            }
        }
    }
}
