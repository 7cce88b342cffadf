using System.Collections.Immutable;
using CoAgent.Proxy.Downstream;

namespace CoAgent.Tests.Downstream;

public sealed class ToolNamesTests
{
    [Fact]
    public void The_first_server_keeps_its_names_and_a_later_one_that_clashes_is_prefixed()
    {
        var names = ToolNames.Merge([Share("a", null, "read", "write"), Share("b", null, "read", "list")]);
        Assert.Equal(new NameTarget("a", "read"), names.Find("read"));
        Assert.Equal(new NameTarget("b", "read"), names.Find("b_read"));
        Assert.Equal(new NameTarget("b", "list"), names.Find("list"));
        Assert.Equal("b_read", names.NameOf(new NameTarget("b", "read")));
        Assert.Equal([("b", "read", "b_read")], names.Renamed);
        Assert.Null(names.Find("nothing"));
    }

    [Fact]
    public void A_prefix_stands_before_every_name_and_an_empty_one_before_none()
    {
        var names = ToolNames.Merge([Share("a", "x_", "read"), Share("b", "", "read")]);
        Assert.Equal(new NameTarget("a", "read"), names.Find("x_read"));
        Assert.Equal(new NameTarget("b", "read"), names.Find("read"));
    }

    [Theory]
    [InlineData(62, false)]
    [InlineData(63, true)]
    public void A_made_name_has_at_most_64_characters(int ownLength, bool isShortened)
    {
        var own = new string('t', ownLength);
        var name = ToolNames.Merge([Share("a", "p_", own)]).NameOf(new NameTarget("a", own));
        Assert.Equal(64, name.Length);
        Assert.Equal(isShortened, name != "p_" + own);
    }

    [Fact]
    public void A_name_that_is_kept_may_be_longer() =>
        Assert.NotNull(ToolNames.Merge([Share("a", null, new string('t', 200))]).Find(new string('t', 200)));

    [Fact]
    public void Long_names_that_differ_at_the_end_stay_apart()
    {
        var stem = new string('t', 100);
        var names = ToolNames.Merge([Share("a", "p_", stem + "1", stem + "2")]);
        Assert.NotEqual(names.NameOf(new NameTarget("a", stem + "1")), names.NameOf(new NameTarget("a", stem + "2")));
    }

    [Fact]
    public void Adding_a_server_never_renames_and_every_name_leads_to_one_tool()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var shares = Enumerable.Range(0, random.Next(1, 6)).Select(number => SomeShare(random, number)).ToArray();
            for (var count = 1; count <= shares.Length; count++)
            {
                var (before, after) = (ToolNames.Merge(shares[..(count - 1)]), ToolNames.Merge(shares[..count]));
                var again = ToolNames.Merge(shares[..count]);
                foreach (var target in Targets(shares[..count]))
                {
                    Assert.True(after.Find(after.NameOf(target)) == target, $"seed {seed}");
                    Assert.Equal(after.NameOf(target), again.NameOf(target));
                }

                foreach (var target in Targets(shares[..(count - 1)]))
                {
                    Assert.True(before.NameOf(target) == after.NameOf(target), $"seed {seed}");
                }
            }
        }
    }

    private static IEnumerable<NameTarget> Targets(IEnumerable<NamedShare> shares) =>
        shares.SelectMany(static share => share.Names.Select(name => new NameTarget(share.Server, name)));

    private static NamedShare SomeShare(Random random, int number)
    {
        string[] words = ["a", "b", "s0_a", "s1_a", "s1_a_2", "s2_s1_a", new('x', 70), new('x', 64)];
        string?[] prefixes = [null, null, "", "s1_", "p"];
        return Share(
            $"s{number}", prefixes[random.Next(prefixes.Length)],
            [.. Enumerable.Range(0, random.Next(6)).Select(_ => words[random.Next(words.Length)])]);
    }

    private static NamedShare Share(string server, string? prefix, params string[] names) =>
        new(server, prefix, [.. names]);
}
