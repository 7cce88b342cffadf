using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>Captures the files that a footprint writes, as they are now.</summary>
/// <remarks>
/// A listing (<c>dir/*</c>) has nothing of its own to capture: who changes it names the children that come and go as well, and whoever else
/// adds children to the same directory meanwhile is no concern of the call. Objects of other schemes are not looked at.
/// </remarks>
internal sealed class FileCapture(WorkspaceLimits limits)
{
    /// <summary>What is there, with the bytes.</summary>
    /// <param name="writes">What the call writes.</param>
    /// <param name="then">What it will leave, by canonical path.</param>
    /// <param name="beneath">What was captured for the later write that it goes beneath: of those objects it takes over what was there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="NotCapturableException">It is too large, or something that no inverse could make again.</exception>
    internal (CaptureManifest Manifest, Capture Capture) Take(
        IEnumerable<ObjectPattern> writes,
        IReadOnlyDictionary<string, Expectation> then,
        Capture? beneath,
        CancellationToken cancellationToken)
    {
        var contents = new ContentCollector.Keeping(limits.CaptureBytesMax);
        var reader = new FileStateReader(contents, limits.CaptureEntriesMax);
        var taken = beneath is null ? [] : CaptureManifest.Parse(beneath.ManifestUtf8).Objects;
        var objects = ImmutableArray.CreateBuilder<CapturedObject>();
        foreach (var pattern in writes.Where(static pattern => pattern.Extent != Extent.Children))
        {
            if (ObjectIds.PathOf(pattern.Id) is { } path)
            {
                var isTree = pattern.Extent == Extent.Subtree;
                objects.Add(taken.FirstOrDefault(part => part.Path == path && part.IsTree == isTree)
                    ?? reader.Read(path, isTree, cancellationToken));
            }
        }

        var manifest = new CaptureManifest(Foresee(objects.ToImmutable(), then));
        return (manifest, new Capture(manifest.ToUtf8(), NameAll(manifest, contents.Contents)));
    }

    // What was taken over is kept already and is only named. An empty content needs no keeping.
    private static ImmutableArray<Content> NameAll(CaptureManifest manifest, ImmutableArray<Content> read)
    {
        var known = read.Select(static content => content.Id).ToHashSet();
        return [.. read.Where(static content => !content.Bytes.IsEmpty), .. manifest.ContentIds
            .Where(id => !known.Contains(id)).Select(static id => new Content(id, ReadOnlyMemory<byte>.Empty))];
    }

    /// <summary>What is there now of the objects of an earlier capture.</summary>
    /// <remarks>Below a link that stands where a directory was there is nothing: what is seen through it lies elsewhere.</remarks>
    internal static CaptureManifest Look(CaptureManifest objects, CancellationToken cancellationToken)
    {
        var reader = new FileStateReader(new ContentCollector.Naming(), int.MaxValue);
        var links = objects.Objects.Where(static part => FileKinds.Of(part.Path) == FileKind.Link)
            .Select(static part => part.Path).ToHashSet(StringComparer.Ordinal);
        return new CaptureManifest([.. objects.Objects.Select(part => links.Count > 0 && IsBelowAny(part.Path, links)
            ? new CapturedObject(part.Path, part.IsTree, FileState.Nothing, CapturedObject.NothingBelow)
            : reader.Read(part.Path, part.IsTree, cancellationToken))]);
    }

    private static bool IsBelowAny(string path, HashSet<string> links)
    {
        for (var above = PathWalk.ParentOf(path); above != "/"; above = PathWalk.ParentOf(above))
        {
            if (links.Contains(above))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Says of the objects of a capture what a call will leave of them.</summary>
    internal static ImmutableArray<CapturedObject> Foresee(
        ImmutableArray<CapturedObject> objects, IReadOnlyDictionary<string, Expectation> then)
    {
        if (then.Count == 0)
        {
            return [.. objects.Select(static part => part with { Then = null })];
        }

        // A directory that is made on the way to something.
        bool IsOnTheWay(CapturedObject part) => part is { IsTree: false, Was: FileState.Absent }
            && objects.Any(other => other.Path.StartsWith(PathWalk.Join(part.Path, ""), StringComparison.Ordinal));

        return [.. objects.Select(part => part with
        {
            Then = then.TryGetValue(part.Path, out var left) ? left : IsOnTheWay(part) ? new Expectation.AnyFolder() : null,
        })];
    }
}
