using System.Runtime.Versioning;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Layers;

/// <summary>What a command writes outside the root, and where that is nobody's business.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OuterPlaceTests
{
    private static readonly string s_home = Environment.GetEnvironmentVariable("HOME")!;

    public static TheoryData<string> Layered => [.. LayerFixture.Only("privileged", "user", "disk", "untraced")];

    public static TheoryData<string> Traced => [.. LayerFixture.Only("privileged", "user", "copy")];

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task What_a_command_leaves_in_a_layered_place_is_told_whether_it_is_traced_or_not(string way)
    {
        using var world = new LayerFixture(way);
        foreach (var path in (string[])[Path.Combine(world.Files.OutsidePath, "x"), "/var/tmp/coagent-test-x", s_home + "/coagent-test-x"])
        {
            using var run = await world.Run($"echo x > {path} 2> /dev/null; cat {path}");
            Assert.Equal("x\n", run.Answer.Text);
            Assert.Equal(new RunRefusal(RefusalKind.Outside, $"writes outside the workspace ({path})"), run.Refused);
            Assert.False(File.Exists(path));
        }
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task What_is_removed_or_changed_outside_is_told_and_not_done(string way)
    {
        using var world = new LayerFixture(way);
        var outside = Path.Combine(world.Files.OutsidePath, "x");
        File.WriteAllText(outside, "theirs");
        using (var removed = await world.Run($"rm {outside}"))
        {
            Assert.Equal(RefusalKind.Outside, removed.Refused?.Kind);
        }

        using (var changed = await world.Run($"echo mine >> {outside}"))
        {
            Assert.Equal(RefusalKind.Outside, changed.Refused?.Kind);
        }

        Assert.Equal("theirs", File.ReadAllText(outside));
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task What_is_made_there_and_removed_again_is_nobodys_business(string way)
    {
        using var world = new LayerFixture(way);
        using var run = await world.Run("f=$(mktemp /tmp/XXXXXX); echo x > $f; mkdir /tmp/d.$$; mv $f /tmp/d.$$/y; cat /tmp/d.$$/y; rm -r /tmp/d.$$; echo y > $TMPDIR/y");
        Assert.Equal("x\n", run.Answer.Text);
        Assert.Null(run.Refused);
    }

    [Theory]
    [MemberData(nameof(Layered))]
    public async Task A_cache_is_read_and_written_and_what_was_written_is_thrown_away(string way)
    {
        using var world = new LayerFixture(way);
        var path = s_home + "/.cache/coagent-test";
        using var run = await world.Run($"mkdir -p {path}; echo x > {path}/y; cat {path}/y");
        Assert.Equal("x\n", run.Answer.Text);
        Assert.Null(run.Refused);
        Assert.False(Directory.Exists(path));
    }

    [Theory]
    [MemberData(nameof(Traced))]
    public async Task A_write_where_nothing_is_layered_is_told_by_the_trace_though_the_command_hides_it(string way)
    {
        using var world = new LayerFixture(way);
        var path = Path.Combine(AppContext.BaseDirectory, "coagent-test-x");
        foreach (var command in (string[])[$"echo x > {path}", $"mkdir {path}", $"ln -s a {path}", $"rm -f {typeof(OuterPlaceTests).Assembly.Location}", $"cd {AppContext.BaseDirectory}; mkdir coagent-test-x"])
        {
            using var run = await world.Run($"({command}) > /dev/null 2>&1; true");
            Assert.Equal(RefusalKind.Outside, run.Refused?.Kind);
        }
    }

    [Fact]
    public async Task Without_a_trace_the_words_of_a_refused_write_tell()
    {
        // Where a layer lies over the place it tells by itself.
        string[] places = [AppContext.BaseDirectory, "/usr", "/opt", "/srv"];
        var place = Array.Find(places, static place => SystemCalls.Access(place, SystemCalls.MayWrite) == 0
            && !OuterPlaces.Find().Any(layer => LayerSupport.IsBelow(place, layer)));
        using var world = new LayerFixture("untraced");
        using var run = await world.Run($"echo x > {place ?? AppContext.BaseDirectory}/coagent-test-x");
        Assert.Equal(RefusalKind.Outside, run.Refused?.Kind);
        Assert.StartsWith("writes outside the workspace", run.Refused?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_outside_is_refused_nothing()
    {
        using var world = new LayerFixture();
        File.WriteAllText(Path.Combine(world.Files.OutsidePath, "x"), "seen");
        using var run = await world.Run($"cat {world.Files.OutsidePath}/x; ls /usr > /dev/null; ls ~ > /dev/null; echo x > /dev/null; git --version > /dev/null; getent passwd root > /dev/null");
        Assert.Equal("seen", run.Answer.Text);
        Assert.Null(run.Refused);
    }
}
