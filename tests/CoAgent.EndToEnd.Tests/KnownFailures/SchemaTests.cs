using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests.KnownFailures;

/// <summary>Schemas that come out changed: <c>definitions</c> as <c>$defs</c> (mcp-auth-proxy#178), members dropped.</summary>
public sealed class SchemaTests
{
    private const string Tool =
        """{"name":"odd","title":"Odd \u00e9","description":"d","inputSchema":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","definitions":{"A":{"type":"string"}},"properties":{"a":{"$ref":"#/definitions/A"},"n":{"maximum":1e400}},"additionalProperties":false,"x-vendor":[1.0,2]},"outputSchema":{"type":"object","$defs":{}},"annotations":{"readOnlyHint":true,"vendorHint":7},"icons":[{"src":"data:,","sizes":["48x48"]}],"execution":{"taskSupport":"optional"},"_meta":{"vendor/key":{"deep":[null]}},"unknown":{"b":1,"a":2}}""";

    [Fact]
    public async Task A_tool_list_of_one_server_passes_byte_for_byte()
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript("odd", ListRule(Tool)).StartAsync();
        await using var client = await proxy.ConnectAsync("stdio");

        var list = await client.RequestAsync("tools/list", "{}");

        Assert.Equal($$$"""{"tools":[{{{Tool}}}],"_meta":{"x":1}}""", OwnTools.Without(list.Result.GetRawText()));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("stdio")]
    public async Task A_tool_among_those_of_several_servers_passes_byte_for_byte(string way)
    {
        await using var proxy = new ProxyUnderTest();
        await proxy.WithScript("odd", ListRule(Tool)).With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync(way);

        var list = await client.RequestAsync("tools/list", "{}");

        Assert.Equal(Tool, list.Result.GetProperty("tools")[0].GetRawText());
    }

    [Fact]
    public async Task A_tool_that_is_renamed_changes_in_its_name_alone()
    {
        await using var proxy = new ProxyUnderTest { Settings = """ "servers":{"odd":{"prefix":"o_"}} """ };
        await proxy.WithScript("odd", ListRule(Tool)).With("echo", "echo").StartAsync();
        await using var client = await proxy.ConnectAsync("http");

        var list = await client.RequestAsync("tools/list", "{}");

        Assert.Equal(Tool.Replace("\"odd\"", "\"o_odd\""), list.Result.GetProperty("tools")[0].GetRawText());
    }

    private static string ListRule(string tool)
    {
        var answer = """{"jsonrpc":"2.0","id":${id},"result":{"tools":[TOOL],"_meta":{"x":1}}}""".Replace("TOOL", tool);
        return $$"""{"on":"tools/list","send":[{{JsonSerializer.Serialize(answer)}}]}""";
    }
}
