using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using Microsoft.Data.Sqlite;

namespace CoAgent.Workspace.Databases;

/// <summary>Takes calls back by restoring rows, or all of a database, and finds out whether they happened.</summary>
/// <param name="contents">Where captured contents are found again.</param>
internal sealed class DatabaseInverse(IContentSource contents)
{
    /// <summary>Restores what was captured, unless somebody outside has changed what the call left; idempotent.</summary>
    internal async ValueTask<Inversion> RunAsync(Captured captured, CancellationToken cancellationToken)
    {
        try
        {
            var capture = DatabaseCapture.Parse(captured.Before.ManifestUtf8);
            var left = DatabaseLeft.Parse(captured.AfterUtf8);
            return capture.IsWhole
                ? await RestoreWholeAsync(capture, (left as DatabaseLeft.Whole)?.Digest ?? capture.DigestForeseen, captured, cancellationToken)
                : await RestoreRowsAsync(capture, left, captured, cancellationToken);
        }
        catch (SqliteException failure)
        {
            return new Inversion.Failed($"The database refused it: {failure.Message}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Inversion.Failed($"The file system refused it: {failure.Message}");
        }
        catch (FormatException failure)
        {
            return new Inversion.Failed(failure.Message);
        }
        catch (KeyNotFoundException)
        {
            return new Inversion.Failed("What was captured is no longer kept.");
        }
    }

    /// <summary>Whether a call happened, as far as what is there tells.</summary>
    internal async ValueTask<Finding> ProbeAsync(Captured captured, CancellationToken cancellationToken)
    {
        try
        {
            var capture = DatabaseCapture.Parse(captured.Before.ManifestUtf8);
            using var database = DatabaseFile.Open(capture.Path);
            if (capture.IsWhole)
            {
                var now = DatabaseImage.DigestOf(database);
                return now == capture.DigestBefore ? Finding.DidNotHappen : now == capture.DigestForeseen ? Finding.Happened : Finding.Unclear;
            }

            var found = await FindAsync(database, capture, captured, cancellationToken);
            return found is null ? Finding.Unclear
                : found.Changes.IsEmpty ? Finding.DidNotHappen
                : found.IsForeseen ? Finding.Happened
                : Finding.Unclear;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or FormatException or KeyNotFoundException)
        {
            return Finding.Unclear;
        }
    }

    private async ValueTask<Inversion> RestoreRowsAsync(
        DatabaseCapture capture, DatabaseLeft? left, Captured captured, CancellationToken cancellationToken)
    {
        var known = left switch
        {
            DatabaseLeft.AsForeseen foreseen => await ChangesAsync(capture.Foreseen[foreseen.Which], captured, cancellationToken),
            DatabaseLeft.Rows rows => rows.Changes,
            _ => null,
        };
        using var database = DatabaseFile.Open(capture.Path);
        if (known is not null)
        {
            return RowRestore.Undo(database, known) == RowRestore.Stand.Otherwise ? new Inversion.OutsideWrite() : new Inversion.Done();
        }

        // Nobody has seen what the call left, or whether it happened. What nobody could foresee is taken as its own.
        var found = await FindAsync(database, capture, captured, cancellationToken);
        return found is null || !(found.IsForeseen || capture.IsUnforeseeable || found.Changes.IsEmpty)
            || RowRestore.Undo(database, found.Changes) == RowRestore.Stand.Otherwise
            ? new Inversion.OutsideWrite()
            : new Inversion.Done();
    }

    // What is otherwise than before the call; null where that cannot be told.
    private async ValueTask<Found?> FindAsync(
        DatabaseFile database, DatabaseCapture capture, Captured captured, CancellationToken cancellationToken)
    {
        var foreseen = new List<ChangeSet>();
        foreach (var id in capture.Foreseen)
        {
            foreseen.Add(await ChangesAsync(id, captured, cancellationToken));
        }

        if (capture.Before is { } before)
        {
            using var copy = DatabaseCopy.Of(await ReadAsync(before, captured, cancellationToken));
            return copy.Difference(database, capture.Watched) is { } changes ? new Found(changes, foreseen.Contains(changes)) : null;
        }

        if (capture.IsUncertain)
        {
            return null;
        }

        // One of them has happened, and nothing that only the others would have done.
        return foreseen.TrueForAll(one => RowRestore.Look(database, one) == RowRestore.Stand.AsBefore) ? new Found(ChangeSet.None, IsForeseen: false)
            : foreseen.Find(one => IsLeft(database, one, foreseen)) is { } happened ? new Found(happened, IsForeseen: true)
            : null;
    }

    private static bool IsLeft(DatabaseFile database, ChangeSet one, List<ChangeSet> foreseen) =>
        RowRestore.Look(database, one) == RowRestore.Stand.AsLeft
        && foreseen.TrueForAll(other => RowRestore.Look(database, other.Without(one)) == RowRestore.Stand.AsBefore);

    private sealed record Found(ChangeSet Changes, bool IsForeseen);

    private async ValueTask<Inversion> RestoreWholeAsync(
        DatabaseCapture capture, string? left, Captured captured, CancellationToken cancellationToken)
    {
        using var copy = DatabaseCopy.Of(await ReadAsync(capture.Before!.Value, captured, cancellationToken));
        using var before = DatabaseFile.Open(copy.Path);
        using var database = DatabaseFile.Open(capture.Path);
        var now = DatabaseImage.DigestOf(database);
        if (now == capture.DigestBefore)
        {
            return new Inversion.Done();
        }

        if (now != left)
        {
            return new Inversion.OutsideWrite();
        }

        before.Connection.BackupDatabase(database.Connection);
        return new Inversion.Done();
    }

    private async ValueTask<ChangeSet> ChangesAsync(ContentId id, Captured captured, CancellationToken cancellationToken) =>
        ChangeSet.Parse(await ReadAsync(id, captured, cancellationToken));

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, Captured captured, CancellationToken cancellationToken) =>
        captured.Before.Contents.FirstOrDefault(content => content.Id == id && !content.IsKnown) is { } here
            ? here.Bytes
            : await contents.ReadAsync(id, cancellationToken);
}
