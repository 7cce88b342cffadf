using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.Tests.ToolSmith.Drafting;

public sealed class DraftTests
{
    private const string Root = "/nowhere/at/all";
    private static readonly SmallRules s_rules = new(Root);

    [Fact]
    public void Commands_that_differ_in_a_file_become_a_tool_with_a_path() => Assert.Equal(
        """
        # yaml-language-server: $schema=../manifest.schema.json
        tool: wc_l
        description: "Counts lines, words and bytes: wc -l PATH."
        input: { type: object, required: [path], properties: { path: { type: string, minLength: 1, pattern: "^(?!-)" } }, additionalProperties: false }
        effect: read
        footprint:
          reads:
            - "file:{path}"
        exec:
          - run: [wc, "-l", "{path}"]

        """,
        Text("wc -l a.txt", "wc -l src/b.txt"));

    [Fact]
    public void What_is_the_same_every_time_stays_as_it_is() =>
        Assert.Equal(["grep", "-r", "{pattern}", "src"], Words("grep -r TODO src", "grep -r FIXME src"));

    [Fact]
    public void Options_stand_in_any_order_and_a_value_may_be_attached() =>
        Assert.Equal(["head", "-n", "{lines}", "{path}"], Words("head -n 3 a.txt", "head b.txt -n5", "head -7 c.txt"));

    [Fact]
    public void Two_places_that_differ_alike_are_one_parameter() => Assert.Equal(
        ["kubectl", "set", "image", "-n", "prod", "deploy/{name}", "{name}={value}"],
        General("kubectl -n prod set image deploy/geo geo=x", "kubectl set image deploy/rate rate=y -n prod"));

    [Fact]
    public void Different_numbers_of_files_become_a_list() =>
        Assert.Equal(["rm", "-f", "{paths[]}"], Words("rm -f a", "rm -f b c"));

    [Fact]
    public void A_write_names_the_listing_of_its_files_folder_and_can_be_taken_back()
    {
        var tool = Tool("touch a", "touch sub/b");
        Assert.Equal(ToolEffect.Write, tool.Effect);
        Assert.Equal("files", tool.State);
        Assert.Equal(WriteKind.Blind, tool.Write);
        Assert.Equal(["file:{path|parent}/*", "file:{path}"], tool.Writes.Select(static entry => entry.Id.Source));
    }

    [Fact]
    public void An_edit_reads_what_it_writes()
    {
        var tool = Tool("sed -i s/a/b/ a.txt", "sed -i s/c/d/ b.txt");
        Assert.Equal(WriteKind.ReadModifyWrite, tool.Write);
        Assert.Equal(["sed", "-i", "{script}", "{path}"], Run(tool));
    }

    [Fact]
    public void A_pipeline_with_a_file_behind_it_is_run_by_bash_with_its_values_in_variables()
    {
        var tool = Tool("grep -r TODO src | sort > todo.txt", "grep -r 'a b' src | sort > out/x.txt");
        Assert.Equal(["bash", "-c", "grep -r \"$pattern\" src | sort >\"$file\""], Run(tool));
        Assert.Equal(
            ["file={file}", "pattern={pattern}"],
            ((Step.Run)tool.Exec[0]).Environment.Select(static one => $"{one.Key}={one.Value.Source}"));
        Assert.Equal("grep_r_sort_to_file", tool.Tool);
    }

    [Fact]
    public void A_live_read_says_so() => Assert.Equal(ToolEffect.LiveRead, Tool("date +%s", "date +%F").Effect);

    [Fact]
    public void A_value_with_braces_is_no_template() =>
        Assert.Equal(["grep", "a{{2}}", "{path}"], Words("grep 'a{2}' x", "grep 'a{2}' y"));

    [Fact]
    public void Objects_that_follow_from_no_argument_are_no_tool()
    {
        // Half of what the first touches is named by nothing that the second has, too.
        var (first, second) = (Seen("wc -l a b"), Seen("wc -l c d"));
        var odd = first with { Touched = CoAgent.Protocol.Objects.Footprint.Create([.. first.Touched.Reads, CoAgent.Protocol.Objects.ObjectPattern.Parse("file:/etc/x")], []) };
        var drafted = Draft([odd, second]);
        Assert.Contains("does not follow from its words", Assert.IsType<Drafted.NotPossible>(drafted).Why);
    }

    [Fact]
    public void More_than_eight_arguments_are_too_many_and_eight_are_not()
    {
        Assert.IsType<Drafted.Tool>(Draft([Seen("echo a b c d e f g h"), Seen("echo i j k l m n o p")]));
        Assert.IsType<Drafted.NotPossible>(Draft([Seen("echo a b c d e f g h i"), Seen("echo j k l m n o p q r")]));
    }

    [Fact]
    public void Asked_for_one_command_every_value_is_an_argument()
    {
        var tool = Tool("head -n 3 a.txt");
        Assert.Equal(["head", "-n", "{lines}", "{path}"], Run(tool));
        Assert.Equal("integer", tool.Input!.Value.GetProperty("properties").GetProperty("lines").GetProperty("type").GetString());
    }

    private static string Text(params string[] lines) => ManifestWriter.Write(Tool(lines) with { Examples = [] });

    private static string[] Words(params string[] lines) => Run(Tool(lines));

    private static string[] Run(ToolManifest tool) => [.. Assert.IsType<Step.Run>(Assert.Single(tool.Exec)).Arguments.Select(static one => one.Source)];

    private static ToolManifest Tool(params string[] lines) => Assert.IsType<Drafted.Tool>(Draft([.. lines.Select(Seen)])).Manifest;

    private static string[] General(params string[] lines)
    {
        var general = Generalization.Of([.. lines.Select(static line => new SeenUnit(Assert.Single(CommandUnit.Of(line, new())), CoAgent.Protocol.Objects.Footprint.Create([], []), UnitNature.Write))], static (_, _) => false, out var why);
        Assert.Null(why);
        return [.. general!.Stages[0].Select(word => word.ToTemplate(general.Parameters))];
    }

    private static Drafted Draft(ImmutableArray<SeenUnit> seen) => new ToolDraft(Root, s_rules, new PlainPaths()).Of(seen);

    private static SeenUnit Seen(string line) =>
        Assert.Single(new CommandLook(Root, s_rules, s_rules, ImmutableSortedDictionary<string, string>.Empty).Look(line).Units);
}
