using System.Globalization;
using System.Text;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>What is mounted for one layer: tables for <c>mount</c>, and the arguments of the script that uses them.</summary>
/// <param name="support">What this machine has.</param>
/// <param name="area">The layer's folders.</param>
/// <param name="root">The root.</param>
/// <param name="places">The places outside of it that have layers of their own.</param>
/// <param name="scratch">The scratch folder of the call.</param>
/// <param name="isCopy">Whether a copy stands in for the root.</param>
internal sealed class LayerMounts(LayerSupport support, LayerArea area, string root, IReadOnlyList<string> places, string scratch, bool isCopy)
{
    private const int FirstPlace = 30;
    private const long SharedMemoryBytesMax = 1L << 30;
    private readonly StringBuilder _first = new();
    private readonly StringBuilder _second = new();
    private readonly StringBuilder _covers = new();
    private readonly List<string> _arguments = [];

    /// <summary>Writes the tables.</summary>
    /// <returns>The arguments: pairs of a word and a path.</returns>
    internal IReadOnlyList<string> Write()
    {
        AddPlaces();
        AddRoot();
        AddScratch();
        AddReport();
        AddSystem();
        AddSockets();
        ShutForeign();
        File.WriteAllText(area.Path + "/first", _first.ToString());
        File.WriteAllText(area.Path + "/second", _second.ToString());
        File.WriteAllText(area.Path + "/covers", _covers.ToString());
        return _arguments;
    }

    private bool IsHiddenWithDevices => area.Path.StartsWith("/dev/", StringComparison.Ordinal);

    private void AddPlaces()
    {
        for (var place = 0; place < places.Count; place++)
        {
            Add("place", places[place]);
            Add("ours", places[place]);
            AddOverlay(places[place], $"/proc/self/fd/{FirstPlace + place}", $"/places/{place}");
        }
    }

    private void AddRoot()
    {
        Add("ours", root);
        if (isCopy)
        {
            Add("copy", "copy:" + root);
            Add("open", root);
            return;
        }

        var earlier = Directory.Exists(area.Earlier) ? "/proc/self/fd/21/earlier:" : "";
        AddOverlay(root, earlier + "/proc/self/fd/20", "");
    }

    private void AddScratch()
    {
        if (places.Any(place => LayerSupport.IsBelow(scratch, place)))
        {
            return;
        }

        Line(_first, scratch, scratch, "none", "bind");
        Add("open", scratch);
        Add("ours", scratch);
    }

    private void AddReport()
    {
        Add("ours", area.Path + "/seen");
        if (support.HasOverlays)
        {
            AddOverlay(area.Path + "/seen", "/proc/self/fd/21/report/lower", "/report");
        }
        else
        {
            Add("copy", "report/upper:" + area.Path + "/seen");
        }
    }

    private void AddSystem()
    {
        foreach (var device in area.Devices)
        {
            Line(_first, "/dev/" + device, $"{area.Path}/dev/{device}", "none", "rbind");
        }

        Line(_first, "coagent-pts", area.Path + "/dev/pts", "devpts", "newinstance,ptmxmode=0666,mode=0620");
        Line(_first, "coagent-proc", "/proc", "proc", "nosuid,nodev,noexec");
        Line(_second, area.Path + "/dev", "/dev", "none", "rbind");
        Line(_second, "coagent-shm", "/dev/shm", "tmpfs", string.Create(CultureInfo.InvariantCulture, $"mode=1777,size={SharedMemoryBytesMax}"));
        if (!IsHiddenWithDevices)
        {
            Line(_second, "coagent-area", area.Path, "tmpfs", "ro,size=4k");
            Add("late", "/dev");
        }
    }

    // A socket is another one when it is seen through a layer: only those that are seen past all layers have to be covered.
    private void AddSockets()
    {
        string[] layered = [.. places, root, "/dev", "/proc"];
        foreach (var socket in ListeningSockets.Paths(path => !layered.Any(folder => LayerSupport.IsBelow(path, folder))))
        {
            Line(_covers, "/dev/null", socket, "none", "bind");
            Add("cover", socket);
        }
    }

    // Overlays that are not ours, as a container's root, cannot be told from ours by their type.
    private void ShutForeign()
    {
        foreach (var overlay in MountTable.Read().Where(mount => mount.Type == "overlay" && !places.Append(root).Any(place => LayerSupport.IsBelow(mount.Path, place))))
        {
            Add("shut", overlay.Path);
        }
    }

    private void AddOverlay(string at, string lower, string folder) => Line(
        _first,
        "coagent",
        at,
        "overlay",
        $"userxattr,xino=off,lowerdir={lower},upperdir=/proc/self/fd/21{folder}/upper,workdir=/proc/self/fd/21{folder}/work");

    private void Add(string word, string path)
    {
        _arguments.Add(word);
        _arguments.Add(path);
    }

    private static void Line(StringBuilder table, string source, string target, string type, string options) =>
        table.Append(CultureInfo.InvariantCulture, $"{Escape(source)} {Escape(target)} {type} {options} 0 0\n");

    private static string Escape(string path) => path.Replace("\\", "\\134", StringComparison.Ordinal)
        .Replace(" ", "\\040", StringComparison.Ordinal).Replace("\t", "\\011", StringComparison.Ordinal)
        .Replace("\n", "\\012", StringComparison.Ordinal).Replace("#", "\\043", StringComparison.Ordinal);
}
