using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>The folders of one layer, out of sight of the command that runs in it.</summary>
internal sealed class LayerArea : IDisposable
{
    /// <summary>The devices that a command sees; the rest are those that graphics and computing need.</summary>
    private static readonly string[] s_devices = ["null", "zero", "full", "random", "urandom", "tty"];
    private static readonly string[] s_optionalDevices = ["dri", "kfd", "nvidia*"];

    private LayerArea(string path) => Path = path;

    /// <summary>The folder of all of them.</summary>
    internal string Path { get; }

    /// <summary>What was written below the root.</summary>
    internal string Upper => Path + "/upper";

    /// <summary>What is to be seen in place of the live tree.</summary>
    internal string Earlier => Path + "/earlier";

    /// <summary>A copy of the tree, where a layer cannot take what a command does.</summary>
    internal string Copy => Path + "/copy";

    /// <summary>Where the first process of the layer tells how the command ended.</summary>
    internal string Report => Path + "/report/upper/report";

    /// <summary>The trace of what the command looked at.</summary>
    internal string Trace => Path + "/trace";

    /// <summary>A file that is made right before the command begins.</summary>
    internal string Start => Path + "/start";

    /// <summary>The devices that are there.</summary>
    internal IReadOnlyList<string> Devices { get; private set; } = [];

    /// <summary>The folder of what was written into a place outside the root.</summary>
    internal string UpperOf(int place) => $"{Path}/places/{place}/upper";

    /// <summary>Makes the folders.</summary>
    internal static LayerArea Create(LayerSupport support, string root)
    {
        var area = new LayerArea(support.NewArea());
        area.MakeLayer("", root);
        for (var place = 0; place < support.Places.Length; place++)
        {
            area.MakeLayer($"/places/{place}", support.Places[place]);
        }

        area.MakeLayer("/report", root: null);
        Directory.CreateDirectory(area.Path + "/report/lower");
        Directory.CreateDirectory(area.Path + "/seen");
        area.MakeDevices();
        return area;
    }

    /// <inheritdoc/>
    public void Dispose() => LayerSupport.Remove(Path);

    private void MakeLayer(string folder, string? root)
    {
        Directory.CreateDirectory(Path + folder + "/work");
        Directory.CreateDirectory(Path + folder + "/upper");
        if (root is not null)
        {
            FileKinds.KeepMode(root, Path + folder + "/upper");
        }
    }

    // Each device is an empty file here, over which the real one is laid.
    private void MakeDevices()
    {
        var folder = Directory.CreateDirectory(Path + "/dev").FullName;
        Directory.CreateDirectory(folder + "/pts");
        Directory.CreateDirectory(folder + "/shm");
        foreach (var (name, target) in (ReadOnlySpan<(string, string)>)
            [("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")])
        {
            File.CreateSymbolicLink(PathWalk.Join(folder, name), target);
        }

        var optional = s_optionalDevices.SelectMany(static pattern => Directory.EnumerateFileSystemEntries("/dev", pattern))
            .Select(static path => System.IO.Path.GetFileName(path));
        Devices = [.. s_devices, .. optional];
        foreach (var device in Devices)
        {
            if (FileKinds.Of("/dev/" + device) == FileKind.Directory)
            {
                Directory.CreateDirectory(PathWalk.Join(folder, device));
            }
            else
            {
                File.WriteAllBytes(PathWalk.Join(folder, device), []);
            }
        }
    }
}
