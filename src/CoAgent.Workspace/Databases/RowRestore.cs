using Microsoft.Data.Sqlite;

namespace CoAgent.Workspace.Databases;

/// <summary>Puts rows back as they were, with no trigger, reference or check of the schema having a say.</summary>
internal static class RowRestore
{
    /// <summary>Where the rows of a change stand now.</summary>
    internal enum Stand
    {
        /// <summary>All as before the change.</summary>
        AsBefore,

        /// <summary>All as the change left them.</summary>
        AsLeft,

        /// <summary>Somebody else has changed some.</summary>
        Otherwise,
    }

    /// <summary>Looks where they stand.</summary>
    internal static Stand Look(DatabaseFile database, ChangeSet changes)
    {
        var (isBefore, isLeft) = (true, true);
        foreach (var table in changes.Tables)
        {
            foreach (var change in table.Rows)
            {
                var now = Find(database, table, (change.Now ?? change.Was)!);
                isBefore &= Equals(now, change.Was);
                isLeft &= Equals(now, change.Now);
            }
        }

        return isBefore ? Stand.AsBefore : isLeft ? Stand.AsLeft : Stand.Otherwise;
    }

    /// <summary>Puts rows back that stand as a change left them, all or none.</summary>
    /// <returns>Where they stood: only when they stood as they were left, something has changed.</returns>
    internal static Stand Undo(DatabaseFile database, ChangeSet changes)
    {
        database.DisableTriggers();
        database.Execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;");
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            var stand = Look(database, changes);
            if (stand == Stand.AsLeft)
            {
                foreach (var table in changes.Tables)
                {
                    Undo(database, table);
                }
            }

            database.Execute("COMMIT");
            return stand;
        }
        catch (SqliteException)
        {
            database.TryExecute("ROLLBACK");
            throw;
        }
    }

    /// <summary>Adds a row exactly as it was stored.</summary>
    internal static void Insert(DatabaseFile database, string table, IReadOnlyList<string> stored, StoredRow row)
    {
        var values = row.Values.Select(static (value, at) => StoredRow.ToSql(value, $"$p{at}")).ToList();
        database.Execute(
            $"INSERT INTO {TableChange.Quote(table)} ({string.Join(", ", stored)}) VALUES ({string.Join(", ", values.Select(static one => one.Sql))})",
            [.. values.Select(static one => one.Value)]);
    }

    private static void Undo(DatabaseFile database, TableChanges table)
    {
        // All go before one comes, so that unique values can change hands.
        foreach (var change in table.Rows.Where(static change => change.Now is not null))
        {
            var (condition, values) = Named(table, change.Now!);
            database.Execute($"DELETE FROM {TableChange.Quote(table.Table)} WHERE {condition}", values);
        }

        foreach (var change in table.Rows.Where(static change => change.Was is not null))
        {
            Insert(database, table.Table, table.Stored, change.Was!);
        }
    }

    private static StoredRow? Find(DatabaseFile database, TableChanges table, StoredRow row)
    {
        var (condition, values) = Named(table, row);
        var selected = string.Join(", ", table.Stored.Select(StoredRow.Selected));
        return database.Query($"SELECT {selected} FROM {TableChange.Quote(table.Table)} WHERE {condition}", values)
            .Select(reader => StoredRow.Read(reader, 0, table.Stored.Length)).FirstOrDefault();
    }

    private static (string Condition, object[] Values) Named(TableChanges table, StoredRow row)
    {
        var named = table.Identity.Select((column, at) => (Column: column, Value: StoredRow.ToSql(row.Values[table.Stored.IndexOf(column)], $"$p{at}"))).ToList();
        return (string.Join(" AND ", named.Select(static one => $"{one.Column} = {one.Value.Sql}")), [.. named.Select(static one => one.Value.Value)]);
    }
}
