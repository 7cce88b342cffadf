using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Promotion;
using CoAgent.ToolSmith.Rules;

namespace CoAgent.ToolSmith.Tests.Promotion;

/// <summary>Commands that come again become tools: with the shipped rules, in a real sandbox.</summary>
public sealed class GrowthTests
{
    [Fact]
    public async Task A_read_that_is_seen_three_times_becomes_a_verified_tool_and_then_covers_the_next()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        ground.Write("src/b.txt", "two\nthree\n");
        Assert.Empty((await ground.RunAsync("wc -l a.txt", "wc -l src/b.txt")).Grown);
        var tool = Assert.Single((await ground.RunAsync("wc -l a.txt")).Grown);
        Assert.Equal(("wc_l", GrownKind.SnapshotRead, GrownStatus.Verified, null), (tool.Name, tool.Kind, tool.Status, tool.Why));
        var written = ground.Now.Find(new CatalogName("wc", "wc_l"))!;
        Assert.Equal((TrustLevel.Verified, true), (written.Trust, CommandTools.IsOffered(written)));
        Assert.Equal("held", Outcome(written, "footprint"));
        Assert.Equal("wc_l", Assert.Single((await ground.RunAsync("wc -l other.txt")).Covered));
        Assert.Equal("wc_l", ground.Catalog.Covering("wc -l x"));
        Assert.Null(ground.Catalog.Covering("wc -c x"));
    }

    [Fact]
    public async Task Seen_twice_is_not_seen_often_and_the_same_three_times_is_no_pattern()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        Assert.Empty((await ground.RunAsync("wc -l a.txt", "wc -l a.txt", "wc -l a.txt", "wc -l a.txt")).Grown);
        Assert.Empty(ground.Now.Tools);
    }

    [Fact]
    public async Task What_has_failed_is_not_learned_from()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        foreach (var line in new[] { "wc -l a.txt", "wc -l b.txt", "wc -l c.txt" })
        {
            await ground.Catalog.LearnAsync(ground.Catalog.Look(line, ground.Root)!, exitCode: 1, CancellationToken.None);
        }

        Assert.Equal(0, ground.Catalog.Report().CommandsSeen);
    }

    [Fact]
    public async Task A_write_is_taken_back_in_its_trial_or_it_is_not_offered()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        ground.Write("b.txt", "two\n");
        var tool = Assert.Single((await ground.RunAsync("cp a.txt c.txt", "cp b.txt d.txt", "cp a.txt e.txt")).Grown);
        Assert.Equal((GrownKind.Write, GrownStatus.Verified), (tool.Kind, tool.Status));
        var written = ground.Now.Find(new CatalogName("cp", "cp"))!;
        Assert.Equal(("held", "held", "held"), (Outcome(written, "footprint"), Outcome(written, "undo"), Outcome(written, "replay")));
        Assert.Equal("files", written.Manifest.State);
        Assert.False(File.Exists(Path.Combine(ground.Root, "c.txt")));
    }

    [Fact]
    public async Task A_pipeline_into_a_file_becomes_one_tool_whose_values_are_no_text_of_its_script()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "b\na\n");
        ground.Write("c.txt", "d\nc\n");
        var tool = Assert.Single((await ground.RunAsync("sort a.txt | head -n 1 > x", "sort c.txt | head -n 1 > y", "sort a.txt | head -n 1 > z")).Grown);
        Assert.Equal((GrownKind.Write, GrownStatus.Verified, null), (tool.Kind, tool.Status, tool.Why));
        var run = (Step.Run)ground.Now.Find(new CatalogName("sort", tool.Name))!.Manifest.Exec[0];
        Assert.Equal(["bash", "-c", "sort \"$path\" | head -n 1 >\"$file\""], run.Arguments.Select(static one => one.Source));
    }

    [Fact]
    public async Task Another_value_makes_the_tool_wider_and_gives_it_no_second_name()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "1\n2\n3\n");
        ground.Write("b.txt", "4\n5\n6\n");
        Assert.Single((await ground.RunAsync("head -n 2 a.txt", "head -n 2 b.txt", "head -n 2 a.txt")).Grown);
        var wider = Assert.Single((await ground.RunAsync("head -n 1 a.txt")).Grown);
        Assert.Equal(("head", GrownStatus.Verified), (wider.Name, wider.Status));
        Assert.Equal("head", ground.Catalog.Covering("head -n 7 b.txt"));
        Assert.Single(ground.Now.Tools);
    }

    [Fact]
    public async Task A_rule_that_says_too_little_is_found_out_and_its_tool_put_aside_with_the_evidence()
    {
        using var ground = new GrowingGround(analyst: new Forgetful());
        ground.Write("a.txt", "one\n");
        ground.Write("b.txt", "two\n");
        var tool = Assert.Single((await ground.RunAsync("cp a.txt c.txt", "cp b.txt d.txt", "cp a.txt e.txt")).Grown);
        Assert.Equal(GrownStatus.Quarantined, tool.Status);
        Assert.Contains("footprint", tool.Why);
        Assert.Empty(ground.Now.Tools);
        Assert.Contains("the listing of its folder is not declared", File.ReadAllText(Path.ChangeExtension(tool.ManifestFile, ".evidence.json")));
    }

    [Fact]
    public async Task What_was_seen_is_counted_over_restarts_without_any_value()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        ground.Write("b.txt", "one\n");
        await ground.RunAsync("wc -l a.txt", "wc -l a.txt");
        ground.Reopen();
        Assert.DoesNotContain("a.txt", File.ReadAllText(ground.Ground.SurveyFile!));
        Assert.Empty((await ground.RunAsync("wc -l a.txt")).Grown);
        Assert.Single((await ground.RunAsync("wc -l b.txt")).Grown);
    }

    [Fact]
    public async Task A_survey_that_is_none_of_ours_is_begun_anew()
    {
        using var ground = new GrowingGround();
        File.WriteAllText(ground.Ground.SurveyFile!, """{"version":1,"forms":{"wc -l":7,"cat":{"seen":"x"}}}""");
        ground.Reopen();
        ground.Write("a.txt", "one\n");
        Assert.Empty((await ground.RunAsync("wc -l a.txt")).Grown);
    }

    [Fact]
    public async Task Asked_for_a_command_a_tool_is_made_of_it_at_once_and_tried_on_another_file_too()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        await using var smith = new Smith(ground.Ground, static error => throw error);
        var offer = await smith.RequestAsync("wc -l a.txt", CancellationToken.None);
        Assert.Equal((ToolOfferKind.Grown, "wc_l", """{"path":"a.txt"}"""), (offer.Kind, offer.Tool, offer.Arguments?.GetRawText()));
        Assert.Equal(2, ground.Now.Find(new CatalogName("wc", "wc_l"))!.Manifest.Examples.Length);
        Assert.Equal(ToolOfferKind.Existing, (await smith.RequestAsync("wc -l b.txt", CancellationToken.None)).Kind);
        var words = await smith.RequestAsync("count the lines of a file", CancellationToken.None);
        Assert.Equal((ToolOfferKind.Existing, "wc_l"), (words.Kind, words.Tool));
        Assert.Equal(ToolOfferKind.Missing, (await smith.RequestAsync("deploy it tomorrow", CancellationToken.None)).Kind);
        Assert.Equal(ToolOfferKind.Missing, (await smith.RequestAsync("wc -l a.txt; rm a.txt", CancellationToken.None)).Kind);
    }

    [Theory]
    [InlineData("""{"path":"-c"}""", "may not begin with a dash")]
    [InlineData("""{"path":""}""", "may not be empty")]
    [InlineData("""{}""", "is missing")]
    [InlineData("""{"path":["a"]}""", "is a text")]
    [InlineData("""{"path":"a","more":1}""", "no argument")]
    public async Task A_call_with_other_arguments_than_the_schema_takes_is_not_made(string arguments, string complaint)
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        await using var smith = new Smith(ground.Ground, static error => throw error);
        Assert.Equal(ToolOfferKind.Grown, (await smith.RequestAsync("wc -l a.txt", CancellationToken.None)).Kind);
        var tool = ground.Now.Find(new CatalogName("wc", "wc_l"))!;
        Assert.Contains(complaint, smith.Refuse(tool, JsonElement.Parse(arguments)));
        Assert.Null(smith.Refuse(tool, JsonElement.Parse("""{"path":"a.txt"}""")));
    }

    [Fact]
    public async Task A_value_that_would_write_where_the_tool_does_not_say_is_refused()
    {
        using var ground = new GrowingGround();
        ground.Write("a.txt", "one\n");
        ground.Write("b.txt", "two\n");
        await using var smith = new Smith(ground.Ground, static error => throw error);
        Assert.Equal(ToolOfferKind.Grown, (await smith.RequestAsync("cp a.txt c.txt", CancellationToken.None)).Kind);
        var tool = ground.Now.Find(new CatalogName("cp", "cp"))!;
        Directory.CreateDirectory(Path.Combine(ground.Root, "into"));
        Assert.NotNull(smith.Refuse(tool, JsonElement.Parse("""{"from":"a.txt","to":"into"}""")));
        Assert.NotNull(smith.Refuse(tool, JsonElement.Parse("""{"from":"a.txt","to":"/etc/motd"}""")));
        Assert.Null(smith.Refuse(tool, JsonElement.Parse("""{"from":"b.txt","to":"x.txt"}""")));
    }

    [Fact]
    public async Task Where_nothing_can_be_isolated_nothing_is_tried_and_the_draft_says_why()
    {
        using var ground = new GrowingGround(hasSandbox: false);
        ground.Write("a.txt", "one\n");
        ground.Write("b.txt", "two\n");
        var tool = Assert.Single((await ground.RunAsync("wc -l a.txt", "wc -l b.txt", "wc -l a.txt")).Grown);
        Assert.Equal(GrownStatus.Draft, tool.Status);
        Assert.Contains("cannot be isolated: a test asks for it", tool.Why);
        Assert.Equal(TrustLevel.Draft, ground.Now.Find(new CatalogName("wc", tool.Name))!.Trust);
    }

    private static string? Outcome(CatalogedTool tool, string law) => tool.Entries[0].Evidence!.Value.GetProperty("laws").EnumerateArray()
        .First(one => one.GetProperty("law").GetString() == law).GetProperty("outcome").GetString();

    /// <summary>Rules that forget listings.</summary>
    private sealed class Forgetful : ICommandAnalyst
    {
        private readonly CommandAnalyst _rules = new();

        public CommandAnalysis Analyse(ShellLine line, ICommandFiles files) => _rules.Analyse(line, files) is CommandAnalysis.Known known
            ? known with { Touched = Footprint.Create(known.Touched.Reads, known.Touched.Writes.Where(static write => write.Extent != Extent.Children)) }
            : new CommandAnalysis.Opaque("not known");
    }
}
