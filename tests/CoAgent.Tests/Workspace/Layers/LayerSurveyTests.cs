using System.Collections.Immutable;
using System.Runtime.Versioning;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Layers;

/// <summary>What is found out about a machine, and what a person is told to mend it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LayerSurveyTests
{
    [Fact]
    public async Task This_machine_has_all_that_layers_need()
    {
        var survey = await LayerSurvey.FindAsync();
        Assert.True(survey.Support is { HasOverlays: true }, survey.Missing);
        Assert.Equal(survey.Missing.Length == 0, LayerFinding.Of(survey).Remedy is null);
    }

    [Fact]
    public async Task A_way_that_does_not_work_here_says_why()
    {
        using var world = new LayerFixture();
        Assert.Null(await LayerSurvey.TryAsync(world.Support));
        Assert.Contains("unshare", await LayerSurvey.TryAsync(world.Support with { Unshare = ["unshare", "--no-such-namespace"] }), StringComparison.Ordinal);
        Assert.NotNull(await LayerSurvey.TryAsync(world.Support with { Unshare = ["sh", "-c", "exit 0"] }));
        // A layer whose walls leave a place open for writing is not used.
        Assert.Contains(
            "stays open", await LayerSurvey.TryAsync(world.Support with { Unshare = WithFailingRemounts(world) }), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(world.Support.Place, "coagent-overlay-*"));
    }

    [Fact]
    public void What_a_process_that_is_gone_has_left_is_removed_and_what_cannot_be_told_stays()
    {
        var place = Directory.CreateTempSubdirectory("coagent-test-").FullName;
        try
        {
            var ours = LayerSupport.Unprivileged(place).NewArea();
            var gone = Directory.CreateDirectory(ours.Replace($"-{Environment.ProcessId}-", "-999999999-", StringComparison.Ordinal)).FullName;
            var elsewhere = Directory.CreateDirectory(Path.Combine(place, "coagent-overlay-1-999999999-1")).FullName;
            LayerSupport.RemoveLeftOver(place);
            Assert.Equal((true, false, true), (Directory.Exists(ours), Directory.Exists(gone), Directory.Exists(elsewhere)));
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    [Fact]
    public void Each_lack_is_told_with_what_mends_it()
    {
        var best = LayerSupport.Unprivileged("/dev/shm") with { HasTrace = true, Loopback = "ip link set lo up" };
        var whole = LayerFinding.Of(LayerSurvey.Found(best));
        Assert.Equal(new LayerFinding("commands run behind walls, in a layer over the workspace, kept in /dev/shm", "", null), whole);
        Assert.Equal("apt-get install strace", LayerFinding.Of(LayerSurvey.Found(best with { HasTrace = false })).Remedy);
        Assert.Equal("apt-get install iproute2", LayerFinding.Of(LayerSurvey.Found(best with { Loopback = "" })).Remedy);
        var copy = LayerFinding.Of(LayerSurvey.Found(best with { HasOverlays = false }));
        Assert.Equal("commands run behind walls, each in a copy of the workspace, kept in /dev/shm", copy.How);
        Assert.StartsWith("allow overlays", copy.Remedy, StringComparison.Ordinal);
        var none = LayerFinding.Of(new LayerSurvey(null, "unshare not found", ["util-linux"]));
        Assert.StartsWith("commands cannot be run in a layer", none.How, StringComparison.Ordinal);
        Assert.Equal(("unshare not found", "apt-get install util-linux"), (none.Missing, none.Remedy));
    }

    // A mount program that does not shut anything.
    private static ImmutableArray<string> WithFailingRemounts(LayerFixture world)
    {
        var program = Path.Combine(world.Files.OutsidePath, "mount");
        File.WriteAllText(program, "#!/bin/sh\ncase \"$*\" in *remount,bind,ro*) exit 1 ;; esac\nPATH=${PATH#*:}\nexec mount \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return ["env", $"PATH={world.Files.OutsidePath}:{Environment.GetEnvironmentVariable("PATH")}", .. world.Support.Unshare];
    }
}
