using CoAgent.Proxy.Notices;

namespace CoAgent.Tests.Notices;

/// <summary>What is different between two texts.</summary>
public sealed class TextDiffTests
{
    [Theory]
    [InlineData("a", "b", "@@ -1 +1 @@|-a|+b")]
    [InlineData("a\nb\nc", "a\nc", "@@ -1,3 +1,2 @@| a|-b| c")]
    [InlineData("a\nc", "a\nb\nc", "@@ -1,2 +1,3 @@| a|+b| c")]
    [InlineData("", "a", "@@ -0,0 +1 @@|+a")]
    [InlineData("a\nb\n", "", "@@ -1,2 +0,0 @@|-a|-b")]
    [InlineData("a\n\n", "a\n", "@@ -1,2 +1 @@| a|-")]
    [InlineData("a", "a", "")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\nx", "1\n2\n3\n4\n5\n6\n7\n8\n9\ny", "@@ -8,3 +8,3 @@| 8| 9|-x|+y")]
    public void A_difference_is_shown_with_the_lines_around_it(string was, string now, string lines) =>
        Assert.Equal(lines, string.Join('|', TextDiff.Lines(was, now)));

    [Fact]
    public void Differences_far_apart_are_hunks_of_their_own()
    {
        var was = Enumerable.Range(1, 30).Select(static n => $"{n}").ToArray();
        var now = was.ToArray();
        (now[4], now[24]) = ("five", "twenty-five");
        Assert.Equal(
            "@@ -3,5 +3,5 @@| 3| 4|-5|+five| 6| 7|@@ -23,5 +23,5 @@| 23| 24|-25|+twenty-five| 26| 27",
            string.Join('|', TextDiff.Lines(string.Join('\n', was), string.Join('\n', now))));
    }

    [Fact]
    public void A_long_line_is_shown_from_a_little_before_the_difference()
    {
        var lead = new string('a', 5_000);
        var lines = TextDiff.Lines($"{lead}old{lead}", $"{lead}new{lead}");
        Assert.StartsWith($"-…{new string('a', NoticeLimits.LineLeadCharsMax)}old", lines[1]);
        Assert.StartsWith($"+…{new string('a', NoticeLimits.LineLeadCharsMax)}new", lines[2]);
    }

    [Fact]
    public void Too_much_is_not_compared_line_by_line()
    {
        var most = Lines(NoticeLimits.ComparedLinesMax, 'a');
        Assert.Equal(1 + (2 * NoticeLimits.ComparedLinesMax), TextDiff.Lines(most, most.Replace('a', 'b')).Count);
        var more = Lines(NoticeLimits.ComparedLinesMax + 1, 'a');
        Assert.Equal(["@@ -1,2001 +1,2001 @@", "too much differs to be shown line by line"], TextDiff.Lines(more, more.Replace('a', 'b')));
    }

    [Fact]
    public void Applying_a_diff_to_the_old_text_gives_the_new_one()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        for (var run = 0; run < 2_000; run++)
        {
            var (was, now) = (RandomLines(random), RandomLines(random));
            var applied = Apply(was.Split('\n'), TextDiff.Lines(was, now));
            Assert.True(applied == now, $"Seed {Seed}, run {run}: {was} → {now}, not {applied}");
        }
    }

    private static string Apply(string[] old, List<string> diff)
    {
        var result = new List<string>();
        var at = 0;
        foreach (var line in diff)
        {
            if (line[0] == '@')
            {
                var span = line.Split(' ')[1][1..].Split(',');
                var start = int.Parse(span[0]) - (span is [_, "0"] ? 0 : 1);
                result.AddRange(old[at..start]);
                at = start;
            }
            else if (line[0] == '+')
            {
                result.Add(line[1..]);
            }
            else
            {
                Assert.Equal(old[at++], line[1..]);
                if (line[0] == ' ')
                {
                    result.Add(line[1..]);
                }
            }
        }

        return string.Join('\n', result.Concat(old[at..]));
    }

    private static string RandomLines(Random random) =>
        string.Join('\n', Enumerable.Range(0, random.Next(1, 14)).Select(_ => $"{(char)('a' + random.Next(4))}"));

    private static string Lines(int count, char character) =>
        string.Join('\n', Enumerable.Range(0, count).Select(n => $"{n}{character}"));
}
