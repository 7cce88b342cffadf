using System.Text;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Results;

/// <summary>What an answer says, and when two say the same.</summary>
public sealed class ResultTextTests
{
    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", "a\nb")]
    [InlineData("""{"content":[{"type":"text","text":"a\n"},{"type":"text","text":"b"}],"structuredContent":{"x":1}}""", "a\nb")]
    [InlineData("""{"content":[],"structuredContent":{"x": 1}}""", """{"x": 1}""")]
    [InlineData("""{"content":[{"type":"image","data":"AAAA"}]}""", """[{"type":"image","data":"AAAA"}]""")]
    [InlineData("""{"content":[]}""", "")]
    [InlineData("{}", "")]
    [InlineData("""{"content":[{"type":"text","text":"\ud800"}]}""", "\"\\ud800\"")]
    [InlineData("not json", "not json")]
    [InlineData("[1]", "[1]")]
    public void The_text_of_an_answer_is_its_text_blocks_or_else_its_JSON(string json, string text) =>
        Assert.Equal(text, ResultText.Of(Answers.Json(json)));

    [Theory]
    [InlineData("""{"code":-32602,"message":"No such path"}""", "No such path")]
    [InlineData("""{"code":-32602,"message":"No such path","data":{"path":"a"}}""", "No such path\n{\"path\":\"a\"}")]
    [InlineData("""{"code":-32602}""", """{"code":-32602}""")]
    public void The_text_of_an_error_is_its_message_and_its_data(string json, string text) =>
        Assert.Equal(text, ResultText.Of(Answers.Error(json)));

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"é"}]}""", """{ "content" : [ { "text" : "\u00e9", "type":"text" } ] }""")]
    [InlineData("""{"content":[],"structuredContent":{"n":1,"m":-1.50,"o":0.0}}""", """{"structuredContent":{"m":-15e-1,"o":0,"n":1.0}}""")]
    [InlineData("""{"content":[],"structuredContent":{"n":123456789012345678901234567890}}""", """{"structuredContent":{"n":1.2345678901234567890123456789e29}}""")]
    [InlineData("""{"content":[{"type":"text","text":"a"}]}""", """{"resultType":"complete","content":[{"type":"text","text":"a","_meta":{"x":1}}],"_meta":{"took":12},"isError":false}""")]
    public void How_an_answer_is_spelt_and_what_no_model_sees_does_not_count(string left, string right) =>
        Assert.Equal(ResultText.DigestOf(Answers.Json(left)), ResultText.DigestOf(Answers.Json(right)));

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"a"}]}""", """{"content":[{"type":"text","text":"b"}]}""")]
    [InlineData("""{"content":[{"type":"text","text":"ab"}]}""", """{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""")]
    [InlineData("""{"structuredContent":{"n":1}}""", """{"structuredContent":{"n":10}}""")]
    [InlineData("""{"structuredContent":{"n":1}}""", """{"structuredContent":{"n":-1}}""")]
    [InlineData("""{"structuredContent":{"n":"1"}}""", """{"structuredContent":{"n":1}}""")]
    [InlineData("""{"structuredContent":{"n":123456789012345678901234567890}}""", """{"structuredContent":{"n":123456789012345678901234567891}}""")]
    [InlineData("""{"structuredContent":{"_meta":1}}""", """{"structuredContent":{"_meta":2}}""")]
    [InlineData("""{"structuredContent":null}""", """{"structuredContent":[]}""")]
    [InlineData("""{"structuredContent":{"a":["b"]}}""", """{"structuredContent":{"a":"b"}}""")]
    [InlineData("""{"content":[{"type":"text","text":"\ud800"}]}""", """{"content":[{"type":"text","text":"\ud801"}]}""")]
    public void What_an_answer_says_counts(string left, string right) =>
        Assert.NotEqual(ResultText.DigestOf(Answers.Json(left)), ResultText.DigestOf(Answers.Json(right)));

    [Fact]
    public void A_failure_in_the_same_words_is_not_the_same()
    {
        Assert.NotEqual(ResultText.DigestOf(Answers.Text("a")), ResultText.DigestOf(Answers.Failure("a")));
        Assert.NotEqual(ResultText.DigestOf(Answers.Json("{}")), ResultText.DigestOf(Answers.Error("{}")));
    }

    [Fact]
    public void An_answer_nested_without_end_is_its_bytes()
    {
        var levels = ResultText.LevelsMax + 1;
        var deep = Answers.Json($$"""{"structuredContent":{{new string('[', levels)}}{{new string(']', levels)}}}""");
        Assert.Equal(Encoding.UTF8.GetString(deep.Utf8.Span), ResultText.Of(deep));
        Assert.NotEqual(ResultText.DigestOf(deep), ResultText.DigestOf(deep with { Kind = ToolResultKind.ToolError }));
    }

    [Fact]
    public void An_answer_nested_as_deep_as_may_be_is_looked_into()
    {
        var levels = ResultText.LevelsMax - 1;
        var (open, close) = (new string('[', levels), new string(']', levels));
        Assert.Equal(
            ResultText.DigestOf(Answers.Json($$"""{"structuredContent":{{open}}{{close}}}""")),
            ResultText.DigestOf(Answers.Json($$"""{"structuredContent": {{open}} {{close}}}""")));
    }
}
