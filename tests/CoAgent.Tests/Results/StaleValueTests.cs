using System.Text.Json;
using CoAgent.Runtime.Results;

namespace CoAgent.Tests.Results;

/// <summary>Whether a write that is kept still says what is no longer so.</summary>
public sealed class StaleValueTests
{
    [Theory]
    [InlineData("image: geo:bad", "image: geo:good", "geo:bad", "a word of the old answer")]
    [InlineData("image: geo:bad", "image: geo:good", "example.test/geo:bad", "with punctuation before it")]
    [InlineData("a b c d e f", "a b c d", "x\n  a b c d e f  \ny", "a line whose words are all short")]
    [InlineData("""{"image":"geo:bad","n":3}""", """{"image":"geo:good","n":3}""", "set geo:bad now", "a word in JSON")]
    [InlineData("17 seats", "18 seats", "17", "a number")]
    [InlineData("Überfall", "Unterfall", "Überfall!", "letters beyond ASCII")]
    public void A_write_that_holds_what_only_the_old_answer_says_keeps_a_stale_value(string was, string now, string held, string why) =>
        Assert.True(IsKept(was, now, held), why);

    [Theory]
    [InlineData("image: geo:bad", "image: geo:good", "geo:good", "it holds the new value")]
    [InlineData("image: geo:bad", "image: geo:good", "image: other", "what both answers say is not stale")]
    [InlineData("image: geo:bad", "image: geo:good", "geo:badger", "the word goes on")]
    [InlineData("image: geo:bad", "image: geo:good", "mygeo:bad", "the word began before")]
    [InlineData("a cat", "a dog", "cat", "a word of three letters means too little")]
    [InlineData("n: 3", "n: 5", "3", "so does one digit")]
    [InlineData("old words", "new words; geo/old words", "old words", "the new answer says it too, in other company")]
    [InlineData("geo:bad", "geo:good", "", "it says nothing")]
    public void A_write_that_does_not_hold_it_is_kept_in_peace(string was, string now, string held, string why) =>
        Assert.False(IsKept(was, now, held), why);

    [Fact]
    public void Values_are_looked_for_at_every_depth_and_names_of_members_are_not()
    {
        var (was, now) = (Answers.Text("colour 4711"), Answers.Text("shade 4712"));
        Assert.True(StaleValue.IsKeptBy(was, now, Answers.Request("""{"a":[{"b":4711}]}""")));
        Assert.False(StaleValue.IsKeptBy(was, now, Answers.Request("""{"colour":1}""")));
        Assert.False(StaleValue.IsKeptBy(was, now, Answers.Request("colour 4711")));
    }

    [Fact]
    public void The_limits_are_where_they_are_said_to_be()
    {
        var words = Enumerable.Range(0, StaleValue.FragmentsMax + 1).Select(static n => $"w{n:0000}").ToArray();
        var was = string.Join('\n', words);
        Assert.True(IsKept(was, "nothing", words[^2]));
        Assert.False(IsKept(was, "nothing", words[^1]));
        Assert.True(IsKept("geo:bad", "geo:good", new string(' ', StaleValue.ArgumentCharsMax - 7) + "geo:bad"));
        Assert.False(IsKept("geo:bad", "geo:good", new string(' ', StaleValue.ArgumentCharsMax - 6) + "geo:bad"));
        Assert.True(IsKept("abcd", "efgh", "abcd"));
        Assert.True(IsKept("a b c de", "x", "(a b c de)"));
        Assert.False(IsKept("a b c d", "x", "(a b c d)"));
    }

    private static bool IsKept(string was, string now, string held) => StaleValue.IsKeptBy(
        Answers.Text(was), Answers.Text(now), Answers.Request($$"""{"content":{{JsonSerializer.Serialize(held)}}}"""));
}
