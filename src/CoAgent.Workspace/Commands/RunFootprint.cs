using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>What a command touched, by what was seen of it: names are canonical, and what was asked on the way counts.</summary>
/// <remarks>
/// What it wrote counts as read too: whether what it left depends on what was there is not seen. A name that it made and removed again is no
/// object, unless it looked for it in vain: programs make such names up.
/// </remarks>
internal sealed class RunFootprint
{
    private readonly WorkspaceRoot _root;
    private readonly IFileView _files;
    private readonly HashSet<(string Path, Extent Extent)> _reads = [];
    private readonly HashSet<(string Path, Extent Extent)> _writes = [];
    private readonly Dictionary<string, WalkedPath?> _walked = new(StringComparer.Ordinal);

    private RunFootprint(WorkspaceRoot root, IFileView files)
    {
        _root = root;
        _files = files;
    }

    /// <summary>What a run touched.</summary>
    /// <param name="root">The root.</param>
    /// <param name="files">The tree that it found.</param>
    /// <param name="reads">What it looked at.</param>
    /// <param name="changes">What it left.</param>
    internal static Touched Of(WorkspaceRoot root, IFileView files, LayerReads reads, IReadOnlyList<LayerChange> changes)
    {
        var footprint = new RunFootprint(root, files);
        if (reads is LayerReads.Seen seen)
        {
            footprint.AddReads(seen.Reads, changes);
        }
        else
        {
            footprint._reads.Add((root.Path, Extent.Subtree));
        }

        footprint.AddWrites(changes);
        return CoarseFootprint.Of(root.Path, footprint._reads, footprint._writes);
    }

    /// <summary>What changes write, and nothing else.</summary>
    internal static Touched OfChanges(WorkspaceRoot root, IFileView files, IEnumerable<LayerChange> changes)
    {
        var footprint = new RunFootprint(root, files);
        footprint.AddWrites(changes);
        return CoarseFootprint.Of(root.Path, [], footprint._writes);
    }

    private void AddWrites(IEnumerable<LayerChange> changes)
    {
        foreach (var (path, state, _) in changes)
        {
            var was = _files.KindOf(path);
            _writes.Add((path, Extent.Node));
            _reads.Add((path, Extent.Node));
            if (path != _root.Path && (was == FileKind.Absent) != (state.Kind == FileKind.Absent))
            {
                _writes.Add((PathWalk.ParentOf(path), Extent.Children));
            }
        }
    }

    private void AddReads(ImmutableHashSet<ObservedRead> reads, IReadOnlyList<LayerChange> changes)
    {
        var left = changes.Select(static change => change.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var read in reads)
        {
            if (Walk(read.Path) is not { } walked)
            {
                _reads.Add((read.Path, Extent.Node));
                continue;
            }

            AddLinks(walked.Links);
            if (!_root.Holds(walked.Absolute))
            {
                continue;
            }

            if (walked.Kind == FileKind.Absent && read.Kind != ReadKind.Absence && !left.Contains(walked.Absolute))
            {
                continue; // made and removed again
            }

            _reads.Add((walked.Absolute, Extent.Node));
            if (read.Kind == ReadKind.Listing)
            {
                _reads.Add((walked.Absolute, Extent.Children));
            }

            AddMissing(walked);
        }
    }

    // A directory that comes to be on the way changes what is found.
    private void AddMissing(WalkedPath walked)
    {
        if (walked.Kind != FileKind.Absent)
        {
            return;
        }

        for (var at = PathWalk.ParentOf(walked.Absolute); _root.Holds(at) && _files.KindOf(at) == FileKind.Absent; at = PathWalk.ParentOf(at))
        {
            _reads.Add((at, Extent.Node));
        }
    }

    private void AddLinks(ImmutableArray<string> links)
    {
        foreach (var link in links.Where(_root.Holds))
        {
            _reads.Add((link, Extent.Node));
        }
    }

    // The directory is walked once for all that is in it.
    private WalkedPath? Walk(string path)
    {
        try
        {
            var parent = PathWalk.ParentOf(path);
            if (!_walked.TryGetValue(parent, out var above))
            {
                _walked[parent] = above = PathWalk.Follow(_files, "/", parent, followLast: true, static _ => { });
            }

            if (above is not { } directory)
            {
                return null;
            }

            var name = path[(path.LastIndexOf('/') + 1)..];
            var walked = name.Length == 0
                ? directory
                : directory.Kind == FileKind.Directory
                    ? PathWalk.Follow(_files, directory.Absolute, name, followLast: true, static _ => { })
                    : new WalkedPath(PathWalk.Join(directory.Absolute, name), FileKind.Absent, []);
            return walked with { Links = directory.Links.AddRange(walked.Links) };
        }
        catch (CallRefusedException)
        {
            return null; // a loop of links: the command has met it too
        }
    }
}
