using System.Collections.Immutable;
using System.Runtime.Versioning;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Layers;

/// <summary>What a layer tells of a command's reads and changes, and what it shows of earlier states.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LayerReadTests
{
    public static TheoryData<string> Ways => [.. LayerFixture.Ways];

    public static TheoryData<string> Traced => [.. LayerFixture.Only("privileged", "user", "disk", "copy")];

    public static TheoryData<string> Layered => [.. LayerFixture.Only("privileged", "user", "disk", "untraced")];

    [Theory]
    [MemberData(nameof(Traced))]
    public async Task What_a_command_reads_is_known_with_what_it_looked_for_in_vain(string way)
    {
        using var world = new LayerFixture(way);
        using var run = await world.Run("cat a.txt > /dev/null; cd dir; ls sub > /dev/null; test -e none; test -f b.txt; cd sub; read -r _ < c.txt; echo x > made; mktemp -p . > /dev/null");
        var reads = Assert.IsType<LayerReads.Seen>(run.Reads).Reads;
        Assert.Contains(new ObservedRead(world.Root + "/a.txt", ReadKind.Content), reads);
        Assert.Contains(new ObservedRead(world.Root + "/dir/sub", ReadKind.Listing), reads);
        Assert.Contains(new ObservedRead(world.Root + "/dir/none", ReadKind.Absence), reads);
        Assert.Contains(new ObservedRead(world.Root + "/dir/b.txt", ReadKind.Status), reads);
        Assert.Contains(new ObservedRead(world.Root + "/dir/sub/c.txt", ReadKind.Content), reads);
        Assert.DoesNotContain(reads, static read => read.Path.EndsWith("/made", StringComparison.Ordinal) && read.Kind == ReadKind.Content);
        Assert.DoesNotContain(reads, static read => read.Path.Contains("tmp.", StringComparison.Ordinal) && read.Kind == ReadKind.Content);
        Assert.DoesNotContain(reads, read => read.Path == world.Root && read.Kind == ReadKind.Content);
    }

    [Fact]
    public async Task A_path_that_starts_where_the_trace_does_not_tell_is_looked_for_in_every_directory_that_it_may_be()
    {
        using var world = new LayerFixture();
        using var run = await world.Run("cd dir/sub; perl -e '-r \"c.txt\"; -l \"x\"; open(F, \"<\", \"c.txt\"); $y = \"y\"; syscall(21, $y, 0)'");
        var reads = Assert.IsType<LayerReads.Seen>(run.Reads).Reads;
        Assert.Contains(new ObservedRead(world.Root + "/dir/sub/y", ReadKind.Absence), reads);
    }

    [Fact]
    public async Task What_could_not_be_removed_or_renamed_was_looked_for()
    {
        using var world = new LayerFixture();
        using var run = await world.Run("perl -e 'unlink \"u\"; rmdir \"r\"; rename \"n\", \"m\"; truncate \"t\", 0; chmod 0600, \"c\"'; rm -f dir/f");
        var reads = Assert.IsType<LayerReads.Seen>(run.Reads).Reads;
        Assert.All((string[])["u", "r", "n", "t", "c", "dir/f"], name => Assert.Contains(new ObservedRead($"{world.Root}/{name}", ReadKind.Absence), reads));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_name_that_is_no_text_cannot_be_kept_and_leaves_no_layer_behind(string way)
    {
        using var world = new LayerFixture(way);
        var run = await world.Run("echo x > $'caf\\xe9.txt'; mkdir -p closed/in; echo x > $'closed/in/\\xe9'; chmod 000 closed/in closed");
        Assert.Null(run.Refused);
        Assert.ThrowsAny<Exception>(() => run.ReadChanges(default));
        run.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(world.Support.Place, "coagent-overlay-*"));
    }

    [Fact]
    public async Task Reads_that_are_not_traced_or_too_many_are_not_known()
    {
        using var untraced = new LayerFixture("untraced");
        using (var run = await untraced.Run("cat a.txt"))
        {
            Assert.Equal(new LayerReads.Unseen("reads are not traced"), run.Reads);
        }

        using var world = new LayerFixture("user", WorkspaceLimits.Default with { TraceBytesMax = 100 });
        using (var run = await world.Run("cat a.txt dir/b.txt"))
        {
            Assert.Equal(new LayerReads.Unseen("the trace is longer than 100 bytes"), run.Reads);
        }

        using (var run = await world.Run("cat a.txt", new LayerOptions()))
        {
            Assert.IsType<LayerReads.Unseen>(run.Reads);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Changes_are_told_and_nothing_else_is_changed(string way)
    {
        using var world = new LayerFixture(way);
        using var run = await world.Run("echo new > new; rm -r dir/sub; chmod 600 a.txt; mkdir e; ln -s a.txt l");
        Assert.Equal(
            ["a.txt File", "dir/sub Absent", "dir/sub/c.txt Absent", "e Directory", "l Link", "new File"], LayerFixture.Changes(run, world.Root));
        Assert.Equal("gamma", world.Files.Content("dir/sub/c.txt"));
        Assert.False(File.Exists(world.Files.At("new")));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_directory_is_renamed_in_one_step_in_a_copy(string way)
    {
        using var world = new LayerFixture(way);
        File.SetUnixFileMode(world.Files.At("dir/b.txt"), UnixFileMode.UserRead);
        world.Files.Link("dir/l", "../a.txt");
        using var run = await world.Run("perl -e 'rename(\"dir\", \"moved\") or die \"$!\\n\"'; ls moved");
        Assert.Equal("b.txt\nl\nsub\n", run.Answer.Text);
        Assert.Null(run.Refused);
        Assert.Equal(
            ["dir Absent", "dir/b.txt Absent", "dir/l Absent", "dir/sub Absent", "dir/sub/c.txt Absent", "moved Directory", "moved/b.txt File",
                "moved/l Link", "moved/sub Directory", "moved/sub/c.txt File"],
            LayerFixture.Changes(run, world.Root));
        Assert.Equal(
            (int)UnixFileMode.UserRead,
            Assert.IsType<FileState.Regular>(run.ReadChanges(default).Single(static change => change.Path.EndsWith("moved/b.txt", StringComparison.Ordinal)).State).Mode);
    }

    [Fact]
    public async Task A_copy_that_would_be_too_large_is_not_made()
    {
        using var world = new LayerFixture("copy", WorkspaceLimits.Default with { LayerBytesMax = 13 });
        await Assert.ThrowsAsync<NotCapturableException>(() => world.Run("true"));
        using var fitting = new LayerFixture("copy", WorkspaceLimits.Default with { LayerBytesMax = 14 });
        using var run = await fitting.Run("true");
        Assert.Null(run.Refused);
        using var many = new LayerFixture("copy", WorkspaceLimits.Default with { CaptureEntriesMax = 5 });
        await Assert.ThrowsAsync<NotCapturableException>(() => many.Run("true"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_file_with_two_names_changes_under_both(string way)
    {
        using var world = new LayerFixture(way);
        using (var made = System.Diagnostics.Process.Start("ln", [world.Files.At("a.txt"), world.Files.At("dir/also")]))
        {
            await made.WaitForExitAsync();
        }

        using var run = await world.Run("echo more >> a.txt; cat dir/also");
        Assert.Equal("alphamore\n", run.Answer.Text);
        Assert.Equal(["a.txt File", "dir/also File"], LayerFixture.Changes(run, world.Root));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Earlier_states_are_seen_in_place_of_the_live_ones(string way)
    {
        using var world = new LayerFixture(way);
        world.Files.Put("later/new", "of a later rank");
        var content = Content.Of("earlier"u8.ToArray());
        EarlierPath At(string path, FileState state) => new(world.Root + "/" + path, state);
        var earlier = new EarlierTree(
            [
                At("a.txt", new FileState.Regular(content.Id, 7, 0x1A4)), At("later", FileState.Nothing), At("later/new", FileState.Nothing),
                At("dir/sub", FileState.Nothing), At("dir/sub/c.txt", FileState.Nothing), At("gone", new FileState.Folder(0x1ED)),
                At("gone/f", new FileState.Regular(content.Id, 7, 0x180)), At("gone/l", new FileState.Link("../a.txt")),
                At("dir/b.txt", new FileState.Folder(0x1ED)), At("dir/b.txt/in", new FileState.Regular(Content.Of(default).Id, 0, 0x1A4)),
            ],
            (id, _) => ValueTask.FromResult(id == content.Id ? content.Bytes : throw new KeyNotFoundException()));
        var options = new LayerOptions { TracesReads = true, Earlier = earlier };
        using var run = await world.Run("cat a.txt gone/f gone/l; echo; find . | sort; stat -c %a gone/f", options);
        Assert.Equal(
            "earlierearlierearlier\n.\n./a.txt\n./dir\n./dir/b.txt\n./dir/b.txt/in\n./gone\n./gone/f\n./gone/l\n600\n", run.Answer.Text);
        Assert.Empty(run.ReadChanges(default));
        using var writing = await world.Run("echo x > a.txt; rm gone/f; mkdir later", options);
        Assert.Equal(["a.txt File", "gone/f Absent", "later Directory"], LayerFixture.Changes(writing, world.Root));
        Assert.Equal("alpha", world.Files.Content("a.txt"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_command_finds_the_environment_that_it_has_live(string way)
    {
        using var world = new LayerFixture(way);
        const string Command = "env | grep -v ^_= | grep -v ^TMPDIR= | sort; id; umask; pwd; ulimit -n; test -t 0 || echo no terminal; echo $PPID > /dev/null; readlink /dev/stdin";
        var live = await world.Files.Call("bash", new { command = Command });
        using var run = await world.Run(Command);
        Assert.Equal(live.Text, run.Answer.Text);
        using var told = await world.Run(
            "echo $ADDED", new LayerOptions { Environment = ImmutableSortedDictionary<string, string>.Empty.Add("ADDED", "yes") });
        Assert.Equal("yes\n", told.Answer.Text);
    }
}
