using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Bash;

/// <summary>What a command has written into its layer, ready to be put into the live tree.</summary>
/// <param name="changes">What it changed; its layer is there until that is in place.</param>
/// <param name="manifest">What was there before, and what will be.</param>
internal sealed class Promotion(IReadOnlyList<LayerChange> changes, CaptureManifest manifest)
{
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

        var manifest = new CaptureManifest(objects.ToImmutable());
        var capture = new Capture(manifest.ToUtf8(), [.. contents.Contents.Where(static content => !content.Bytes.IsEmpty)]);
        return (new Promotion(changes, manifest), capture);
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

        new FileRestore((content, stream) => CopyTo(sources[content], stream)).Run(standing.Paths.Select(
            static path => new FileRestore.Wanted(path.Path, path.Now, ((Expectation.Exactly)path.Part.Then!).State, IsInTree: false)));
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
