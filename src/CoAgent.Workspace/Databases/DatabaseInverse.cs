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

            var stands = new List<RowRestore.Stand>();
            foreach (var id in capture.Foreseen)
            {
                stands.Add(RowRestore.Look(database, await ChangesAsync(id, captured, cancellationToken)));
            }

            // That nothing is otherwise says little where something else may have been changed.
            return stands.Contains(RowRestore.Stand.AsLeft) ? Finding.Happened
                : !capture.IsUnforeseeable && stands.Count > 0 && stands.TrueForAll(static stand => stand == RowRestore.Stand.AsBefore) ? Finding.DidNotHappen
                : capture.Before is { } before && await IsAsBeforeAsync(database, capture, before, captured, cancellationToken) ? Finding.DidNotHappen
                : Finding.Unclear;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException or FormatException or KeyNotFoundException)
        {
            return Finding.Unclear;
        }
    }

    private async ValueTask<bool> IsAsBeforeAsync(
        DatabaseFile database, DatabaseCapture capture, ContentId before, Captured captured, CancellationToken cancellationToken)
    {
        using var copy = DatabaseCopy.Of(await ReadAsync(before, captured, cancellationToken));
        return copy.Difference(database, capture.Watched) is { IsEmpty: true };
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

        return await RestoreUnseenAsync(database, capture, captured, cancellationToken);
    }

    // Nobody has seen what the call left, or whether it happened.
    private async ValueTask<Inversion> RestoreUnseenAsync(
        DatabaseFile database, DatabaseCapture capture, Captured captured, CancellationToken cancellationToken)
    {
        if (capture.Before is { } before)
        {
            using var copy = DatabaseCopy.Of(await ReadAsync(before, captured, cancellationToken));
            if (copy.Difference(database, capture.Watched) is not { } found)
            {
                return new Inversion.OutsideWrite();
            }

            if (found.IsEmpty)
            {
                return new Inversion.Done();
            }

            // What could not be foreseen is taken as the call's own.
            if (capture.IsUnforeseeable || await IsForeseenAsync(found, capture, captured, cancellationToken))
            {
                return RowRestore.Undo(database, found) == RowRestore.Stand.AsLeft ? new Inversion.Done() : new Inversion.OutsideWrite();
            }

            return new Inversion.OutsideWrite();
        }

        foreach (var id in capture.Foreseen)
        {
            if (RowRestore.Undo(database, await ChangesAsync(id, captured, cancellationToken)) != RowRestore.Stand.Otherwise)
            {
                return new Inversion.Done();
            }
        }

        return new Inversion.OutsideWrite();
    }

    private async ValueTask<bool> IsForeseenAsync(ChangeSet found, DatabaseCapture capture, Captured captured, CancellationToken cancellationToken)
    {
        foreach (var id in capture.Foreseen)
        {
            if (found.Equals(await ChangesAsync(id, captured, cancellationToken)))
            {
                return true;
            }
        }

        return false;
    }

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
