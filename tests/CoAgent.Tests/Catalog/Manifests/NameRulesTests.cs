using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Tests.Catalog.Manifests;

/// <summary>Which names templates may use where; each case is one line that is changed in a manifest without fault.</summary>
public sealed class NameRulesTests
{
    private const string Good =
        """
        tool: t
        effect: write
        input: { type: object, properties: { name: { type: string }, list: { type: array } } }
        footprint: { writes: [ "mcp:a/{name}" ] }
        prepare:
          - call: { tool: read, arguments: { name: "{name}" } }
            save: before
          - run: [cat, "{before}", "{list[]}"]
            input: "{before}"
            environment: { A: "{before}" }
            when: "{before}"
            save: more
        reverse:
          guard: [ { call: { tool: read, arguments: { name: "{before}" } }, save: now } ]
          steps:
            - call: { tool: read, arguments: { name: "{more}" } }
              save: last
            - script: cat
              files: { f: "{last}" }

        """;

    [Fact]
    public void A_name_that_was_saved_before_may_be_used_afterwards() => Assert.Empty(FaultsOf(Good));

    [Theory]
    [InlineData("mcp:a/{name}", "mcp:a/{before}", "footprint")]
    [InlineData("\"mcp:a/{name}\"", "{ id: \"mcp:a/b\", when: \"{more}\" }", "footprint")]
    [InlineData("arguments: { name: \"{name}\" }", "arguments: { name: \"{more}\" }", "prepare")]
    [InlineData("\"{list[]}\"", "\"{more}\"", "prepare")]
    [InlineData("when: \"{before}\"", "when: \"{more}\"", "prepare")]
    [InlineData("arguments: { name: \"{before}\" }", "arguments: { name: [\"{now}\"] }", "reverse")]
    [InlineData("name: \"{more}\"", "name: \"{now}\"", "reverse")]
    [InlineData("name: \"{more}\"", "name: \"{last}\"", "reverse")]
    public void A_name_that_is_saved_later_or_elsewhere_is_refused(string from, string to, string key) => Refused(from, to, key);

    [Fact]
    public void A_name_that_is_an_argument_is_not_saved() => Refused("properties: { name:", "properties: { last: {}, name:", "input");

    [Theory]
    [InlineData("input: \"{before}\"", "input: \"{list[]}\"", "prepare")]
    [InlineData("A: \"{before}\"", "A: \"{list[].a}\"", "prepare")]
    [InlineData("when: \"{before}\"", "when: \"{list[]}\"", "prepare")]
    [InlineData("f: \"{last}\"", "f: \"{last|keys}\"", "reverse")]
    public void Where_one_text_is_needed_no_list_is_gone_through(string from, string to, string key) => Refused(from, to, key);

    private static void Refused(string from, string to, string key)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        var fault = Assert.Single(FaultsOf(Good.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal(key, fault.Key);
        Assert.NotNull(fault.Line);
    }

    private static ImmutableArray<CatalogFault> FaultsOf(string text) => ManifestReader.ReadTool("t.yaml", text).Faults;
}
