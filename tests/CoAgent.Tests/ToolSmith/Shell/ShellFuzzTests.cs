using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Parsing;
using Xunit.Abstractions;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>Whatever comes in, the parser and the inventory answer, and in linear time: counted in looks at characters, not in seconds.</summary>
public sealed class ShellFuzzTests(ITestOutputHelper output)
{
    private const int LooksPerCharacterMax = 150;
    private const string Signs = " \t\n;&|()<>'\"`$\\{}[]*?!#=+-~:,.@%^/0123abfixdoneth";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_text_is_answered_in_linear_time(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Create(random.Next(120), random, static (span, random) =>
            {
                for (var at = 0; at < span.Length; at++)
                {
                    span[at] = random.Next(20) == 0 ? (char)random.Next(0x10000) : Signs[random.Next(Signs.Length)];
                }
            });
            Answer(text, seed);
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Mutations_of_the_corpus_are_answered_in_linear_time(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 6000; round++)
        {
            Answer(Mutations.Of(ShellCorpus.All[random.Next(ShellCorpus.All.Count)], random), seed);
        }
    }

    [Theory]
    [InlineData("((")]
    [InlineData("( (")]
    [InlineData("$((")]
    [InlineData("[")]
    [InlineData("x[")]
    [InlineData("x[;")]
    [InlineData("a=([")]
    [InlineData("a=([x] ")]
    [InlineData("{")]
    [InlineData("{a,")]
    [InlineData("echo {,}{,}")]
    [InlineData("`")]
    [InlineData("\\`")]
    [InlineData("${x:-")]
    [InlineData("\"$(")]
    [InlineData("<<A\n")]
    [InlineData("cat <<A;")]
    [InlineData("\\\n")]
    [InlineData("&\\\n")]
    [InlineData("'")]
    [InlineData("?(")]
    [InlineData("[[ (")]
    [InlineData("! ")]
    [InlineData("1")]
    [InlineData("{a1")]
    [InlineData("a ")]
    [InlineData("x=~")]
    [InlineData("<(")]
    [InlineData("case x in x) ")]
    [InlineData("if a; then ")]
    [InlineData("for x in x; do ")]
    [InlineData("f() { ")]
    [InlineData("a=$a$a;")]
    [InlineData("f() { f; f; }; f;")]
    [InlineData("for i in 1 2 3 4 5 6 7 8 9; do ")]
    [InlineData("eval ")]
    [InlineData("bash -c '")]
    public void Repetition_is_answered_in_linear_time(string unit)
    {
        Answer(string.Concat(Enumerable.Repeat(unit, 2000)), seed: 0);
        Answer(string.Concat(Enumerable.Repeat(unit, 2000)) + " )) } done fi ]] esac", seed: 0);
        Answer(string.Concat(Enumerable.Repeat(unit, 40)), seed: 0);
    }

    [Fact]
    public void Loops_in_loops_end_at_the_limit()
    {
        var text = string.Concat(Enumerable.Range(0, 10).Select(static level => $"for v{level} in 1 2 3 4 5 6 7 8 9; do "))
            + "echo $v1" + string.Concat(Enumerable.Repeat("; done", 10));
        var items = CommandInventory.Of(text, ShellCorpus.Start(), ShellCorpus.Limits).Items;
        Assert.Equal(InventoryWalk.ItemsMax + 1, items.Length);
        Assert.IsType<InventoryItem.Opaque>(items[^1]);
    }

    private static void Answer(string text, int seed)
    {
        _ = ShellParser.Parse(text, ShellCorpus.Limits, out var looks);
        Assert.True(looks <= (LooksPerCharacterMax * (long)text.Length) + 500, $"seed {seed}: {looks} looks at {text.Length} characters: {text[..Math.Min(200, text.Length)]}");
        _ = CommandInventory.Of(text, ShellCorpus.Start(), ShellCorpus.Limits);
    }
}
