using System.Text.Json;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Texts;
using CoAgent.Tests.Catalog.Schemas;
using CoAgent.ToolSmith.Rules;
using Repository = CoAgent.Tests.Support.Repository;

namespace CoAgent.Tests.ToolSmith.Rules;

/// <summary>The files of rules.</summary>
public sealed class RuleFileTests
{
    [Fact]
    public void The_shipped_rules_have_no_fault() => Assert.Empty(CommandRules.Shipped.Faults);

    [Theory]
    [InlineData("program: y\n", "x.yaml:1: program: must be the file's name without its ending.")]
    [InlineData("flags: -a\n", "x.yaml:1: program: is missing.")]
    [InlineData("program: x\nflags: -a -a\n", "x.yaml:2: flags: has -a twice, or it does not begin with \"-\".")]
    [InlineData("program: x\noptions:\n  -a: reed\n", "x.yaml:3: options.-a: must be same, or roles of values")]
    [InlineData("program: x\noperands: read... text\n", "x.yaml:2: operands: must be roles")]
    [InlineData("program: x\nforms:\n  - with: -q\n", "x.yaml:3: forms[0].with: names -q, which is not among the options.")]
    [InlineData("program: x\nby: magic\n", "x.yaml:2: by: names no code.")]
    [InlineData("program: x\nreads-only: true\noperands: write...\n", "x.yaml:2: reads-only: cannot be: one of its words is written, or not known.")]
    [InlineData("program: x\nplaces: read\n", "x.yaml:2: places: must be pairs of a role and a path")]
    [InlineData("program: x\noperandz: read\n", "x.yaml:2: operandz: is not known here. Did you mean \"operands\"?")]
    [InlineData("program: x\nsubcommands:\n  s:\n    opaque: no\n    flag: -a\n", "x.yaml:5: subcommands.s.flag: is not known here. Did you mean \"flags\"?")]
    [InlineData("- x\n", "x.yaml:1: is no map")]
    public void A_fault_is_told_with_file_line_and_key(string text, string expected)
    {
        var outcome = RuleReader.Read("x.yaml", text);
        Assert.Null(outcome.Rule);
        Assert.StartsWith(expected, outcome.Faults[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_rules_keep_the_schema_that_editors_go_by()
    {
        var folder = Path.Combine(Repository.Root, "tools-catalog");
        var schema = new JsonSchemaCheck(JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "command.schema.json"))));
        var files = Directory.GetFiles(Path.Combine(folder, "commands"), "*.yaml");
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(
            schema.Holds(JsonElement.Parse(ManifestText.Parse(File.ReadAllText(file), new ManifestFindings(file))!.ToJson())), file));
        Assert.False(schema.Holds(JsonElement.Parse("""{"program":"x","operandz":"read"}""")));
    }

    [Fact]
    public void The_table_in_the_documentation_is_what_the_data_say()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "commands.md"));
        Assert.EndsWith(RuleTable.Text(), text, StringComparison.Ordinal);
    }
}
