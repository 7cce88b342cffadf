using System.Text;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Tests.Downstream;

public sealed class MirrorTests
{
    private const string Meta = """ "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"} """;

    [Theory]
    [InlineData("us-west1", "us-west1")]
    [InlineData("a b", "a b")]
    [InlineData("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?=")]
    [InlineData(" padded ", "=?base64?IHBhZGRlZCA=?=")]
    [InlineData("line1\nline2", "=?base64?bGluZTEKbGluZTI=?=")]
    [InlineData("=?base64?bGl0ZXJhbA==?=", "=?base64?PT9iYXNlNjQ/YkdsMFpYSmhiQT09Pz0=?=")]
    [InlineData("=?base64?open", "=?base64?open")]
    [InlineData("", "=?base64??=")]
    public void A_value_is_carried_as_a_header_can_carry_it(string value, string header)
    {
        Assert.Equal(header, HeaderValue.Encode(value));
        Assert.Equal(value, HeaderValue.Decode(header));
    }

    [Theory]
    [InlineData("=?base64?***?=")]
    [InlineData("=?base64?YQ?=")]
    public void A_malformed_value_is_none(string header) => Assert.Null(HeaderValue.Decode(header));

    [Fact]
    public void The_markers_count_in_lower_case_only() => Assert.Equal("=?BASE64?YQ==?=", HeaderValue.Decode("=?BASE64?YQ==?="));

    [Fact]
    public void Any_text_comes_back_as_it_was()
    {
        var random = new Random(11);
        for (var round = 0; round < 2_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(1, 0xD7FF))]);
            var header = HeaderValue.Encode(text);
            Assert.True(header.All(static letter => letter is >= ' ' and <= '~'));
            Assert.Equal(text, HeaderValue.Decode(header));
        }
    }

    [Theory]
    [InlineData("tools/call", """ "name":"add" """, "add")]
    [InlineData("prompts/get", """ "name":"p" """, "p")]
    [InlineData("resources/read", """ "uri":"file:///é" """, "=?base64?ZmlsZTovLy/DqQ==?=")]
    [InlineData("tasks/get", """ "taskId":"7" """, "7")]
    [InlineData("tools/list", """ "name":"x" """, null)]
    public void A_modern_request_tells_its_method_and_name_again(string method, string member, string? name)
    {
        using var request = Mirror($$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{ {{{member}}}, {{{Meta}}} }}""", version: null);
        Assert.Equal("2026-07-28", Header(request, "MCP-Protocol-Version"));
        Assert.Equal(method, Header(request, "Mcp-Method"));
        Assert.Equal(name, Header(request, "Mcp-Name"));
    }

    [Fact]
    public void A_legacy_request_tells_its_version_and_a_handshake_nothing()
    {
        using var call = Mirror("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add"}}""", "2025-11-25");
        Assert.Equal("2025-11-25", Header(call, "MCP-Protocol-Version"));
        Assert.Null(Header(call, "Mcp-Method"));
        using var initialize = Mirror("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}""", "2025-11-25");
        Assert.Null(Header(initialize, "MCP-Protocol-Version"));
    }

    [Fact]
    public void Arguments_that_a_schema_marks_are_told_in_headers()
    {
        var facts = Facts("""
            {"name":"t","annotations":{"readOnlyHint":true},"inputSchema":{"properties":{
              "region":{"type":"string","x-mcp-header":"Region"},
              "deep":{"properties":{"n":{"x-mcp-header":"N"},"o":{"x-mcp-header":"O"}}},
              "flag":{"x-mcp-header":"Flag"},"absent":{"x-mcp-header":"Absent"},"odd":{"x-mcp-header":5}}}}
            """);
        var call = Frame("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"region":"é","deep":{"n":-7,"o":{}},"flag":true,"odd":"x"}}}""");
        Assert.Equal(
            [("Mcp-Param-Region", "=?base64?w6k=?="), ("Mcp-Param-N", "-7"), ("Mcp-Param-Flag", "true")],
            ParameterHeaders.Of(facts.Of("t"), call).Select(static header => (header.Key, header.Value)));
        Assert.Empty(ParameterHeaders.Of(facts.Of("other"), call));
        Assert.True(facts.Of("t")!.IsReadOnlyHinted);
    }

    [Theory]
    [InlineData("""{"name":"t"}""")]
    [InlineData("""{"name":"t","annotations":{"readOnlyHint":false}}""")]
    [InlineData("""{"name":"t","annotations":{"readOnlyHint":"true"}}""")]
    [InlineData("""{"name":"t","annotations":null,"inputSchema":[]}""")]
    public void A_tool_counts_as_read_only_only_when_it_says_so(string tool) => Assert.False(Facts(tool).Of("t")!.IsReadOnlyHinted);

    [Fact]
    public void A_tool_that_was_never_listed_has_no_facts() => Assert.Null(new ToolFacts().Of("t"));

    [Fact]
    public void The_items_of_a_list_stand_where_they_are_told_to_stand()
    {
        var answer = Frame("""{"jsonrpc":"2.0","id":1,"result":{"x":[{"name":"no"}],"tools": [ {"name":"a\u0062","uri":"u"} ,5,{"uriTemplate":"t/{x}"},{"name":3}],"tools2":[]}}""");
        var list = ListItems.Of(answer, "tools"u8);
        Assert.Equal(["ab", "", ""], list.Items.Select(static item => item.Name));
        Assert.Equal(["u", "t/{x}", ""], list.Items.Select(static item => item.Uri));
        Assert.Equal("""{"name":"a\u0062","uri":"u"}""", answer.KeyOf(list.Items[0].Item));
        Assert.Equal("\"a\\u0062\"", answer.KeyOf(list.Items[0].NameAt));
        Assert.StartsWith("[ {", answer.KeyOf(list.Array), StringComparison.Ordinal);
        Assert.EndsWith("]", answer.KeyOf(list.Array), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"tools":{}}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"tools":[{}]}}""")]
    public void What_is_no_list_has_no_items(string json) => Assert.Empty(ListItems.Of(Frame(json), "tools"u8).Items);

    private static ToolFacts Facts(string tool)
    {
        var facts = new ToolFacts();
        facts.Note(ListItems.Of(Frame($$$"""{"jsonrpc":"2.0","id":1,"result":{"tools":[{{{tool}}}]}}"""), "tools"u8));
        return facts;
    }

    private static HttpRequestMessage Mirror(string json, string? version)
    {
        var request = new HttpRequestMessage();
        var frame = Frame(json);
        MirrorHeaders.Add(request, new ServerMessage(frame, frame, 1), version);
        return request;
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));
}
