using System.Collections.Immutable;

namespace CoAgent.Workspace.Databases;

/// <summary>Finds the rows that are otherwise in a database than they were in a copy of it.</summary>
/// <remarks>
/// Rows are told apart by what names them, and compared by type and by every byte, whatever their columns' collations say. Whoever made the
/// change is not asked, so triggers, cascades and replaced rows are found like any other.
/// </remarks>
internal static class DatabaseDifference
{
    private const string Copy = "coagent_before";

    /// <summary>What is otherwise.</summary>
    /// <param name="database">The database as it is.</param>
    /// <param name="copy">The path of the copy of what it was.</param>
    /// <param name="watched">The rows that are looked at.</param>
    /// <returns>Null where a table is not there any more, or is another.</returns>
    internal static ChangeSet? Find(DatabaseFile database, string copy, ImmutableArray<WatchedTable> watched)
    {
        using var before = DatabaseFile.Open(copy);
        var (was, now) = (DatabaseSchema.Read(before), DatabaseSchema.Read(database));
        database.Attach(copy, Copy);
        try
        {
            var tables = ImmutableArray.CreateBuilder<TableChanges>();
            // One look at all tables.
            database.Execute("BEGIN");
            foreach (var table in watched)
            {
                if (table.ShapeIn(was) is not { } shape)
                {
                    return null;
                }

                if (table.ShapeIn(now) is not { } other || !shape.Stored.SequenceEqual(other.Stored) || !shape.Identity.SequenceEqual(other.Identity))
                {
                    return null;
                }

                tables.Add(new TableChanges(shape.Name, shape.Identity, shape.Stored, [.. Rows(database, table, shape)]));
            }

            return new ChangeSet(tables.ToImmutable());
        }
        finally
        {
            database.TryExecute("ROLLBACK");
            database.TryExecute($"DETACH {Copy}");
        }
    }

    private static IEnumerable<RowChange> Rows(DatabaseFile database, WatchedTable watched, TableShape shape)
    {
        var count = shape.Stored.Length;
        var changed = $"""
            SELECT {Selected(shape, "b")}, {Selected(shape, "n")}, n.{shape.Identity[0]} IS NULL
            FROM {Copy}.{TableChange.Quote(shape.Name)} b LEFT JOIN main.{TableChange.Quote(shape.Name)} n ON {Joined(shape, "n", "b")}
            WHERE {watched.Condition("b")} AND (n.{shape.Identity[0]} IS NULL OR NOT ({Same(shape)}))
            ORDER BY {Ordered(shape, "b")}
            """;
        foreach (var row in database.Query(changed))
        {
            yield return new RowChange(StoredRow.Read(row, 0, count), row.GetInt64(4 * count) != 0 ? null : StoredRow.Read(row, 2 * count, count));
        }

        var added = $"""
            SELECT {Selected(shape, "n")}
            FROM main.{TableChange.Quote(shape.Name)} n LEFT JOIN {Copy}.{TableChange.Quote(shape.Name)} b ON {Joined(shape, "b", "n")}
            WHERE {watched.Condition("n")} AND b.{shape.Identity[0]} IS NULL
            ORDER BY {Ordered(shape, "n")}
            """;
        foreach (var row in database.Query(added))
        {
            yield return new RowChange(null, StoredRow.Read(row, 0, count));
        }
    }

    private static string Selected(TableShape shape, string alias) =>
        string.Join(", ", shape.Stored.Select(column => StoredRow.Selected($"{alias}.{column}")));

    private static string Joined(TableShape shape, string left, string right) =>
        string.Join(" AND ", shape.Identity.Select(column => $"{left}.{column} = {right}.{column}"));

    private static string Same(TableShape shape) => string.Join(
        " AND ", shape.Stored.Select(static column => $"typeof(n.{column}) = typeof(b.{column}) AND n.{column} IS b.{column} COLLATE BINARY"));

    private static string Ordered(TableShape shape, string alias) => string.Join(", ", shape.Identity.Select(column => $"{alias}.{column}"));
}
