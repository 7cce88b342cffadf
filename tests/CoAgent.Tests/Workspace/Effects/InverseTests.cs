using System.Runtime.Versioning;
using System.Text.Json;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;

namespace CoAgent.Tests.Workspace.Effects;

/// <summary>What a call did is taken back, exactly, and never what somebody outside did.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class InverseTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly EffectsFixture _world = new();

    public InverseTests()
    {
        _world.Files.Put("a.txt", "alpha");
        _world.Files.Put("empty", "");
        _world.Files.Put("dir/b.txt", "beta");
        _world.Files.Put("dir/sub/c.txt", "gamma");
        _world.Files.Link("link", "a.txt");
        _world.Files.Link("dir/sub/up", "../b.txt");
        File.SetUnixFileMode(_world.Files.At("dir/sub/c.txt"), OwnerOnly);
        File.SetUnixFileMode(_world.Files.At("dir/sub"), OwnerOnly);
    }

    public static TheoryData<string, string> Writes => new()
    {
        { "write_file", """{"path":"a.txt","content":"new"}""" },
        { "write_file", """{"path":"empty","content":"new"}""" },
        { "write_file", """{"path":"dir/b.txt","content":""}""" },
        { "write_file", """{"path":"link","content":"through the link"}""" },
        { "write_file", """{"path":"x/y/z.txt","content":"made on the way"}""" },
        { "write_file", """{"path":"ä*% .txt","content":"ü"}""" },
        { "edit_file", """{"path":"dir/sub/c.txt","old":"m","new":"nn","all":true}""" },
        { "create_directory", """{"path":"x/y"}""" },
        { "create_directory", """{"path":"dir"}""" },
        { "delete_file", """{"path":"a.txt"}""" },
        { "delete_file", """{"path":"link"}""" },
        { "delete_file", """{"path":"dir","recursive":true}""" },
        { "move_file", """{"from":"dir","to":"x/moved"}""" },
        { "move_file", """{"from":"dir/sub/c.txt","to":"c.txt"}""" },
        { "move_file", """{"from":"link","to":"dir/link"}""" },
        { "copy_file", """{"from":"dir","to":"x/copy"}""" },
        { "copy_file", """{"from":"link","to":"copy"}""" },
        { "write_file", """{"path":"dir","content":"fails"}""" },
        { "edit_file", """{"path":"a.txt","old":"none","new":"fails"}""" },
        { "delete_file", """{"path":"dir"}""" },
    };

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_call_is_taken_back_and_made_again(string tool, string arguments)
    {
        var before = _world.Image;
        var made = await Make(tool, arguments);
        var after = _world.Image;
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        Assert.Equal(before, _world.Image);
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        Assert.Equal(before, _world.Image);
        var again = await _world.Make(made.Call);
        Assert.Equal(after, _world.Image);
        Assert.Equal(made.Result.Utf8.ToArray(), again.Result.Utf8.ToArray());
        Assert.Equal(new Inversion.Done(), await _world.Invert(again));
        Assert.Equal(before, _world.Image);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_call_in_doubt_is_taken_back_whether_or_not_it_happened(string tool, string arguments)
    {
        var before = _world.Image;
        var made = await Make(tool, arguments);
        var inDoubt = made with { Captured = made.Captured with { AfterUtf8 = default } };
        Assert.Equal(new Inversion.Done(), await _world.Invert(inDoubt));
        Assert.Equal(before, _world.Image);
        Assert.Equal(new Inversion.Done(), await _world.Invert(inDoubt));
        Assert.Equal(before, _world.Image);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_probe_tells_whether_a_call_happened(string tool, string arguments)
    {
        var before = _world.Image;
        var made = await Make(tool, arguments);
        var changed = _world.Image != before;
        Assert.Equal(Finding.Happened, await _world.Probe(made));
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        Assert.Equal(changed ? Finding.DidNotHappen : Finding.Happened, await _world.Probe(made));
    }

    [Theory]
    [InlineData("""{"path":"a.txt","content":"new"}""", "a.txt")]
    [InlineData("""{"path":"x/y/new.txt","content":"new"}""", "x/y/new.txt")]
    public async Task What_somebody_outside_wrote_is_not_touched(string arguments, string path)
    {
        var made = await Make("write_file", arguments);
        _world.Files.Put(path, "from outside");
        var before = _world.Image;
        Assert.Equal(new Inversion.OutsideWrite(), await _world.Invert(made));
        Assert.Equal(new Inversion.OutsideWrite(), await _world.Invert(made with { Captured = made.Captured with { AfterUtf8 = default } }));
        Assert.Equal(Finding.Unclear, await _world.Probe(made));
        Assert.Equal(before, _world.Image);
    }

    [Fact]
    public async Task A_mode_that_somebody_outside_set_is_an_outside_write()
    {
        var made = await Make("write_file", """{"path":"a.txt","content":"new"}""");
        File.SetUnixFileMode(_world.Files.At("a.txt"), UnixFileMode.UserRead);
        Assert.Equal(new Inversion.OutsideWrite(), await _world.Invert(made));
    }

    [Fact]
    public async Task A_file_that_somebody_outside_put_into_a_moved_tree_is_an_outside_write()
    {
        var made = await Make("move_file", """{"from":"dir","to":"moved"}""");
        _world.Files.Put("moved/sub/theirs", "theirs");
        Assert.Equal(new Inversion.OutsideWrite(), await _world.Invert(made));
        Assert.Equal("theirs", _world.Files.Content("moved/sub/theirs"));
    }

    [Fact]
    public async Task A_directory_made_on_the_way_stays_while_others_have_things_in_it()
    {
        var made = await Make("write_file", """{"path":"x/y/mine","content":""}""");
        _world.Files.Put("x/theirs", "theirs");
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        Assert.False(Directory.Exists(_world.Files.At("x/y")));
        Assert.Equal("theirs", _world.Files.Content("x/theirs"));
    }

    [Fact]
    public async Task An_inverse_that_was_interrupted_is_ended_by_the_next()
    {
        var before = _world.Image;
        var made = await Make("move_file", """{"from":"dir","to":"moved"}""");
        // Half of it, as an interrupted inverse leaves it.
        Directory.CreateDirectory(_world.Files.At("dir"));
        File.Copy(_world.Files.At("moved/b.txt"), _world.Files.At("dir/b.txt"));
        File.Delete(_world.Files.At("moved/b.txt"));
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        Assert.Equal(before, _world.Image);
    }

    [Fact]
    public async Task What_a_dead_process_had_in_the_making_does_not_stay()
    {
        var before = _world.Image;
        var made = await Make("copy_file", """{"from":"dir","to":"copy"}""");
        Assert.Equal(new Inversion.Done(), await _world.Invert(made));
        var reserved = CoAgent.Workspace.Paths.ReservedNames.TemporaryFor(_world.Files.At("copy"));
        Directory.CreateDirectory(reserved);
        File.WriteAllText(Path.Combine(reserved, "half"), "");
        Assert.Equal(new Inversion.Done(), await _world.Invert(made with { Captured = made.Captured with { AfterUtf8 = default } }));
        Assert.Equal(before, _world.Image);
        Directory.CreateDirectory(reserved);
        Assert.Equal(ToolResultKind.Answer, (await _world.Make(made.Call)).Result.Kind);
    }

    [Fact]
    public async Task A_call_beneath_another_takes_over_what_was_there_before_it()
    {
        var later = await Make("write_file", """{"path":"a.txt","content":"later"}""");
        var beneath = await _world.Make("write_file", new { path = "a.txt", content = "beneath" }, later.Captured);
        Assert.Equal("beneath", _world.Files.Content("a.txt"));
        var again = await _world.Make(later.Call);
        Assert.Equal("later", _world.Files.Content("a.txt"));
        Assert.Equal(new Inversion.Done(), await _world.Invert(again));
        Assert.Equal("beneath", _world.Files.Content("a.txt"));
        Assert.Equal(new Inversion.Done(), await _world.Invert(beneath));
        Assert.Equal("alpha", _world.Files.Content("a.txt"));
    }

    [Fact]
    public async Task A_call_does_not_go_beneath_what_somebody_outside_has_changed()
    {
        var later = await Make("write_file", """{"path":"a.txt","content":"later"}""");
        _world.Files.Put("a.txt", "outside");
        var call = _world.Name("write_file", new { path = "a.txt", content = "beneath" });
        var preparation = await _world.Effects.PrepareAsync(
            new WriteEffect(call, IsReplay: false, later.Captured), WorkspaceFixture.Bound());
        Assert.Equal(new Preparation.OutsideWrite(), preparation);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(9, false)]
    public async Task A_call_that_would_need_more_bytes_than_are_kept_is_not_made(int bytesMax, bool isPossible)
    {
        using var world = new EffectsFixture(WorkspaceLimits.Default with { CaptureBytesMax = bytesMax });
        world.Files.Put("dir/a", "12345");
        world.Files.Put("dir/b", "67890");
        var preparation = await world.Prepare(world.Name("delete_file", new { path = "dir", recursive = true }));
        if (isPossible)
        {
            Assert.IsType<Preparation.Ready>(preparation);
            return;
        }

        var reason = Assert.IsType<Preparation.NotPossible>(preparation).Reason;
        Assert.Equal(
            "It was not done, for it could not be taken back: what it would change is larger than 9 bytes, the most that is kept to take one call "
            + "back; change less at once.",
            reason);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public async Task A_call_that_would_change_more_files_than_are_kept_is_not_made(int entriesMax, bool isPossible)
    {
        using var world = new EffectsFixture(WorkspaceLimits.Default with { CaptureEntriesMax = entriesMax });
        world.Files.Put("dir/a", "");
        world.Files.Put("dir/b", "");
        var preparation = await world.Prepare(world.Name("delete_file", new { path = "dir", recursive = true }));
        Assert.Equal(isPossible, preparation is Preparation.Ready);
    }

    [Fact]
    public async Task A_cancelled_execution_is_unknown()
    {
        var call = _world.Name("write_file", new { path = "a.txt", content = "x" });
        var ready = Assert.IsType<Preparation.Ready>(await _world.Prepare(call));
        var effect = new WriteEffect(call, IsReplay: false, Beneath: null);
        Assert.IsType<Execution.Unknown>(await _world.Effects.ExecuteAsync(effect, ready, new CancellationToken(canceled: true)));
    }

    public void Dispose() => _world.Dispose();

    private Task<EffectsFixture.Made> Make(string tool, string arguments) =>
        _world.Make(tool, JsonSerializer.Deserialize<JsonElement>(arguments));
}
