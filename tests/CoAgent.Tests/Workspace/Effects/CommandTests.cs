using System.Runtime.Versioning;
using System.Text.Json;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Effects;

/// <summary>bash as the coordinator calls it: what a command does shows at once and is taken back, whatever it was.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CommandTests
{
    /// <summary>Every way that commands are kept apart; the last has no layers and captures the tree.</summary>
    public static TheoryData<string> Ways => ["privileged", "user", "disk", "none"];

    public static TheoryData<string, string> Commands
    {
        get
        {
            string[] commands =
            [
                "echo new > new; echo more >> a.txt",
                "mkdir -p x/y && cp -r dir x/y/ && chmod 700 x",
                "rm -rf dir; printf changed > a.txt",
                "rm -rf dir && mkdir dir && echo other > dir/b.txt",
                "rm -r dir && echo 'a file now' > dir",
                "rm a.txt && mkdir a.txt && touch a.txt/in && chmod 750 a.txt",
                "mv dir moved && mv moved/b.txt .",
                "ln -sf dir/b.txt link; ln -s nowhere dangling; rm dir/sub/up",
                "chmod 600 a.txt; chmod 500 dir/sub; chmod 755 .",
                "mkfifo pipe; rm empty; : > a.txt",
                "ln a.txt hard; echo both >> hard",
                "sed -i s/alpha/omega/ a.txt",
                "git init -q . && git add -A && git -c user.name=n -c user.email=e commit -qm m && git clean -fdxq && git status --short",
                "exit 3",
                "echo half > half; kill -9 $$",
                "true",
            ];
            var all = new TheoryData<string, string>();
            foreach (var way in (string[])["privileged", "user", "disk", "none"])
            {
                foreach (var command in commands)
                {
                    all.Add(way, command);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_does_what_it_does_live_and_is_taken_back(string way, string command)
    {
        using var world = World(way);
        using var live = World("none");
        var before = world.Image;
        var expected = await live.Files.Call("bash", new { command });
        var made = await world.Make("bash", new { command });
        Assert.Equal(expected.Text, EffectsFixture.Text(made.Result));
        Assert.Equal(expected.IsError, made.Result.Kind == ToolResultKind.ToolError);
        Assert.Equal(WithoutGitTimes(live.Image), WithoutGitTimes(world.Image));
        var after = world.Image;
        Assert.Equal(way != "none" ? Finding.Happened : after == before ? Finding.DidNotHappen : Finding.Unclear, await world.Probe(made));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(new Inversion.Done(), await world.Invert(made with { Captured = made.Captured with { AfterUtf8 = default } }));
        Assert.Equal("journal", world.Files.Content(".coagent/journal"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Preparing_a_command_touches_nothing(string way)
    {
        using var world = World(way);
        var before = world.Image;
        Assert.IsType<Preparation.Ready>(await world.Prepare(world.Name("bash", new { command = "rm -rf *; echo x > y" })));
        Assert.Equal(before, world.Image);
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_promotion_that_was_interrupted_is_taken_back(string way)
    {
        using var world = World(way);
        var before = world.Image;
        var call = world.Name("bash", new { command = "rm -rf dir; echo 1 > one; echo 2 > a.txt" });
        var ready = world.Keep(Assert.IsType<Preparation.Ready>(await world.Prepare(call)));
        File.WriteAllText(world.Files.At("one"), "1\n");
        File.Delete(world.Files.At("dir/b.txt"));
        var made = new EffectsFixture.Made(
            call, new Captured(EffectsFixture.Journaled(ready.Before), default), new ToolResult(ToolResultKind.Answer, default));
        Assert.Equal(Finding.Unclear, await world.Probe(made));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
        Assert.Equal(Finding.DidNotHappen, await world.Probe(made));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_command_sees_nothing_of_CoAgent_and_cannot_reach_it(string way)
    {
        using var world = World(way);
        var made = await world.Make("bash", new { command = "ls -A; cat .coagent/journal; rm -rf .coagent; mkdir .coagent; echo x > .coagent/journal; ls -A .coagent" });
        Assert.Equal(
            "a.txt\ndir\nempty\nlink\njournal\ncat: .coagent/journal: No such file or directory\n", EffectsFixture.Text(made.Result));
        Assert.Equal("journal", world.Files.Content(".coagent/journal"));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_command_that_writes_outside_is_not_done_and_is_irreversible_from_then_on(string way)
    {
        using var world = World(way);
        var outside = Path.Combine(world.Files.OutsidePath, "x");
        var command = $"echo x > {outside}; echo y > inside";
        Assert.False(world.Declare("bash", new { command }).Call.IsIrreversible);
        var refused = Assert.IsType<Preparation.NotPossible>(await world.Prepare(world.Name("bash", new { command })));
        Assert.Equal(
            $"The command was not done, for it could not be taken back: it writes outside the workspace ({outside}). Make it again: it is then done when "
            + "nothing can come before it any more.",
            refused.Reason);
        Assert.False(File.Exists(outside));
        Assert.False(File.Exists(world.Files.At("inside")));
        Assert.True(world.Declare("bash", new { command }).Call.IsIrreversible);
        var made = await world.Make("bash", new { command });
        Assert.True(File.Exists(outside));
        Assert.True(File.Exists(world.Files.At("inside")));
        Assert.Equal(Finding.Unclear, await world.Probe(made));
        Assert.IsType<Inversion.Failed>(await world.Invert(made));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task What_is_outside_can_be_read_and_the_scratch_folder_written(string way)
    {
        using var world = World(way);
        var outside = Path.Combine(world.Files.OutsidePath, "x");
        File.WriteAllText(outside, "outside");
        var made = await world.Make("bash", new { command = $"cat {outside}; echo x > $TMPDIR/y && cat $TMPDIR/y; echo $TMPDIR > /dev/null; pwd", cwd = "dir" });
        Assert.Equal($"outsidex\n{world.Files.Tools.Root.Path}/dir\n", EffectsFixture.Text(made.Result));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_directory_that_cannot_be_renamed_in_a_layer_is_renamed_all_the_same(string way)
    {
        using var world = World(way);
        var before = world.Image;
        // mv would copy; perl's rename is the system's own.
        var made = await world.Make("bash", new { command = "perl -e 'rename(\"dir\", \"renamed\") or die \"$!\\n\"'; ls" });
        Assert.Equal("a.txt\nempty\nlink\nrenamed\n", EffectsFixture.Text(made.Result));
        Assert.Equal("beta", world.Files.Content("renamed/b.txt"));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Image);
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_command_beyond_its_time_is_ended_and_what_it_wrote_stays(string way)
    {
        using var world = World(way);
        var mark = "0." + (uint)world.Files.RootPath.GetHashCode(StringComparison.Ordinal);
        var made = await world.Make("bash", new { command = $"echo begun > begun; setsid sleep 1000 {mark} & sleep 1000 {mark} & wait", timeout = 1 });
        Assert.Equal("timed out after 1 seconds; the command and all that it started were ended", EffectsFixture.Text(made.Result));
        Assert.Equal("begun\n", world.Files.Content("begun"));
        Assert.Empty(RunningWith(mark));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task What_changed_while_a_command_waited_to_be_promoted_is_not_overwritten(string way)
    {
        using var world = World(way);
        var call = world.Name("bash", new { command = "echo theirs > a.txt" });
        var ready = Assert.IsType<Preparation.Ready>(await world.Prepare(call));
        world.Files.Put("a.txt", "outside");
        Assert.IsType<Execution.NotDone>(
            await world.Effects.ExecuteAsync(new WriteEffect(call, IsReplay: false, Beneath: null), ready, WorkspaceFixture.Bound()));
        Assert.Equal("outside", world.Files.Content("a.txt"));
    }

    [Theory]
    [InlineData("privileged")]
    [InlineData("none")]
    public async Task A_command_that_changes_more_than_is_kept_cannot_be_taken_back(string way)
    {
        using var world = World(way, WorkspaceLimits.Default with { CaptureBytesMax = 8 });
        var declared = world.Declare("bash", new { command = "rm -r a.txt dir" }).Call;
        Assert.Equal(way == "none", declared.IsIrreversible);
        if (way != "none")
        {
            Assert.IsType<Preparation.NotPossible>(await world.Prepare(world.Name("bash", new { command = "rm -r a.txt dir" })));
            Assert.True(world.Declare("bash", new { command = "rm -r a.txt dir" }).Call.IsIrreversible);
        }

        var again = world.Declare("bash", new { command = "rm -r a.txt dir" }).Call.Footprint;
        Assert.IsType<Preparation.Ready>(await world.Prepare(world.Name("bash", new { command = "rm -r a.txt dir" }), again));
    }

    [Fact]
    public async Task A_command_that_only_tells_of_such_errors_did_not_make_them()
    {
        using var world = World("privileged");
        var made = await world.Make("bash", new { command = "echo 'Read-only file system, Invalid cross-device link'; echo x > x" });
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.False(world.Declare("bash", new { command = "echo 'Read-only file system'" }).Call.IsIrreversible);
    }

    [Fact]
    public async Task A_command_that_cannot_be_run_is_answered_and_has_nothing_to_take_back()
    {
        using var world = World("privileged");
        var made = await world.Make("bash", new { command = "true", cwd = "none" });
        Assert.Equal(ToolResultKind.ToolError, made.Result.Kind);
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
    }

    [Fact]
    public async Task A_file_that_a_command_made_is_declared_with_its_listing()
    {
        using var world = World("privileged");
        await world.Make("bash", new { command = "echo x > new" });
        var declared = world.Declare("write_file", new { path = "new", content = "" }).Call.Footprint;
        Assert.Contains(CoAgent.Protocol.Objects.ObjectPattern.Parse(world.RootId + "/*"), declared.Writes);
    }

    [Fact]
    public async Task No_layer_is_left_when_a_command_is_over()
    {
        using var world = World("privileged");
        await world.Make("bash", new { command = "echo x > x; mkdir -p closed/in; chmod 000 closed" });
        await world.Prepare(world.Name("bash", new { command = "echo x > /outside" }));
        Assert.Empty(Directory.GetDirectories(world.Layers));
    }

    [Fact]
    public async Task A_read_before_a_command_sees_the_tree_as_it_was()
    {
        using var world = World("privileged");
        var made = await world.Make("bash", new { command = "rm -rf dir; echo new > new; echo x > a.txt" });
        Assert.Equal("a.txt\ndir/\nempty\nlink", await world.ReadText("list_directory", new { path = "." }, made));
        Assert.Equal("beta", await world.ReadText("read_file", new { path = "dir/b.txt" }, made));
        Assert.Equal("a.txt\nempty\nlink\nnew", await world.ReadText("list_directory", new { path = "." }));
    }

    [Fact]
    public async Task This_machine_has_layers() => Assert.NotNull(await LayerSupport.FindAsync());

    public static TheoryData<string> Layered => ["privileged", "user", "disk"];

    private static EffectsFixture World(string way, WorkspaceLimits? limits = null)
    {
        var world = new EffectsFixture(
            way switch
            {
                "privileged" => LayerSupport.Privileged,
                "user" => LayerSupport.Unprivileged,
                "disk" => LayerSupport.Unprivileged,
                _ => null,
            },
            isInMemory: way != "disk",
            limits);
        world.Files.Put("a.txt", "alpha");
        world.Files.Put("empty", "");
        world.Files.Put("dir/b.txt", "beta");
        world.Files.Put("dir/sub/c.txt", "gamma");
        world.Files.Put(".coagent/journal", "journal");
        world.Files.Link("link", "a.txt");
        world.Files.Link("dir/sub/up", "../b.txt");
        return world;
    }

    // Processes have other numbers in their layer than out here: they are known by an argument.
    private static IEnumerable<string> RunningWith(string argument) => Directory.EnumerateDirectories("/proc")
        .Where(static directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]))
        .Where(directory =>
        {
            try
            {
                return File.ReadAllText(directory + "/cmdline").Split('\0').Contains(argument);
            }
            catch (IOException)
            {
                return false; // It has ended.
            }
        });

    // A commit and an index hold the time.
    private static string WithoutGitTimes(string image) =>
        string.Join('\n', image.Split('\n').Where(static line => !line.StartsWith("/.git/", StringComparison.Ordinal)));
}
