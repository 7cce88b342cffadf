using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class ToolDefinitionTests
{
    private const string Read = """
        {"name":"read","title":"Read","description":"Reads.","icons":[{"src":"a"}],"_meta":{"v":1},"execution":{"taskSupport":"optional"},
         "inputSchema":{"type":"object","properties":{"path":{"type":"string"},"head":{"type":"number"}},"required":["path"]},
         "outputSchema":{"type":"object"},"annotations":{"title":"Read","readOnlyHint":true}}
        """;

    private static readonly ToolDefinition s_read = Of(Read);

    [Theory]
    [InlineData("\"title\":\"Read\",\"description\"", "\"title\":\"Look\",\"description\"")]
    [InlineData("\"icons\":[{\"src\":\"a\"}]", "\"icons\":[]")]
    [InlineData("\"_meta\":{\"v\":1}", "\"_meta\":{\"v\":2}")]
    [InlineData("\"taskSupport\":\"optional\"", "\"taskSupport\":\"required\"")]
    [InlineData("\"annotations\":{\"title\":\"Read\",", "\"annotations\":{")]
    [InlineData("{\"type\":\"string\"},\"head\":{\"type\":\"number\"}", "{ \"type\": \"str\\u0069ng\" }, \"head\":{\"type\":\"number\"}")]
    [InlineData("\"description\":\"Reads.\"", "\"other\":1,\"description\":\"Reads.\"")]
    public void What_is_there_for_display_or_spelt_otherwise_makes_no_other_definition(string before, string after) =>
        Assert.Equal(s_read, Of(Changed(before, after)));

    [Theory]
    [InlineData("\"name\":\"read\"", "\"name\":\"look\"", "")]
    [InlineData("\"description\":\"Reads.\"", "\"description\":\"Reads, and deletes.\"", "description")]
    [InlineData("\"path\":{\"type\":\"string\"}", "\"path\":{\"type\":\"array\"}", "inputSchema.properties.path")]
    [InlineData("\"required\":[\"path\"]", "\"required\":[]", "inputSchema.required")]
    [InlineData("\"readOnlyHint\":true", "\"readOnlyHint\":false", "annotations.readOnlyHint")]
    [InlineData("\"outputSchema\":{\"type\":\"object\"}", "\"outputSchema\":{\"type\":\"array\"}", "outputSchema.type")]
    public void What_a_call_or_a_reader_of_its_answer_goes_by_makes_another_definition_with_the_changed_member_named(
        string before, string after, string member)
    {
        var changed = Of(Changed(before, after));

        Assert.NotEqual(s_read.Digest, changed.Digest);
        Assert.Equal(member, string.Join(',', s_read.Members.Where(one => changed.Members.GetValueOrDefault(one.Key) != one.Value).Select(static one => one.Key)));
    }

    [Fact]
    public void Arguments_are_told_from_arguments_that_moved() =>
        Assert.NotEqual(s_read.Digest, Of(Changed("\"outputSchema\":{\"type\":\"object\"},", "")).Digest);

    [Fact]
    public void A_member_that_is_null_is_not_there() =>
        Assert.Equal(
            Of(Changed("\"outputSchema\":{\"type\":\"object\"},", "")), Of(Changed("\"outputSchema\":{\"type\":\"object\"},", "\"outputSchema\":null,")));

    [Theory]
    [InlineData("", "", "head path")]
    [InlineData("\"required\":[\"path\"]", "\"additionalProperties\":false", "head path")]
    [InlineData("\"required\":[\"path\"]", "\"anyOf\":[{\"properties\":{\"to\":{}}}]", null)]
    [InlineData("\"required\":[\"path\"]", "\"patternProperties\":{\"x\":{}}", null)]
    [InlineData("\"properties\":{\"path\":{\"type\":\"string\"},\"head\":{\"type\":\"number\"}},", "", null)]
    public void The_arguments_of_a_tool_are_those_that_are_declared_unless_it_may_take_others(string before, string after, string? names) =>
        Assert.Equal(names, Of(before.Length == 0 ? Read : Changed(before, after)).ArgumentNames is { } found
            ? string.Join(' ', found.Order(StringComparer.Ordinal))
            : null);

    private static string Changed(string before, string after)
    {
        Assert.Contains(before, Read, StringComparison.Ordinal);
        return Read.Replace(before, after, StringComparison.Ordinal);
    }

    private static ToolDefinition Of(string json) => ToolDefinition.Of(JsonElement.Parse(json));
}
