using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;
using static CoAgent.Tests.Catalog.Templates.Hostile;

namespace CoAgent.Tests.Catalog.Templates;

/// <summary>What arguments hold never becomes another argument, member or condition than the template's author wrote.</summary>
public sealed class HostileTemplateTests
{
    [Fact]
    public void A_text_is_one_argument_of_a_program_as_it_is_or_none() => ForAll(static random =>
    {
        var text = Text(random);
        var cannot = text.Contains('\0', StringComparison.Ordinal) || !TemplateText.IsWhole(text);
        foreach (var (source, expected) in new[] { ("{x}", text), ("--name={x}", $"--name={text}"), ("{x}{x?} {{x}}", $"{text}{text} {{x}}") })
        {
            var filled = TextTemplate.Parse(source).FillForProgram(Values("x", JsonLiteral.Quote(text)));
            Assert.Equal<string>(cannot ? [] : [expected], filled is TextResult.Filled { Texts: var texts } ? [.. texts] : []);
            Assert.Equal(cannot, filled is TextResult.NotPossible);
        }
    });

    [Fact]
    public void A_list_gives_an_argument_for_each_element_and_only_where_the_template_says_so() => ForAll(static random =>
    {
        string[] texts = [.. Enumerable.Range(0, random.Next(6)).Select(_ => Text(random))];
        var values = Values("x", $"[{string.Join(",", texts.Select(JsonLiteral.Quote))}]");
        Assert.Equal<string>(texts, [.. Assert.IsType<TextResult.Filled>(TextTemplate.Parse("{x[]}").Fill(values)).Texts]);
        Assert.IsType<TextResult.NotPossible>(TextTemplate.Parse("{x}").Fill(values));
        Assert.IsType<TextResult.NotPossible>(TextTemplate.Parse("a {x}").Fill(values));
    });

    [Fact]
    public void A_value_of_any_kind_gives_at_most_one_text_where_no_list_is_asked_for() => ForAll(static random =>
    {
        var json = Json(random);
        foreach (var source in (string[])["{x}", "-{x?}", "{x.a}", "{x[0]=d}", "{x|json}", "{x|text?}", "{x|lower?}", "{x|parent}/{x|name}"])
        {
            var filled = TextTemplate.Parse(source).Fill(Values("x", json));
            Assert.True(filled is TextResult.NotPossible or TextResult.Filled { Texts.Length: <= 1 }, $"{source} of {json}: {filled}");
        }
    });

    [Fact]
    public void A_value_stays_in_its_member_with_its_type() => ForAll(static random =>
    {
        var json = Json(random);
        var template = ValueTemplate.Parse("""{"is":"{x}","in":["{x}",{"deep":"{x}"}],"text":"{x|json} is","names":"{{x}}"}""");
        if (template.Fill(Values("x", json)) is not ValueResult.Filled { Utf8: var utf8 })
        {
            Assert.Fail($"{json} could not be filled in");
            return;
        }

        var given = json == "null" ? "null" : Element(json).GetRawText();
        var filled = JsonElement.Parse(utf8.Span);
        Assert.Equal(["is", "in", "text", "names"], filled.EnumerateObject().Select(static member => member.Name));
        Assert.Equal(given, filled.GetProperty("is").GetRawText());
        Assert.Equal(given, filled.GetProperty("in")[0].GetRawText());
        Assert.Equal(given, filled.GetProperty("in")[1].GetProperty("deep").GetRawText());
        Assert.Equal(2, filled.GetProperty("in").GetArrayLength());
        Assert.Equal($"{given} is", JsonLiteral.TextOf(filled.GetProperty("text")));
        Assert.Equal("{x}", filled.GetProperty("names").GetString());
    });

    [Fact]
    public void A_text_beside_other_text_stays_one_string() => ForAll(static random =>
    {
        var text = Text(random);
        var filled = ValueTemplate.Parse("""["a{x}b",1]""").Fill(Values("x", JsonLiteral.Quote(text)));
        var list = JsonElement.Parse(Assert.IsType<ValueResult.Filled>(filled).Utf8.Span);
        Assert.Equal(2, list.GetArrayLength());
        Assert.Equal($"a{text}b", JsonLiteral.TextOf(list[0]));
    });

    [Fact]
    public void A_comparison_holds_for_that_text_alone() => ForAll(static random =>
    {
        var (text, other) = (Text(random), random.Next(2) == 0 ? "list" : Text(random).Trim());
        var values = Values("x", JsonLiteral.Quote(text));
        if (Condition.TryParse($"{{x}} == {other}", out _) is { } equal)
        {
            Assert.Equal(ConditionResult.Of(text == other), equal.Holds(values));
            Assert.Equal(ConditionResult.Of(text != other), Condition.Parse($"{{x}} != {other}").Holds(values));
        }

        Assert.Equal(ConditionResult.Of(text.Length > 0), Condition.Parse("{x}").Holds(values));
        Assert.Equal(ConditionResult.Of(text.Length == 0), Condition.Parse("!{x}").Holds(values));
    });

