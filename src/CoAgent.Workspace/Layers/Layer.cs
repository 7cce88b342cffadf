using System.Globalization;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>A layer over the root that takes what one command writes, so that the live tree is not touched, with walls around it.</summary>
/// <remarks>
/// <para>
/// The command runs as the same user, with the root at its own path. <c>.coagent</c> is not there. What is outside can be read; what it writes
/// into the places where programs keep things of their own (<c>/tmp</c>, the home directory) is taken by layers too and looked at when it
/// has ended; the rest is for reading only. It has processes, a network (a loopback and nothing else) and shared memory of its own, a handful of
/// devices, and no privilege.
/// </para>
/// <para>
/// A tree that only the layer sees differs from a live one in three things that a command can notice: a directory of the tree cannot be renamed
/// in one step, names of one file part when one of them is written, and times and numbers of what it changed are others. The first is told by
/// the trace and by an error that commands print, and a copy of the tree then stands in for the layer; the others change no content.
/// </para>
/// </remarks>
internal sealed class Layer : IDisposable
{
    private readonly LayerSupport _support;
    private readonly string _root;
    private readonly WorkspaceLimits _limits;
    private readonly LayerOptions _options;
    private readonly CopiedTree? _copy;

    private Layer(LayerSupport support, string root, WorkspaceLimits limits, LayerOptions options, LayerArea area, CopiedTree? copy)
    {
        _support = support;
        _root = root;
        _limits = limits;
        _options = options;
        _copy = copy;
        Area = area;
    }

    /// <summary>Its folders.</summary>
    internal LayerArea Area { get; }

    /// <summary>Whether a copy of the tree stands in for it.</summary>
    internal bool IsCopy => _copy is not null;

    /// <summary>The places outside the root that have layers of their own.</summary>
    internal IReadOnlyList<string> Places => _support.PlacesFor(_root);

    /// <summary>What is added to the environment of the command.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Environment => _options.Environment;

    /// <summary>Makes the folders of a layer; null when the system does not allow what they need.</summary>
    internal static async Task<Layer?> TryCreateAsync(
        LayerSupport support, string root, WorkspaceLimits limits, LayerOptions options, CancellationToken cancellationToken)
    {
        var area = LayerArea.Create(support, root);
        try
        {
            if (options.Earlier is { } earlier)
            {
                var contents = await earlier.ReadContentsAsync(cancellationToken);
                new EarlierFolder(root, area.Earlier, contents).Write(earlier.Paths, cancellationToken);
            }

            if (FileKinds.TryMakeWhiteout(PathWalk.Join(area.Upper, ReservedNames.State)))
            {
                return new Layer(support, root, limits, options, area, copy: null);
            }
        }
        catch
        {
            area.Dispose();
            throw;
        }

        area.Dispose();
        return null;
    }

    /// <summary>Copies the tree, to stand in for a layer.</summary>
    /// <exception cref="NotCapturableException">It is too large.</exception>
    internal static async Task<Layer> CopyAsync(
        LayerSupport support, string root, WorkspaceLimits limits, LayerOptions options, CancellationToken cancellationToken)
    {
        var area = LayerArea.Create(support.ForCopies(root), root);
        try
        {
            var contents = options.Earlier is { } earlier ? await earlier.ReadContentsAsync(cancellationToken) : null;
            var copy = await Task.Run(
                () => CopiedTree.Make(root, area.Copy, limits, options.Earlier, contents, cancellationToken), cancellationToken);
            return new Layer(support, root, limits, options, area, copy);
        }
        catch
        {
            area.Dispose();
            throw;
        }
    }

    /// <summary>The arguments that put up the layer and its walls and then run a command in them.</summary>
    internal IEnumerable<string> Launch(CommandLine line, string scratch)
    {
        var mounts = new LayerMounts(_support, Area, _root, Places, scratch, IsCopy).Write();
        return
        [
            .. _options.TracesReads && _support.HasTrace ? Tracing.Into(Area.Trace) : [],
            .. _support.Unshare,
            .. _options.MayFetch ? (ReadOnlySpan<string>)[] : ["--net"],
            "bash", "--norc", "--noprofile", "-p", "-c", LayerScript.Text, "bash",
            Area.Path, _root, line.Directory,
            Text(_support.HasOwnProcessNumbers ? _limits.ProcessesMax : 0), Text((_limits.LayerBytesMax >> 10) + 1),
            System.Environment.GetEnvironmentVariable("SHLVL") ?? "", _options.MayFetch ? "" : _support.Loopback,
            .. mounts,
            "--", .. _support.Drop,
        ];
    }

    /// <summary>How the command ended.</summary>
    internal LayerReport ReadReport() => LayerReport.Read(Area.Report);

    /// <summary>What the command changed below the root.</summary>
    internal IReadOnlyList<LayerChange> ReadChanges(CancellationToken cancellationToken) => _copy is not null
        ? _copy.ReadChanges(cancellationToken)
        : new UpperLayer(Area.Upper, _root, _limits.CaptureEntriesMax, new Beneath(_options.Earlier)).Read(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Area.Dispose();

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
