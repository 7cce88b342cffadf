using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

public sealed class FootprintTests
{
    [Fact]
    public void What_another_entry_of_the_same_side_covers_is_dropped()
    {
        var footprint = Footprint.Create(
            Patterns("x:b", "x:a/**", "x:a/b/*", "x:a", "x:b", "x:a-"),
            Patterns("x:a/b", "x:a/b/*"));

        Assert.Equal(Patterns("x:a/**", "x:a-", "x:b"), footprint.Reads);
        Assert.Equal(Patterns("x:a/b", "x:a/b/*"), footprint.Writes);
    }

    [Fact]
    public void Everything_leaves_nothing_else() =>
        Assert.Equal(Patterns("**"), Footprint.Create(Patterns("x:a", "**", "y:/**"), []).Reads);

    [Fact]
    public void A_footprint_does_not_depend_on_the_order_and_number_of_its_entries()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var random = new Random(seed);
            var (reads, writes) = (RandomSide(random), RandomSide(random));
            var (mixedReads, mixedWrites) = (reads.Concat(reads).ToArray(), writes.Concat(writes).ToArray());
            random.Shuffle(mixedReads);
            random.Shuffle(mixedWrites);
            var (footprint, mixed) = (Footprint.Create(reads, writes), Footprint.Create(mixedReads, mixedWrites));

            Assert.True(footprint.Equals(mixed), $"seed {seed}: {footprint} and {mixed}");
            Assert.True(footprint.GetHashCode() == mixed.GetHashCode(), $"seed {seed}: {footprint}");
            Assert.True(footprint.ToString() == mixed.ToString(), $"seed {seed}: {footprint} and {mixed}");
        }
    }

    [Fact]
    public void Entries_that_are_left_cover_all_that_were_given_and_not_one_another()
    {
        for (var seed = 0; seed < 5_000; seed++)
        {
            var given = RandomSide(new Random(seed));
            var left = Footprint.Create(given, []).Reads;

            Assert.True(left.All(given.Contains), $"seed {seed}");
            Assert.True(given.All(pattern => left.Any(kept => kept.Covers(pattern))), $"seed {seed}");
            Assert.True(left.All(kept => left.Count(other => other.Covers(kept)) == 1), $"seed {seed}");
        }
    }

    [Fact]
    public void It_reads_what_it_writes_where_an_entry_of_the_one_meets_one_of_the_other()
    {
        var meetings = 0;
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var (reads, writes) = (RandomSide(random), RandomSide(random));
            var expected = MeetAny(writes, reads);
            var footprint = Footprint.Create(reads, writes);
            meetings += expected ? 1 : 0;

            Assert.True(footprint.ReadsWhatItWrites == expected, $"seed {seed}: {footprint}");
        }

        Assert.InRange(meetings, 2_000, 18_000); // both answers are tried
    }

    [Fact]
    public void It_is_a_read_when_it_writes_nothing()
    {
        Assert.True(Footprint.Create([ObjectPattern.Everything], []).IsRead);
        Assert.False(Footprint.Create([], Patterns("x:a")).IsRead);
    }

    [Fact]
    public void A_read_is_not_a_write_of_the_same() =>
        Assert.NotEqual(Footprint.Create(Patterns("x:a"), []), Footprint.Create([], Patterns("x:a")));

    [Fact]
    public void The_limit_is_on_reads_and_writes_together_after_covered_ones_are_dropped()
    {
        var half = Enumerable.Range(0, Footprint.EntriesMax / 2).Select(n => ObjectPattern.Parse($"x:a/{n}")).ToList();
        var otherHalf = half.Select(pattern => ObjectPattern.Children(pattern.Id!)).ToList();
        var oneMore = ObjectPattern.Parse("x:b");

        Assert.NotNull(Footprint.TryCreate(half, otherHalf));
        Assert.NotNull(Footprint.TryCreate([.. half, .. half], [.. otherHalf, .. otherHalf]));
        Assert.Null(Footprint.TryCreate([.. half, oneMore], otherHalf));
        Assert.Throws<ArgumentException>(() => Footprint.Create(half, [.. otherHalf, oneMore]));
    }

    private static bool MeetAny(ObjectPattern[] left, ObjectPattern[] right) =>
        left.Any(one => right.Any(other => RandomPatterns.Meet(one, other)));

    // Up to six entries, seldom everything: else nearly all pairs would conflict.
    private static ObjectPattern[] RandomSide(Random random) =>
        [.. Enumerable.Range(0, random.Next(7))
            .Select(_ => random.NextPattern())
            .Where(pattern => pattern.Id is not null || random.Next(20) == 0)];

    private static ObjectPattern[] Patterns(params string[] texts) => [.. texts.Select(ObjectPattern.Parse)];
}
