using System.Collections.Immutable;
using System.Text;

namespace CoAgent.Workspace.Databases;

/// <summary>The tables of a database as they are.</summary>
internal sealed class DatabaseSchema
{
    private static readonly string[] s_rowNumbers = ["rowid", "_rowid_", "oid"];

    // A schema is all in its text, whichever file it is of: to read it once is enough.
    private static ImmutableDictionary<string, DatabaseSchema> s_read = ImmutableDictionary.Create<string, DatabaseSchema>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, TableShape> _tables;

    private DatabaseSchema(ImmutableSortedDictionary<string, TableShape> tables) => _tables = tables;

    /// <summary>Whether texts are kept in UTF-8, as nearly always.</summary>
    internal required bool IsUtf8 { get; init; }

    /// <summary>All tables and views.</summary>
    internal IEnumerable<TableShape> Tables => _tables.Values;

    /// <summary>How many schemas are remembered; one more forgets them all.</summary>
    internal const int RememberedMax = 64;

    /// <summary>The longest schema that is remembered, in characters of its text.</summary>
    internal const int RememberedCharsMax = 256 * 1024;

    /// <summary>Reads the schema; what was read of the same text before is the same object.</summary>
    internal static DatabaseSchema Read(DatabaseFile database)
    {
        var text = TextOf(database);
        if (s_read.TryGetValue(text, out var known))
        {
            return known;
        }

        var schema = ReadTables(database);
        if (text.Length <= RememberedCharsMax)
        {
            ImmutableInterlocked.Update(
                ref s_read,
                static (all, read) => (all.Count < RememberedMax ? all : all.Clear()).SetItem(read.Text, read.Schema),
                (Text: text, Schema: schema));
        }

        return schema;
    }

    // Each part with its length: none can stand for two.
    private static string TextOf(DatabaseFile database)
    {
        var text = new StringBuilder(Encoding(database));
        foreach (var row in database.Query("SELECT type, name, tbl_name, sql FROM main.sqlite_schema"))
        {
            for (var column = 0; column < row.FieldCount; column++)
            {
                var part = row.IsDBNull(column) ? "" : row.GetString(column);
                text.Append('\n').Append(part.Length).Append(' ').Append(part);
            }
        }

        return text.ToString();
    }

    private static DatabaseSchema ReadTables(DatabaseFile database)
    {
        // Each by its name: all at once they are refused where one view shows a table that is gone.
        var listed = database.Query("""
                SELECT s.name, t.type, t.wr FROM main.sqlite_schema s, pragma_table_list(s.name) t WHERE s.type = 'table' AND t.schema = 'main'
                UNION ALL SELECT name, 'view', 0 FROM main.sqlite_schema WHERE type = 'view'
                """)
            .Select(static row => new Listed(row.GetString(0), row.GetString(1), row.GetInt64(2) != 0)).ToList();
        var references = listed.ToDictionary(static table => table.Name, table => ReferencesOf(database, table.Name), StringComparer.OrdinalIgnoreCase);
        var referred = references.Values.SelectMany(static all => all).Select(static one => one.To).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new DatabaseSchema(listed.ToImmutableSortedDictionary(
            static table => table.Name,
            table => ShapeOf(database, table, references[table.Name], referred.Contains(table.Name)),
            StringComparer.OrdinalIgnoreCase))
        {
            IsUtf8 = Encoding(database) == "UTF-8",
        };
    }

    private static string Encoding(DatabaseFile database) =>
        database.Query("PRAGMA encoding").Select(static row => row.GetString(0)).First();

    /// <summary>The table of that name, however it is spelt; null when there is none.</summary>
    internal TableShape? Find(string name) => _tables.GetValueOrDefault(name);

    /// <summary>The tables whose rows may change with those of the given ones, and those whose rows are looked at for it.</summary>
    internal (ImmutableSortedSet<string> Writes, ImmutableSortedSet<string> Reads) Follow(IEnumerable<string> written)
    {
        var writes = ImmutableSortedSet.CreateRange(StringComparer.OrdinalIgnoreCase, written);
        var reads = ImmutableSortedSet.Create<string>(StringComparer.OrdinalIgnoreCase);
        for (var before = -1; before != writes.Count;)
        {
            before = writes.Count;
            foreach (var table in Tables)
            {
                foreach (var reference in table.References)
                {
                    reads = writes.Contains(table.Name) ? reads.Add(reference.To) : reads;
                    if (writes.Contains(reference.To))
                    {
                        writes = reference.Changes ? writes.Add(table.Name) : writes;
                        reads = reads.Add(table.Name);
                    }
                }
            }
        }

        return (writes, reads);
    }

