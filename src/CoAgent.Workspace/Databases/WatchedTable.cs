using System.Collections.Immutable;

namespace CoAgent.Workspace.Databases;

/// <summary>The rows of a table that a call may change.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">Columns that say which rows, as SQL; empty: any row.</param>
/// <param name="Values">For each of them the values that it has in those rows, as SQL.</param>
internal sealed record WatchedTable(string Name, ImmutableArray<string> Columns, ImmutableArray<string> Values)
{
    /// <summary>Where used row numbers are kept of tables that never give one again.</summary>
    internal const string Sequence = "sqlite_sequence";

    /// <summary>Any row of a table.</summary>
    internal static WatchedTable All(string name) => new(name, [], []);

    /// <summary>What a call may change; empty where that is all of the database.</summary>
    internal static ImmutableArray<WatchedTable> Of(DatabaseFootprint footprint)
    {
        if (footprint.Row is { } one)
        {
            var columns = one.Table.Key.Select(static column => TableChange.Quote(column.Name));
            return [new WatchedTable(one.Table.Name, [.. columns], [.. one.Row.Values.Select(static value => $"({Literal(value)})")])];
        }

        var tables = footprint.Tables.Select(static table => All(table.Name)).ToImmutableArray();
        var numbered = footprint.Tables.Where(static table => table.HasSequence).Select(static table => Literal(table.Name)).ToList();
        return numbered.Count == 0 ? tables : tables.Add(new WatchedTable(Sequence, ["\"name\""], [$"({string.Join(", ", numbered)})"]));
    }

    /// <summary>The shape of the table in a schema; null when it is not there.</summary>
    internal TableShape? ShapeIn(DatabaseSchema schema) => schema.Find(Name) switch
    {
        { } sequence when Name == Sequence => sequence with { Identity = ["\"name\""], Stored = ["\"name\"", "\"seq\""] },
        { Identity.IsEmpty: true } => null,
        var shape => shape,
    };

    /// <summary>The rows as a condition.</summary>
    internal string Condition(string alias) => Columns.IsEmpty
        ? "1"
        : string.Join(" AND ", Columns.Zip(Values, (column, values) => $"{alias}.{column} IN {values}"));

    private static string Literal(object value) =>
        value is string text ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : FormattableString.Invariant($"{value}");
}
