using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

public sealed class ObjectIdTests
{
    [Theory]
    [InlineData("file:/", "file:/")]
    [InlineData("file:/repo/src/a.cs", "file:/|repo|src|a.cs")]
    [InlineData("file:/C:/x", "file:/|C:|x")]
    [InlineData("k8s:", "k8s:")]
    [InlineData("k8s:prod/default/deployments/geo", "k8s:|prod|default|deployments|geo")]
    [InlineData("pg:shop/public/orders/id=7", "pg:|shop|public|orders|id=7")]
    [InlineData("mcp:memory/entities/Alice", "mcp:|memory|entities|Alice")]
    [InlineData("a+b.c-1:x", "a+b.c-1:|x")]
    [InlineData("file:/a b/.git/...", "file:/|a b|.git|...")]
    [InlineData("mcp:s/\U0001F600/%2A", "mcp:|s|\U0001F600|%2A")]
    public void Above_an_id_lie_its_segments_up_to_its_root(string value, string segments)
    {
        var id = ObjectId.Create(value);
        var path = new List<string>();
        for (var name = new IdPrefix(id); !name.IsEmpty; name = name.Above)
        {
            path.Add(name.ToString());
            Assert.Equal(new IdPrefix(ObjectId.Create(name.ToString())), name);
            Assert.Equal(ObjectId.Create(name.ToString()).GetHashCode(), name.GetHashCode());
        }

        var (root, below) = (segments.Split('|')[0], segments.Split('|')[1..]);
        Assert.Equal(Enumerable.Range(0, below.Length + 1).Select(depth => root + string.Join('/', below.Take(depth))), path.AsEnumerable().Reverse());
        Assert.Equal(below.Length == 0, id.IsRoot);
    }

    [Theory]
    [InlineData("", "no scheme")]
    [InlineData("repo/a", "no scheme")]
    [InlineData("/repo/a", "no scheme")]
    [InlineData(":a", "empty scheme")]
    [InlineData("8k:a", "a scheme begins with a letter")]
    [InlineData("k_s:a", "a character that no scheme has")]
    [InlineData("\u00E4:a", "a letter that no scheme has")]
    [InlineData("a/b:c", "a separator in the scheme")]
    [InlineData("file://", "an empty segment after the root")]
    [InlineData("file://host/a", "an empty segment after the root")]
    [InlineData("file:/a/", "a trailing separator")]
    [InlineData("file:/a//b", "an empty segment")]
    [InlineData("k8s:a/", "a trailing separator")]
    [InlineData("file:/./a", "not canonical")]
    [InlineData("file:/a/..", "not canonical")]
    [InlineData("k8s:..", "not canonical")]
    [InlineData("k8s:.", "not canonical")]
    [InlineData("file:/a\nb", "a control character")]
    [InlineData("file:/a\0", "a control character")]
    [InlineData("file:/a\u007F", "a control character")]
    [InlineData("file:/a\u0085", "a control character")]
    [InlineData("file:/*", "a pattern")]
    [InlineData("file:/a/**", "a pattern")]
    [InlineData("file:/a*b/c", "a wildcard in a segment")]
    [InlineData("**", "a pattern")]
    public void What_breaks_the_rule_is_no_id(string value, string reason)
    {
        Assert.True(ObjectId.TryCreate(value) is null, reason);
        var refusal = Assert.Throws<ArgumentException>(() => ObjectId.Create(value));
        Assert.Contains(ObjectId.Rule, refusal.Message, StringComparison.Ordinal);
    }

    // Not theory data: a test's name cannot hold half a character.
    [Fact]
    public void Half_a_surrogate_pair_is_no_id()
    {
        Assert.Null(ObjectId.TryCreate("file:/\uD83D"));
        Assert.Null(ObjectId.TryCreate("file:/\uDE00a"));
        Assert.Null(ObjectId.TryCreate("file:/\uD83D/\uDE00"));
        Assert.Null(ObjectId.TryCreate("file:/\uD83D\uD83D\uDE00"));
        Assert.NotNull(ObjectId.TryCreate("file:/\uD83D\uDE00\uD83D\uDE00"));
    }

    [Fact]
    public void The_longest_id_is_an_id_and_one_character_more_is_not()
    {
        var longest = "file:/" + new string('a', ObjectId.CharsMax - "file:/".Length);

        Assert.NotNull(ObjectId.TryCreate(longest));
        Assert.Null(ObjectId.TryCreate(longest + "a"));
    }

    [Fact]
    public void The_deepest_id_is_an_id_and_one_segment_more_is_not()
    {
        var deepest = "file:/" + string.Join('/', Enumerable.Repeat("a", ObjectId.SegmentsMax - 1));

        Assert.NotNull(ObjectId.TryCreate(deepest));
        Assert.Null(ObjectId.TryCreate(deepest + "/a"));
    }

    [Fact]
    public void The_rule_names_its_limits()
    {
        Assert.Contains($"{ObjectId.CharsMax} characters", ObjectId.Rule, StringComparison.Ordinal);
        Assert.Contains($"{ObjectId.SegmentsMax} segments", ObjectId.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_the_same_name_are_equal_and_case_tells_them_apart()
    {
        var id = ObjectId.Create("file:/a");

        Assert.Equal(id, ObjectId.Create("file:/" + string.Concat("a")));
        Assert.Equal(id.GetHashCode(), ObjectId.Create("file:/a").GetHashCode());
        Assert.NotEqual(id, ObjectId.Create("file:/A"));
        Assert.False(id.Equals(null));
    }

    [Fact]
    public void An_id_is_above_itself_and_what_continues_its_segments()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var (id, other) = (random.NextObjectId(), random.NextObjectId());

            Assert.True(
                id.IsPrefixOf(other) == RandomPatterns.LiesUnder(other, id), $"seed {seed}: {id} above {other}");
        }
    }
}