    [Fact]
    public void What_cannot_be_filled_in_is_said_without_what_the_arguments_hold() => ForAll(static random =>
    {
        var secret = $"§{Text(random)}§";
        var list = Values("x", $"[{JsonLiteral.Quote(secret)}]");
        var map = Values("x", $"{{{JsonLiteral.Quote(secret)}:1}}");
        var text = Values("x", JsonLiteral.Quote(secret));
        TextResult[] results =
        [
            .. new[] { "{x}", "{x.a}", "{x|parent}", "{x|keys}" }.SelectMany(source => new[] { list, map, text }.Select(TextTemplate.Parse(source).Fill)),
            TextTemplate.Parse("{x[]}").Fill(text), TextTemplate.Parse("{x[0]}").Fill(map), TextTemplate.Parse("{y}").Fill(text),
            TextTemplate.Parse("{x}\0").FillForProgram(text),
        ];
        Assert.All(results.OfType<TextResult.NotPossible>(), static refused => Assert.DoesNotContain("§", refused.Reason, StringComparison.Ordinal));
        Assert.Contains(results, static result => result is TextResult.NotPossible);
    });

    [Fact]
    public void An_argument_that_is_given_twice_counts_as_servers_read_it()
    {
        var values = Values("""{"x":"first","x":"last","\u0078":"escaped"}""");
        Assert.Equal("escaped", Assert.Single(Assert.IsType<TextResult.Filled>(TextTemplate.Parse("{x}").Fill(values)).Texts));
    }

    [Theory]
    [InlineData("1e400", "1E+400")]
    [InlineData("1e400", "10e399")]
    [InlineData("1e999999999999", "10e999999999998")]
    [InlineData("0.10", "1e-1")]
    [InlineData("-0", "0.0")]
    [InlineData("100", "1e2")]
    public void Spellings_of_one_number_have_one_text(string one, string other)
    {
        Assert.Equal(TextOf(one), TextOf(other));

        static string TextOf(string number) => Assert.IsType<TextResult.Filled>(TextTemplate.Parse("{x}").Fill(Values("x", number))).Texts[0];
    }

    [Fact]
    public void Deep_arguments_are_handed_on_as_they_are()
    {
        var deep = new string('[', 50_000) + new string(']', 50_000);
        var values = Values("x", deep);
        var filled = Assert.IsType<ValueResult.Filled>(ValueTemplate.Parse("""{"x":"{x}"}""").Fill(values));
        Assert.Equal($$"""{"x":{{deep}}}""", System.Text.Encoding.UTF8.GetString(filled.Utf8.Span));
        Assert.IsType<TextResult.NotPossible>(TextTemplate.Parse("{x[].y}").Fill(values));
    }

    [Fact]
    public void A_template_goes_through_as_many_combinations_as_the_limit_says_and_no_more()
    {
        var most = Values("x", $"[{string.Join(",", Enumerable.Repeat("1", TemplateLimits.RoundsMax))}]");
        var more = Values("x", $"[{string.Join(",", Enumerable.Repeat("1", TemplateLimits.RoundsMax + 1))}]");
        var square = Values($$"""{"x":[{{string.Join(",", Enumerable.Repeat("1", 129))}}],"y":[{{string.Join(",", Enumerable.Repeat("2", 128))}}]}""");
        Assert.Equal(TemplateLimits.RoundsMax, Assert.IsType<TextResult.Filled>(TextTemplate.Parse("{x[]}").Fill(most)).Texts.Length);
        Assert.IsType<TextResult.NotPossible>(TextTemplate.Parse("{x[]}").Fill(more));
        Assert.IsType<TextResult.NotPossible>(TextTemplate.Parse("{x[]}{y[]}").Fill(square));
        Assert.IsType<ValueResult.NotPossible>(ValueTemplate.Parse("""["{x[]}"]""").Fill(more));
        Assert.IsType<ConditionResult.NotPossible>(Condition.Parse("{x[]}").Holds(more));
    }

    [Fact]
    public void A_template_gives_as_many_characters_as_the_limit_says_and_no_more()
    {
        var half = JsonLiteral.Quote(new string('a', TemplateLimits.CharsMax / 2));
        Assert.IsType<TextResult.Filled>(TextTemplate.Parse("{x}{x}").Fill(Values("x", half)));
        Assert.IsType<TextResult.NotPossible>(TextTemplate.Parse("{x}{x}-").Fill(Values("x", half)));
        Assert.IsType<ValueResult.NotPossible>(ValueTemplate.Parse("""["{x}","{x}","{x}"]""").Fill(Values("x", half)));
    }
}
