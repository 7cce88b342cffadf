using System.Text;
using System.Text.Json;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.OwnTools;

public sealed class ToolListTests
{
    private static readonly string Own = Encoding.UTF8.GetString(OwnTool.Definitions);

    [Fact]
    public void Our_tools_cost_a_model_little()
    {
        Assert.InRange(Own.Length, 1, 1_199);
        using var list = JsonDocument.Parse($"[{Own}]");
        Assert.Equal(OwnTool.Names, list.RootElement.EnumerateArray().Select(static tool => tool.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("""{"tools":[ {"name":"a","n":1e400} ] ,"nextCursor":"x"}""", """{"tools":[ {"name":"a","n":1e400} ,OWN] ,"nextCursor":"x"}""")]
    [InlineData("""{"b":1.0,"tools":[]}""", """{"b":1.0,"tools":[OWN]}""")]
    public void A_list_gets_ours_at_its_end_and_keeps_every_other_byte(string list, string expected) =>
        Assert.Equal(expected.Replace("OWN", Own), Edited(list, addsOwn: true, stripsSchemas: false));

    [Fact]
    public void Only_the_first_page_gets_them() =>
        Assert.Equal("""{"tools":[{"name":"a"}]}""", Edited("""{"tools":[{"name":"a"}]}""", addsOwn: false, stripsSchemas: false));

    [Fact]
    public void A_servers_tool_of_the_same_name_is_left_out() => Assert.Equal(
        $$"""{"tools":[{"name":"a"},{{Own}}]}""",
        Edited("""{"tools":[{"name":"a"},{"name":"coagent_\u0075ndo","x":1}]}""", addsOwn: true, stripsSchemas: false));

    [Theory]
    [InlineData("""{"outputSchema":{"a":[1]},"name":"a"}""", """{"name":"a"}""")]
    [InlineData("""{"name":"a" , "outputSchema":{} }""", """{"name":"a" }""")]
    [InlineData("""{"name":"a","outputSchema":{},"b":1.0}""", """{"name":"a","b":1.0}""")]
    [InlineData("""{"name":"a","inputSchema":{"outputSchema":1}}""", """{"name":"a","inputSchema":{"outputSchema":1}}""")]
    public void A_schema_of_results_can_be_taken_out(string tool, string expected)
    {
        Assert.Equal($$"""{"tools":[{{expected}}]}""", Edited($$"""{"tools":[{{tool}}]}""", addsOwn: false, stripsSchemas: true));
        Assert.Equal(
            $$"""{"tools":[{{expected}},{{Own}}]}""",
            Edited($$"""{"tools":[{{tool}},{"name":"coagent_status"}]}""", addsOwn: true, stripsSchemas: true));
    }

    [Theory]
    [InlineData("""{"capabilities":{"tools":{}},"instructions":"Be \u0041."}""", """{"capabilities":{"tools":{}},"instructions":"Be \u0041.\n\nOURS"}""")]
    [InlineData("""{"capabilities":{"logging":{}}}""", """{"instructions":"OURS","capabilities":{"tools":{},"logging":{}}}""")]
    [InlineData("""{"instructions":null,"capabilities":{}}""", """{"instructions":"OURS","capabilities":{"tools":{}}}""")]
    public void An_introduction_says_what_notices_are_after_the_servers_own_words(string result, string expected)
    {
        var answer = Frame(result);
        var ours = Encoding.UTF8.GetString(ObjectEdit.Text(Introduction.Instructions)).Trim('"');
        Assert.Equal(expected.Replace("OURS", ours), Body(new Splice(answer.Utf8, Introduction.Into(answer))));
    }

    private static string Edited(string list, bool addsOwn, bool stripsSchemas)
    {
        var answer = Frame(list);
        return Body(new Splice(answer.Utf8, ToolListEdits.Of(ListItems.Of(answer, "tools"u8), addsOwn, stripsSchemas)));
    }

    private static JsonRpcFrame Frame(string result) => JsonRpcFrame.Parse(JsonRpcError.Result("1"u8, Encoding.UTF8.GetBytes(result)));

    private static string Body(Splice answer)
    {
        var frame = JsonRpcFrame.Parse(answer.ToMemory());
        return Encoding.UTF8.GetString(frame.Span(frame.Body));
    }
}