    private static TableShape ShapeOf(DatabaseFile database, Listed table, ImmutableArray<Reference> references, bool isReferred)
    {
        var columns = table.Type == "view" ? [] : database.Query("SELECT name, type, pk, hidden FROM pragma_table_xinfo($p0)", table.Name)
            .Select(static row => new Column(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3))).ToList();
        var indexes = database.Query("SELECT name, \"unique\", origin FROM pragma_index_list($p0)", table.Name)
            .Select(static row => (Name: row.GetString(0), IsUnique: row.GetInt64(1) != 0, Origin: row.GetString(2))).ToList();
        var key = columns.Where(static column => column.Key > 0).OrderBy(static column => column.Key).ToList();
        var keyIndex = indexes.Find(static index => index.Origin == "pk").Name;
        var isNumbered = !table.IsWithoutRowId && key.Count == 1 && keyIndex is null
            && key[0].Type.Equals("INTEGER", StringComparison.OrdinalIgnoreCase);
        var isBinary = keyIndex is not null
            && database.Query("SELECT coll FROM pragma_index_xinfo($p0) WHERE key", keyIndex).All(static row => row.GetString(0) == "BINARY");
        var identity = Identity(table, columns, key, isNumbered);
        var hasTriggers = database.Query("SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = $p0 COLLATE NOCASE", table.Name).Any();
        var stored = columns.Where(static column => column.Hidden == 0).Select(static column => TableChange.Quote(column.Name));
        return new TableShape
        {
            Name = table.Name,
            IsOrdinary = table.Type == "table",
            IsView = table.Type == "view",
            IsShadow = table.Type == "shadow",
            Identity = identity,
            Stored = [.. table.IsWithoutRowId || isNumbered ? stored : identity.Concat(stored)],
            Key = [.. key.Select(column => KeyOf(column, isNumbered, isBinary))],
            IsKeyIdentity = isNumbered || table.IsWithoutRowId,
            HasSequence = HasSequence(database, table.Name),
            HasTriggers = hasTriggers,
            IsAlone = !hasTriggers && references.IsEmpty && !isReferred && indexes.All(static index => !index.IsUnique || index.Origin == "pk"),
            References = references,
        };
    }

    private static ImmutableArray<string> Identity(Listed table, List<Column> columns, List<Column> key, bool isNumbered)
    {
        if (table.IsWithoutRowId || isNumbered)
        {
            return [.. key.Select(static column => TableChange.Quote(column.Name))];
        }

        var names = columns.Select(static column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return Array.Find(s_rowNumbers, name => !names.Contains(name)) is { } number ? [number] : [];
    }

    // As SQLite finds the affinity of a type.
    private static KeyColumn KeyOf(Column column, bool isNumbered, bool isBinary)
    {
        bool Has(string part) => column.Type.Contains(part, StringComparison.OrdinalIgnoreCase);
        var isWhole = Has("INT");
        return new KeyColumn(column.Name, isNumbered || isWhole, !isWhole && isBinary && (Has("CHAR") || Has("CLOB") || Has("TEXT")));
    }

    // Found in its text: a table that only mentions it is taken to have one, which costs little.
    private static bool HasSequence(DatabaseFile database, string table) => database
        .Query("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = $p0 COLLATE NOCASE AND sql LIKE '%AUTOINCREMENT%'", table).Any();

    private static ImmutableArray<Reference> ReferencesOf(DatabaseFile database, string table) =>
    [
        .. database.Query("SELECT \"table\", on_update, on_delete FROM pragma_foreign_key_list($p0)", table)
            .Select(static row => new Reference(row.GetString(0), IsChange(row.GetString(1)) || IsChange(row.GetString(2)))).Distinct(),
    ];

    private static bool IsChange(string action) => action is not ("NO ACTION" or "RESTRICT");

    private sealed record Listed(string Name, string Type, bool IsWithoutRowId);

    private sealed record Column(string Name, string Type, int Key, int Hidden);
}
