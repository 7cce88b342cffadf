using System.Runtime.Versioning;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Workspace.Effects;
using CoAgent.Workspace;
using CoAgent.Workspace.Layers;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Tests.Workspace.Commands;

/// <summary>Commands of which rules say what they touch.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KnownCommandTests
{
    [Fact]
    public void A_command_that_only_reads_is_a_read_of_what_its_rule_says()
    {
        using var world = World(new ScriptedAnalyst().Know("cat a.txt", ["a.txt"], []));
        var declared = world.Declare("bash", new { command = "cat a.txt" });
        Assert.True(declared.Call.IsRead);
        Assert.True(declared.IsErrorAnOutcome);
        Assert.Equal(ReadView.Version, declared.Call.View);
        Assert.Equal([world.RootId + "/a.txt"], declared.Call.Footprint.Reads.Select(static pattern => pattern.ToString()));
    }

    [Fact]
    public async Task A_command_that_only_reads_answers_from_what_was_there_before_later_writes()
    {
        const string All = "find . | sort; cat a.txt dir/b.txt link; stat -c '%a %n' a.txt dir";
        using var world = World(new ScriptedAnalyst().Know(All, ["**"], []));
        var before = await world.ReadText("bash", new { command = All });
        var made = await world.Make("bash", new { command = "rm -r dir link; echo x > a.txt; chmod 600 a.txt; mkdir -p n/m; ln -s n dir; touch n/x" });
        var after = world.Image;
        Assert.Equal(before, await world.ReadText("bash", new { command = All }, made));
        Assert.NotEqual(before, await world.ReadText("bash", new { command = All }));
        Assert.Equal(after, world.Image);
        Assert.Contains("./dir/sub/up", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_writes_though_its_rule_says_that_it_reads_is_not_done_and_is_a_write_from_then_on()
    {
        using var world = World(new ScriptedAnalyst().Know("tally", ["a.txt"], []).Know("echo x > x", ["a.txt"], []));
        var before = world.Image;
        Assert.True(world.Declare("bash", new { command = "echo x > x" }).Call.IsRead);
        var answer = Assert.IsType<Execution.NotDone>(await world.Read(world.Name("bash", new { command = "echo x > x" }), []));
        Assert.Contains("make it again", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(before, world.Image);
        var declared = world.Declare("bash", new { command = "echo x > x" }).Call;
        Assert.Contains(ObjectPattern.Parse(world.RootId + "/x"), declared.Footprint.Writes);
        var made = await world.Make("bash", new { command = "echo x > x" });
        Assert.Equal("x\n", world.Files.Content("x"));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
    }

    [Fact]
    public async Task A_command_is_declared_with_what_its_rule_says_and_done_when_it_does_no_more()
    {
        using var world = World(new ScriptedAnalyst().Know("echo more >> a.txt", ["a.txt"], ["a.txt"]));
        var before = world.Image;
        var declared = world.Declare("bash", new { command = "echo more >> a.txt" }).Call;
        Assert.Equal([world.RootId + "/a.txt"], declared.Footprint.Writes.Select(static pattern => pattern.ToString()));
        var made = await world.Make("bash", new { command = "echo more >> a.txt" });
        Assert.EndsWith("more\n", world.Files.Content("a.txt"), StringComparison.Ordinal);
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
    }

    [Fact]
    public async Task A_command_that_writes_more_than_its_rule_says_is_not_done_and_is_observed_from_then_on()
    {
        const string Line = "echo one > a.txt; echo two > empty";
        using var world = World(new ScriptedAnalyst().Know(Line, [], ["a.txt"]));
        var before = world.Image;
        var refused = Assert.IsType<Preparation.NotPossible>(await world.Effects.PrepareAsync(
            world.Declared(world.Name("bash", new { command = Line })), WorkspaceFixture.Bound()));
        Assert.Contains("make it again", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(before, world.Image);
        Assert.Contains(ObjectPattern.Parse(world.RootId + "/empty"), world.Declare("bash", new { command = Line }).Call.Footprint.Writes);
        await world.Make("bash", new { command = Line });
        Assert.Equal("two\n", world.Files.Content("empty"));
    }

    [Fact]
    public void What_is_opaque_or_known_to_be_irreversible_waits_for_all_before_it()
    {
        using var world = World(new ScriptedAnalyst()
            .Say("mail", new CommandAnalysis.Opaque("it talks to others"))
            .Say("push", new CommandAnalysis.Known(Touched.Create([ObjectPattern.Parse("file:/r/**")], [])) { IsIrreversible = true })
            .Say("drop", new CommandAnalysis.Known(Touched.Create([], [ObjectPattern.Parse("pg:db/**")]))));
        foreach (var command in (string[])["mail", "push", "drop"])
        {
            var declared = world.Declare("bash", new { command }).Call;
            Assert.True(declared.IsIrreversible, command);
            Assert.False(declared.IsRead, command);
            Assert.False(declared.IsInverseIdempotent, command);
        }
    }

    [Fact]
    public void What_is_live_is_asked_in_place_and_what_is_no_file_is_asked_rewound()
    {
        var object_ = ObjectPattern.Parse("k8s:prod/geo");
        using var world = World(new ScriptedAnalyst()
            .Say("date", new CommandAnalysis.Known(Touched.Create([], [])) { IsLive = true })
            .Say("get", new CommandAnalysis.Known(Touched.Create([object_], []))));
        var live = world.Declare("bash", new { command = "date" }).Call;
        Assert.Equal((ReadView.Live, false), (live.View, live.CanReread));
        Assert.Equal(ReadView.Rewind, world.Declare("bash", new { command = "get" }).Call.View);
    }

    [Fact]
    public async Task Where_there_are_no_layers_reads_are_rewound_and_writes_take_the_whole_root()
    {
        using var world = World(new ScriptedAnalyst().Know("cat a.txt", ["a.txt"], []).Know("rm a.txt", ["a.txt"], ["a.txt", "*"]), layers: false);
        Assert.Equal(ReadView.Rewind, world.Declare("bash", new { command = "cat a.txt" }).Call.View);
        Assert.Equal(world.Files.Content("a.txt"), await world.ReadText("bash", new { command = "cat a.txt" }));
        var declared = world.Declare("bash", new { command = "rm a.txt" }).Call.Footprint;
        Assert.Equal([world.RootId + "/**"], declared.Writes.Select(static pattern => pattern.ToString()));
        var before = world.Image;
        var made = await world.Make("bash", new { command = "rm a.txt" });
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
    }

    [Fact]
    public async Task A_replay_is_not_run_again_while_what_it_touched_is_as_it_was()
    {
        const string Line = "cat a.txt /proc/sys/kernel/random/uuid > new";
        using var world = World(new ScriptedAnalyst().Know(Line, ["a.txt"], ["new", "*"]));
        var made = await world.Make("bash", new { command = Line });
        var first = world.Files.Content("new");
        await world.Invert(made);
        Assert.False(File.Exists(world.Files.At("new")));
        await world.Make(made.Call);
        Assert.Equal(first, world.Files.Content("new"));
        await world.Invert(made);
        world.Files.Put("a.txt", "other");
        await world.Make(made.Call);
        Assert.StartsWith("other", world.Files.Content("new"), StringComparison.Ordinal);
        Assert.NotEqual(first[^30..], world.Files.Content("new")[^30..]);
    }

    [Fact]
    public async Task The_same_command_of_another_call_is_run_anew()
    {
        const string Line = "cat /proc/sys/kernel/random/uuid > empty";
        using var world = World(new ScriptedAnalyst().Know(Line, [], ["empty"]));
        var made = await world.Make("bash", new { command = Line });
        var first = world.Files.Content("empty");
        await world.Invert(made);
        await world.Make("bash", new { command = Line });
        Assert.NotEqual(first, world.Files.Content("empty"));
    }

    private static EffectsFixture World(ScriptedAnalyst analyst, bool layers = true)
    {
        var world = new EffectsFixture(layers ? Overlays : null, isInMemory: true, limits: null, analyst);
        world.Files.Put("a.txt", "alpha\n");
        world.Files.Put("dir/b.txt", "beta");
        world.Files.Put("empty", "");
        Directory.CreateDirectory(world.Files.At("dir/sub"));
        world.Files.Link("dir/sub/up", "../b.txt");
        world.Files.Link("link", "a.txt");
        world.Files.Put(".coagent/journal", "journal");
        return world;
    }

    private static Func<string, LayerSupport> Overlays =>
        Environment.IsPrivilegedProcess ? LayerSupport.Privileged : LayerSupport.Unprivileged;
}
