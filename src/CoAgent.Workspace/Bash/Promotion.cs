using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Bash;

/// <summary>What a command has written into its layer, ready to be put into the live tree.</summary>
/// <param name="changes">What it changed; its layer is there until that is in place.</param>
/// <param name="manifest">What was there before, and what will be.</param>
internal sealed class Promotion(IReadOnlyList<LayerChange> changes, CaptureManifest manifest)
{
    /// <summary>Done before each change of the file system.</summary>
    /// <value>Nothing; where a process may die is tried here.</value>
    internal Action BeforeStep { get; set; } = static () => { };

    /// <summary>What was there before, and what will be.</summary>
    internal CaptureManifest Manifest => manifest;

    /// <summary>Captures what the changes would replace.</summary>
    /// <exception cref="NotCapturableException">It is too large.</exception>
    internal static (Promotion Promotion, Capture Capture) Prepare(
        IReadOnlyList<LayerChange> changes, WorkspaceLimits limits, CancellationToken cancellationToken)
    {
        var contents = new ContentCollector.Keeping(limits.CaptureBytesMax);
        var reader = new FileStateReader(contents, limits.CaptureEntriesMax);
        var objects = ImmutableArray.CreateBuilder<CapturedObject>();
        foreach (var change in changes)
        {
            var part = reader.Read(change.Path, isTree: false, cancellationToken);
            if (part.Was != change.State)
            {
                objects.Add(part with { Then = new Expectation.Exactly(change.State) });
            }
        }

        objects.AddRange(Closed(objects, reader, cancellationToken));
        var manifest = new CaptureManifest(objects.ToImmutable());
        var capture = new Capture(manifest.ToUtf8(), [.. contents.Contents.Where(static content => !content.Bytes.IsEmpty)]);
        return (new Promotion(changes, manifest), capture);
    }

    // Directories that their owner may not change are opened for a moment: were that cut off, they would have to be closed again.
    private static CapturedObject[] Closed(
        IEnumerable<CapturedObject> changed, FileStateReader reader, CancellationToken cancellationToken)
    {
        var known = changed.Select(static part => part.Path).ToHashSet(StringComparer.Ordinal);
        return Environment.IsPrivilegedProcess
            ? []
            : [.. known.Select(PathWalk.ParentOf).Distinct(StringComparer.Ordinal).Where(path => !known.Contains(path))
                .Select(path => reader.Read(path, isTree: false, cancellationToken))
                .Where(static part => part.Was is FileState.Folder folder && (folder.Mode & FileRestore.OwnerWrites) != FileRestore.OwnerWrites)
                .Select(static part => part with { Then = new Expectation.Exactly(part.Was) })];
    }

    /// <summary>Puts the changes in place; false when the live tree is not what it was when the command ran, and nothing was done.</summary>
    /// <exception cref="IOException">The file system refused it; part of it may be done.</exception>
    internal bool TryRun(CancellationToken cancellationToken)
    {
        var standing = Standing.Of(manifest, left: null, cancellationToken);
        if (!standing.IsOurs)
        {
            return false;
        }

        var sources = new Dictionary<ContentId, string>();
        foreach (var change in changes)
        {
            if (change is { State: FileState.Regular file, Source: { } source })
            {
                sources.TryAdd(file.Content, source);
            }
        }

        var linked = LinkedNames.Of(changes);
        new FileRestore((content, stream) => CopyTo(sources[content], stream)) { BeforeStep = BeforeStep }.Run(standing.Paths.Select(
            path => new FileRestore.Wanted(path.Path, path.Now, ((Expectation.Exactly)path.Part.Then!).State, IsInTree: false)
            {
                LinkedTo = linked.GetValueOrDefault(path.Path),
            }));
        KeepTimes();
        return true;
    }

    // Times are no state, but what is built from what is decided by them.
    private void KeepTimes()
    {
        foreach (var change in changes)
        {
            if (change is { State: FileState.Regular, Source: { } source })
            {
                File.SetLastWriteTimeUtc(change.Path, File.GetLastWriteTimeUtc(source));
            }
        }
    }

    private static void CopyTo(string source, Stream target)
    {
        using var stream = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        stream.CopyTo(target);
    }
}
