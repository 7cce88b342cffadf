using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>Takes calls back by restoring what was captured, and finds out whether they happened.</summary>
internal sealed class FileInverse(IContentSource contents)
{
    /// <summary>Done before each change of the file system.</summary>
    /// <value>Nothing; where a process may die is tried here.</value>
    internal Action BeforeStep { get; set; } = static () => { };

    /// <summary>Restores the captured state, unless somebody outside has changed what the call left; idempotent.</summary>
    /// <param name="captured">What was captured for the call.</param>
    /// <param name="inTurn">Runs the change when no other one runs.</param>
    /// <param name="cancellationToken">Ends it between two files.</param>
    internal async Task<Inversion> RunAsync(
        Captured captured, Func<Action, CancellationToken, Task> inTurn, CancellationToken cancellationToken)
    {
        try
        {
            var standing = Look(captured, cancellationToken);
            if (standing.IsAsBefore)
            {
                await inTurn(() => RemoveTemporaries(standing), cancellationToken);
                return new Inversion.Done();
            }

            if (!standing.IsOurs)
            {
                return new Inversion.OutsideWrite();
            }

            var known = captured.Before.Contents.Where(static content => !content.Bytes.IsEmpty)
                .ToDictionary(static content => content.Id, static content => content.Bytes);
            await AddAsync(known, standing, cancellationToken);
            await inTurn(
                () =>
                {
                    RemoveTemporaries(standing);
                    Restore(standing, known);
                },
                cancellationToken);
            return new Inversion.Done();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException)
        {
            return new Inversion.Failed($"The file system refused it: {failure.Message}");
        }
        catch (KeyNotFoundException)
        {
            return new Inversion.Failed("What was captured is no longer kept.");
        }
    }

    /// <summary>Whether a call happened, as far as what is there tells.</summary>
    internal static Finding Probe(Captured captured, CancellationToken cancellationToken)
    {
        try
        {
            var standing = Look(captured with { AfterUtf8 = default }, cancellationToken);
            return standing.IsAsForeseen ? Finding.Happened : standing.IsAsBefore ? Finding.DidNotHappen : Finding.Unclear;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotCapturableException)
        {
            return Finding.Unclear;
        }
    }

    /// <summary>Whether what a call left is still there.</summary>
    internal static bool IsStillThere(Captured captured, CancellationToken cancellationToken) =>
        Look(captured, cancellationToken) is var standing
        && (captured.AfterUtf8.IsEmpty ? standing.IsOurs : standing.Paths.All(static path => path.Now == path.Left));

    private static Standing Look(Captured captured, CancellationToken cancellationToken) => Standing.Of(
        CaptureManifest.Parse(captured.Before.ManifestUtf8),
        captured.AfterUtf8.IsEmpty ? null : CaptureManifest.Parse(captured.AfterUtf8),
        cancellationToken);

    // What was in the making when a process died is nobody's state, but it is not to stay either.
    private static void RemoveTemporaries(Standing standing)
    {
        foreach (var path in standing.Paths.Where(static path => path.Relative.Length == 0))
        {
            ReservedNames.RemoveTemporaryFor(path.Path);
        }
    }

    private async Task AddAsync(
        Dictionary<ContentId, ReadOnlyMemory<byte>> known, Standing standing, CancellationToken cancellationToken)
    {
        foreach (var path in standing.Paths.Where(static path => !path.IsAsBefore))
        {
            if (path.Was is FileState.Regular { Length: > 0 } file && !known.ContainsKey(file.Content))
            {
                known.Add(file.Content, await contents.ReadAsync(file.Content, cancellationToken));
            }
        }
    }

    private void Restore(Standing standing, Dictionary<ContentId, ReadOnlyMemory<byte>> known) =>
        new FileRestore((content, stream) => stream.Write(known[content].Span)) { BeforeStep = BeforeStep }.Run(
            standing.Paths.Where(static path => !path.IsAsBefore)
                .Select(static path => new FileRestore.Wanted(path.Path, path.Now, path.Was, path.Part.IsTree)));
}
