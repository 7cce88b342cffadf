using System.Runtime.Versioning;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Workspace.Effects;
using CoAgent.Workspace;
using CoAgent.Workspace.Commands;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Commands;

/// <summary>Commands that no rule covers: what they touch is seen in a layer before they are proposed.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ObservedCommandTests
{
    private const string Fresh = "cat /proc/sys/kernel/random/uuid";

    [Fact]
    public void A_command_is_declared_with_the_files_that_it_was_seen_to_touch()
    {
        using var world = World();
        var before = world.Image;
        var declared = world.Declare("bash", new { command = "read -r x < a.txt; echo $x > dir/out" }).Call;
        Assert.Equal([Id("dir/*"), Id("dir/out")], Written(declared).Order(StringComparer.Ordinal));
        Assert.Contains(Id("a.txt"), declared.Footprint.Reads.Select(static pattern => pattern.ToString()));
        Assert.DoesNotContain(Id("empty"), declared.Footprint.Reads.Select(static pattern => pattern.ToString()));
        Assert.DoesNotContain(Id("dir/b.txt"), declared.Footprint.Reads.Select(static pattern => pattern.ToString()));
        Assert.Equal(before, world.Image);

        string Id(string path) => $"{world.RootId}/{path}";
    }

    [Fact]
    public async Task A_command_that_was_seen_to_read_alone_is_a_read_and_is_not_run_again()
    {
        using var world = World();
        const string Line = "cat a.txt; " + Fresh;
        var call = world.Name("bash", new { command = Line });
        var declared = world.Declare("bash", new { command = Line }).Call;
        Assert.True(declared.IsRead);
        Assert.Equal(ReadView.Version, declared.View);
        var first = await Text(world, call, declared.Footprint);
        Assert.Equal(first, await Text(world, call, declared.Footprint));
        world.Files.Put("empty", "of no concern to it");
        Assert.Equal(first, await Text(world, call, declared.Footprint));
        world.Files.Put("a.txt", "other");
        var again = await Text(world, call, declared.Footprint);
        Assert.StartsWith("other", again, StringComparison.Ordinal);
        Assert.NotEqual(first[^30..], again[^30..]);
    }

    [Fact]
    public async Task A_read_that_was_seen_is_answered_from_what_was_there_before_later_writes()
    {
        using var world = World();
        const string Line = "cat dir/b.txt; ls dir; readlink dir/sub/up";
        var call = world.Name("bash", new { command = Line });
        var before = await Text(world, call, world.Declare("bash", new { command = Line }).Call.Footprint);
        var made = await world.Make("bash", new { command = "rm -r dir; mkdir dir; echo x > dir/b.txt" });
        var other = world.Name("bash", new { command = Line });
        var declared = world.Declare("bash", new { command = Line }).Call.Footprint;
        var answer = await world.Read(other, [made], declared);
        if (answer is Execution.NotDone)
        {
            // At its position it looks at what is not there now.
            answer = await world.Read(other, [made], world.Declare("bash", new { command = Line }).Call.Footprint);
        }

        Assert.Equal(before, EffectsFixture.Text(Assert.IsType<Execution.Answered>(answer).Result));
    }

    [Fact]
    public async Task What_was_observed_is_put_in_place_as_it_is()
    {
        using var world = World();
        const string Line = Fresh + " | tee dir/out";
        var made = await world.Make("bash", new { command = Line });
        Assert.Equal(world.Files.Content("dir/out"), EffectsFixture.Text(made.Result));
        await world.Invert(made);
        var replayed = await world.Make(made.Call);
        Assert.Equal(EffectsFixture.Text(made.Result), EffectsFixture.Text(replayed.Result));
        Assert.Equal(world.Files.Content("dir/out"), EffectsFixture.Text(made.Result));
    }

    [Fact]
    public async Task What_changed_since_it_was_observed_makes_it_run_again()
    {
        using var world = World();
        const string Line = "cat a.txt > dir/out; " + Fresh;
        var call = world.Name("bash", new { command = Line });
        var declared = world.Declared(call);
        world.Files.Put("a.txt", "changed meanwhile");
        var ready = Assert.IsType<Preparation.Ready>(await world.Effects.PrepareAsync(declared, WorkspaceFixture.Bound()));
        Assert.IsType<Execution.Answered>(await world.Effects.ExecuteAsync(declared, world.Keep(ready), WorkspaceFixture.Bound()));
        Assert.Equal("changed meanwhile", world.Files.Content("dir/out"));
    }

    [Fact]
    public async Task What_touches_more_when_its_turn_comes_is_not_done_and_is_declared_anew_with_all_of_it()
    {
        using var world = World();
        const string Line = "while read -r name; do echo x > \"$name\"; done < a.txt";
        world.Files.Put("a.txt", "one\n");
        var call = world.Name("bash", new { command = Line });
        var declared = world.Declared(call);
        world.Files.Put("a.txt", "two\n");
        var before = world.Image;
        var refused = Assert.IsType<Preparation.NotPossible>(await world.Effects.PrepareAsync(declared, WorkspaceFixture.Bound()));
        Assert.Contains("make it again", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(before, world.Image);
        Assert.Contains(ObjectPattern.Parse(world.RootId + "/two"), world.Declare("bash", new { command = Line }).Call.Footprint.Writes);
        await world.Make("bash", new { command = Line });
        Assert.Equal("x\n", world.Files.Content("two"));
    }

    [Fact]
    public async Task What_touches_more_each_time_takes_the_whole_root_in_the_end()
    {
        using var world = World();
        const string Line = "echo x > \"$(" + Fresh + ")\"; cat a.txt";
        for (var attempt = 0; attempt < CommandLesson.MissesMax; attempt++)
        {
            var call = world.Name("bash", new { command = Line });
            var declared = world.Declared(call);
            Assert.DoesNotContain(ObjectPattern.Parse(world.RootId + "/**"), declared.Declared!.Writes);
            world.Files.Put("a.txt", $"{attempt}");
            Assert.IsType<Preparation.NotPossible>(await world.Effects.PrepareAsync(declared, WorkspaceFixture.Bound()));
            world.Files.Put("a.txt", $"{attempt} and something else");
        }

        Assert.Equal([world.RootId + "/**"], Written(world.Declare("bash", new { command = Line }).Call));
        var before = world.Image;
        var made = await world.Make("bash", new { command = Line });
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
    }

    [Fact]
    public void What_a_layer_refuses_is_irreversible_at_once_and_has_not_happened()
    {
        using var world = World();
        var outside = Path.Combine(world.Files.OutsidePath, "x");
        var declared = world.Declare("bash", new { command = $"echo x > {outside}; echo y > inside" }).Call;
        Assert.True(declared.IsIrreversible);
        Assert.False(File.Exists(outside));
        Assert.False(File.Exists(world.Files.At("inside")));
    }

    [Fact]
    public async Task A_command_that_is_not_ordered_is_not_tried()
    {
        using var world = World();
        var arguments = System.Text.Json.JsonSerializer.SerializeToElement(new { command = "echo x > x" });
        var declared = await world.Effects.DeclareAsync("bash", arguments, mayTry: false, WorkspaceFixture.Bound());
        Assert.Equal([world.RootId + "/**"], Written(declared.Call));
    }

    [Fact]
    public async Task Renamed_directories_links_modes_and_deletions_are_seen_done_and_taken_back()
    {
        const string Line = "perl -e 'rename(\"dir\", \"moved\") or die \"$!\"'; ln -s moved/b.txt to; chmod 600 a.txt; rm empty; mkdir -m 750 hollow; ls -1";
        using var world = World();
        var before = world.Image;
        var made = await world.Make("bash", new { command = Line });
        Assert.Equal("a.txt\nhollow\nlink\nmoved\nto\n", EffectsFixture.Text(made.Result));
        Assert.Equal("beta", world.Files.Content("to"));
        var after = world.Image;
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
        await world.Make(made.Call);
        Assert.Equal(after, world.Image);
    }

    [Fact]
    public async Task A_command_that_fails_leaves_what_it_had_done_and_that_is_taken_back()
    {
        using var world = World();
        var before = world.Image;
        var made = await world.Make("bash", new { command = "eval 'echo half > half; exit 3'" });
        Assert.Equal("exit code 3", EffectsFixture.Text(made.Result));
        Assert.Equal("half\n", world.Files.Content("half"));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
    }

    private static async Task<string> Text(EffectsFixture world, NamedCall call, CoAgent.Protocol.Objects.Footprint declared) =>
        EffectsFixture.Text(Assert.IsType<Execution.Answered>(await world.Read(call, [], declared)).Result);

    private static IEnumerable<string> Written(CallDeclaration declared) => declared.Footprint.Writes.Select(static pattern => pattern.ToString());

    private static EffectsFixture World()
    {
        var world = new EffectsFixture(
            Environment.IsPrivilegedProcess ? LayerSupport.Privileged : LayerSupport.Unprivileged,
            isInMemory: true,
            limits: null,
            new ScriptedAnalyst());
        world.Files.Put("a.txt", "alpha\n");
        world.Files.Put("dir/b.txt", "beta");
        world.Files.Put("empty", "");
        Directory.CreateDirectory(world.Files.At("dir/sub"));
        world.Files.Link("dir/sub/up", "../b.txt");
        world.Files.Link("link", "a.txt");
        return world;
    }
}
