using System.Runtime.Versioning;
using CoAgent.Workspace;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Layers;

namespace CoAgent.Tests.Workspace.Layers;

/// <summary>A workspace whose commands are run in layers that are made in a given way.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class LayerFixture : IDisposable
{
    private readonly string _place;

    internal LayerFixture(string way = "user", WorkspaceLimits? limits = null)
    {
        Files = new WorkspaceFixture(limits ?? WorkspaceLimits.Default);
        _place = way == "disk" ? Files.RootPath + "-layers" : Path.Combine("/dev/shm", Path.GetFileName(Path.GetDirectoryName(Files.RootPath)!));
        Directory.CreateDirectory(_place);
        Support = SupportOf(way, _place);
        Layers = new CommandLayers(Support, Files.Tools.Root.Path, Files.Limits, TimeProvider.System);
        Files.Put("a.txt", "alpha");
        Files.Put("dir/b.txt", "beta");
        Files.Put("dir/sub/c.txt", "gamma");
        Files.Put(".coagent/journal", "journal");
    }

    /// <summary>Every way in which layers are made here.</summary>
    internal static IEnumerable<string> Ways => Only("privileged", "user", "disk", "untraced", "copy");

    /// <summary>Those of some ways that whoever runs the tests can take.</summary>
    internal static IEnumerable<string> Only(params string[] ways) =>
        ways.Where(static way => way != "privileged" || Environment.IsPrivilegedProcess);

    internal WorkspaceFixture Files { get; }

    internal LayerSupport Support { get; }

    internal CommandLayers Layers { get; }

    internal string Root => Files.Tools.Root.Path;

    internal static LayerSupport SupportOf(string way, string place) => way switch
    {
        "privileged" => LayerSupport.Privileged(place),
        "user" or "disk" => LayerSupport.Unprivileged(place),
        "untraced" => LayerSupport.Unprivileged(place) with { HasTrace = false },
        "copy" => LayerSupport.Unprivileged(place) with { HasOverlays = false },
        _ => throw new ArgumentException($"There is no way {way}.", nameof(way)),
    };

    internal async Task<LayerRun> Run(string command, LayerOptions? options = null, TimeSpan? timeout = null)
    {
        var run = await Layers.RunAsync(
            new CommandLine(command, Root, timeout ?? TimeSpan.FromSeconds(30)), options ?? new LayerOptions { TracesReads = true }, WorkspaceFixture.Bound());
        Assert.True(run is not null, Layers.Fault);
        return run;
    }

    /// <summary>What a command changes, in words.</summary>
    internal static string[] Changes(LayerRun run, string root) =>
        [.. run.ReadChanges(WorkspaceFixture.Bound()).Select(change => $"{Path.GetRelativePath(root, change.Path)} {change.State.Kind}").Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        using (var open = System.Diagnostics.Process.Start("chmod", ["-R", "u+rwX", Files.RootPath]))
        {
            open.WaitForExit();
        }

        Files.Dispose();
        if (Directory.Exists(_place))
        {
            LayerSupport.Remove(_place);
        }
    }
}
