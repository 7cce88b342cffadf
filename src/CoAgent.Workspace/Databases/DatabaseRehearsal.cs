using System.Collections.Immutable;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Databases;

/// <summary>What a call was found to change when it was executed over a copy; kept until the call itself has been seen.</summary>
internal sealed class DatabaseRehearsal
{
    private readonly ReadOnlyMemory<byte> _before;
    private readonly ImmutableArray<ChangeSet> _foreseen;

    private DatabaseRehearsal(DatabaseCapture manifest, Capture capture, ReadOnlyMemory<byte> before, ImmutableArray<ChangeSet> foreseen) =>
        (Manifest, Capture, _before, _foreseen) = (manifest, capture, before, foreseen);

    /// <summary>What is kept.</summary>
    internal DatabaseCapture Manifest { get; }

    /// <summary>The same, for the journal.</summary>
    internal Capture Capture { get; }

    /// <summary>Executes a call over a copy.</summary>
    /// <param name="footprint">The call.</param>
    /// <param name="database">The database.</param>
    /// <param name="uncertainBytesMax">How much is kept, in bytes, of a database that a call may change otherwise than foreseen.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when the database is too large.</returns>
    internal static DatabaseRehearsal? Make(
        DatabaseFootprint footprint, DatabaseFile database, int uncertainBytesMax, CancellationToken cancellationToken)
    {
        var row = footprint.Row is { } one ? DatabaseCopy.Of(database, WatchedTable.Of(footprint)[0], one.Table) : null;
        if (row is null && new FileInfo(footprint.Call.Path).Length > DatabaseCopy.BytesMax)
        {
            return null;
        }

        using var copy = row ?? DatabaseCopy.Of(database);
        return footprint.IsWhole ? OfWhole(footprint, copy, cancellationToken) : OfRows(footprint, copy, uncertainBytesMax, cancellationToken);
    }

    /// <summary>What the call has left; null where a table is not there any more.</summary>
    internal DatabaseLeft? Look(DatabaseFile database)
    {
        if (Manifest.IsWhole)
        {
            return new DatabaseLeft.Whole(DatabaseImage.DigestOf(database));
        }

        using var copy = DatabaseCopy.Of(_before);
        return copy.Difference(database, Manifest.Watched) switch
        {
            null => null,
            var found when _foreseen.IndexOf(found) is >= 0 and var which => new DatabaseLeft.AsForeseen(which),
            var found => new DatabaseLeft.Rows(found),
        };
    }

    private static DatabaseRehearsal OfWhole(DatabaseFootprint footprint, DatabaseCopy copy, CancellationToken cancellationToken)
    {
        var before = Content.Of(copy.Pack());
        using var was = DatabaseFile.Open(copy.Path);
        var manifest = new DatabaseCapture(footprint.Call.Path, [])
        {
            Before = before.Id,
            DigestBefore = DatabaseImage.DigestOf(was),
            DigestForeseen = copy.Rehearse(footprint.Call, hasForeignKeys: false, DatabaseImage.DigestOf, cancellationToken),
        };
        return new DatabaseRehearsal(manifest, new Capture(manifest.ToUtf8(), [before]), before.Bytes, []);
    }

    private static DatabaseRehearsal OfRows(
        DatabaseFootprint footprint, DatabaseCopy copy, int uncertainBytesMax, CancellationToken cancellationToken)
    {
        var watched = WatchedTable.Of(footprint);
        // Whether foreign keys hold is a setting of the server's connection.
        ImmutableArray<bool> settings = footprint.HasReferences ? [false, true] : [false];
        var foreseen = settings
            .Select(hasForeignKeys => copy.Rehearse(
                footprint.Call, hasForeignKeys, rehearsed => copy.Difference(rehearsed, watched), cancellationToken))
            .OfType<ChangeSet>().Distinct().ToImmutableArray();
        var before = Content.Of(copy.Pack());
        var facts = footprint.Facts;
        var isUnforeseeable = facts is not { IsForeseeable: true, StatementCount: 1 } || foreseen.IsEmpty;
        var isUncertain = isUnforeseeable || facts.HasTriggers;
        var isKept = isUncertain && before.Bytes.Length <= uncertainBytesMax;
        var changes = foreseen.Select(static one => Content.Of(one.ToUtf8())).ToImmutableArray();
        var manifest = new DatabaseCapture(footprint.Call.Path, watched)
        {
            Foreseen = [.. changes.Select(static one => one.Id)],
            Before = isKept ? before.Id : null,
            IsUnforeseeable = isUnforeseeable,
            IsUncertain = isUncertain,
        };
        return new DatabaseRehearsal(manifest, new Capture(manifest.ToUtf8(), isKept ? changes.Add(before) : changes), before.Bytes, foreseen);
    }
}
