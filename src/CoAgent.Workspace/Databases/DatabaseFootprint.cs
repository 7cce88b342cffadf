using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Databases;

/// <summary>What a call touches of a database: rows where it names them, else tables, else all of it.</summary>
/// <param name="Call">What it asks.</param>
/// <param name="Facts">What SQLite says of it.</param>
/// <param name="Touched">
/// The objects: <c>sqlite:/path/table/key</c>, <c>…/table/*</c> which rows there are, <c>…/table/**</c>, <c>…/**</c>; and, as read, the files that they lie in.
/// </param>
internal sealed record DatabaseFootprint(DatabaseCall Call, StatementFacts Facts, Touched Touched)
{
    private const string Scheme = "sqlite:";

    // The database, and what SQLite keeps beside it of changes that are not in it yet.
    private static readonly string[] s_files = ["", "-journal", "-wal"];

    /// <summary>The tables that may be changed in any row; empty where it is one row, or all of the database.</summary>
    internal ImmutableArray<TableShape> Tables { get; private init; } = [];

    /// <summary>The table and the row that are changed; null where it is more.</summary>
    internal (TableShape Table, KeyedStatement Row)? Row { get; private init; }

    /// <summary>Whether the database is captured and restored as a whole.</summary>
    internal bool IsWhole { get; private init; }

    /// <summary>Whether foreign keys may matter.</summary>
    internal bool HasReferences { get; private init; }

    /// <summary>What it touches; null where it acts on the server's connection, which cannot be seen.</summary>
    internal static DatabaseFootprint? Of(DatabaseCall call, DatabaseFile database)
    {
        var facts = StatementFacts.Of(database, call.Sql);
        if (facts.IsOfConnection)
        {
            return null;
        }

        var schema = DatabaseSchema.Read(database);
        var tables = facts.Writes.Select(schema.Find).ToList();
        // The bytes of a text go in and out unchanged only where SQLite does not recode them.
        var found = facts.WritesWhole || (!facts.IsRead && !schema.IsUtf8) || tables.Exists(static table => table is null or { IsOrdinary: false, IsView: false })
            ? Whole(call, facts)
            : OneRow(call, facts, schema) ?? OfTables(call, facts, schema);
        return found with { Touched = Touched.Create(found.Touched.Reads.Concat(FilesOf(call)), found.Touched.Writes) };
    }

    // Who writes the file as a file writes all that is in it. Statements beside each other only read it so, and do not meet there.
    private static IEnumerable<ObjectPattern> FilesOf(DatabaseCall call) => s_files.Select(suffix => ObjectPattern.Node(
        ObjectId.TryCreate(ObjectIds.Node(call.Path + suffix)) ?? throw new FormatException($"'{call.Path}' is too deep to be named.")));

    /// <summary>All of the database.</summary>
    internal static DatabaseFootprint Whole(DatabaseCall call, StatementFacts facts)
    {
        var all = ObjectPattern.Subtree(Id(call));
        return new DatabaseFootprint(call, facts, Touched.Create([all], facts.IsRead ? [] : [all])) { IsWhole = !facts.IsRead };
    }

    // One statement over one table that no other depends on, and the row is named by its key.
    private static DatabaseFootprint? OneRow(DatabaseCall call, StatementFacts facts, DatabaseSchema schema)
    {
        var names = facts.Writes.Union(facts.Reads);
        if (facts is not { StatementCount: 1, ReadsWhole: false, ReadsSchema: false, HasTriggers: false } || names.Count != 1
            || schema.Find(names[0]) is not { IsOrdinary: true, Identity.IsEmpty: false } table
            || KeyedStatement.TryRead(call, table) is not { } keyed)
        {
            return null;
        }

        var row = ObjectPattern.Node(Id(call, table.Name, keyed.Segment));
        switch (keyed.Kind)
        {
            case KeyedKind.Read:
                return new DatabaseFootprint(call, facts, Touched.Create([row], []));
            case KeyedKind.Update when table.IsAlone:
                return new DatabaseFootprint(call, facts, Touched.Create([row], [row])) { Row = (table, keyed) };
            // A number that is given to a row is taken from all others.
            case KeyedKind.Insert or KeyedKind.Delete when table is { IsAlone: true, IsKeyIdentity: true, HasSequence: false }:
                var rows = ObjectPattern.Children(Id(call, table.Name));
                return new DatabaseFootprint(call, facts, Touched.Create([row], [row, rows])) { Row = (table, keyed) };
            default:
                return null;
        }
    }

    private static DatabaseFootprint OfTables(DatabaseCall call, StatementFacts facts, DatabaseSchema schema)
    {
        var direct = facts.Writes.Where(name => schema.Find(name) is { IsOrdinary: true });
        var (writes, reads) = schema.Follow(direct);
        var tables = writes.Select(name => schema.Find(name)!).ToImmutableArray();
        var isFollowed = writes.Count > facts.Writes.Count(name => schema.Find(name) is { IsOrdinary: true });
        if (tables.Any(table => !table.IsOrdinary || table.Identity.IsEmpty || (isFollowed && table.HasTriggers)))
        {
            return Whole(call, facts);
        }

        var all = facts.Reads.Union(reads).Union(writes).Where(name => schema.Find(name) is not { IsView: true }).ToList();
        if (facts.ReadsWhole || all.Exists(name => schema.Find(name) is null && !IsFunction(name)))
        {
            all = [];
        }

        var patterns = all.Count == 0 && (facts.ReadsWhole || facts.Reads.Count > 0)
            ? [ObjectPattern.Subtree(Id(call))]
            : all.Where(name => schema.Find(name) is not null).Select(name => ObjectPattern.Subtree(Id(call, schema.Find(name)!.Name))).ToList();
        if (facts.ReadsSchema)
        {
            patterns.Add(ObjectPattern.Children(Id(call)));
        }

        return new DatabaseFootprint(
            call, facts, Touched.Create(patterns, tables.Select(table => ObjectPattern.Subtree(Id(call, table.Name)))))
        {
            Tables = tables,
            HasReferences = reads.Count > 0 || isFollowed,
        };
    }

    // Tables that are made of arguments alone.
    private static bool IsFunction(string name) =>
        name is "json_each" or "json_tree" or "generate_series" || name.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase);

    private static ObjectId Id(DatabaseCall call, params ReadOnlySpan<string> below)
    {
        var path = string.Join('/', call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(SegmentText.Of));
        var id = $"{Scheme}/{path}";
        for (var level = 0; level < below.Length; level++)
        {
            // What names a row is encoded already.
            id += "/" + (level == 0 ? SegmentText.Of(below[level].ToLowerInvariant()) : below[level]);
        }

        return ObjectId.TryCreate(id) ?? throw new FormatException($"'{call.Path}' is too deep to be named.");
    }
}
