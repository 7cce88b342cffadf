using System.Runtime.Versioning;
using System.Text;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Workspace.Databases;

/// <summary>Over any schema and any rows: a statement is taken back to what was there, and done again to what it did.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DatabasePropertyTests
{
    private const int WorldCount = 25;
    private const int StatementCount = 8;
    private const int Seed = 20_265;

    [Fact]
    public async Task Statements_over_any_schema_are_taken_back_exactly_in_reverse_order()
    {
        for (var seed = Seed; seed < Seed + WorldCount; seed++)
        {
            var random = new Random(seed);
            var schema = new RandomSchema(random);
            using var world = new DatabaseFixture(schema.Create(), hasForeignKeys: random.Next(2) == 0);
            for (var row = 0; row < 12; row++)
            {
                world.Run(schema.Insert());
            }

            var steps = new List<(DatabaseFixture.Made Made, string Sql, string Before, string After)>();
            for (var at = 0; at < StatementCount; at++)
            {
                var sql = schema.Statement();
                var before = world.Dump();
                var made = await world.Make(sql, isSeen: random.Next(4) != 0);
                steps.Add((made, sql, before, world.Dump()));
            }

            foreach (var (made, sql, before, after) in Enumerable.Reverse(steps))
            {
                Assert.True(await world.Invert(made) is Inversion.Done, $"seed {seed}: {sql}");
                Assert.True(before == world.Dump(), $"seed {seed}: {sql}\n{before}\n{world.Dump()}");
                world.Run(sql);
                Assert.True(after == world.Dump(), $"seed {seed} again: {sql}");
                Assert.True(await world.Invert(made) is Inversion.Done, $"seed {seed} again: {sql}");
                Assert.True(before == world.Dump(), $"seed {seed} again: {sql}");
            }
        }
    }

    [Fact]
    public async Task Only_what_was_declared_is_written()
    {
        for (var seed = Seed; seed < Seed + WorldCount; seed++)
        {
            var random = new Random(seed);
            var schema = new RandomSchema(random);
            using var world = new DatabaseFixture(schema.Create(), hasForeignKeys: random.Next(2) == 0);
            for (var at = 0; at < StatementCount; at++)
            {
                world.Run(schema.Insert());
                var sql = schema.Statement();
                var declared = world.Declare(sql)!.Writes.Select(static pattern => pattern.ToString()).ToList();
                var before = schema.Tables.ToDictionary(static table => table, table => Rows(world, table));
                world.Run(sql);
                foreach (var table in schema.Tables.Where(table => !before[table].SequenceEqual(Rows(world, table))))
                {
                    Assert.True(
                        declared.Exists(pattern => pattern.EndsWith("data.db/**", StringComparison.Ordinal) || pattern.Contains($"data.db/{table}/", StringComparison.Ordinal)),
                        $"seed {seed}: {sql} wrote {table}, declared {string.Join(' ', declared)}");
                }
            }
        }
    }

    private static List<string> Rows(DatabaseFixture world, string table)
    {
        var exists = world.Values($"SELECT 1 FROM sqlite_schema WHERE name = '{table}'").Count > 0;
        return exists ? world.Values($"SELECT quote(a) || quote(b) || quote(id) FROM {table} ORDER BY 1") : [];
    }

    /// <summary>Tables of all kinds, and statements over them.</summary>
    private sealed class RandomSchema(Random random)
    {
        private static readonly string[] s_keys =
            ["id INTEGER PRIMARY KEY", "id INTEGER PRIMARY KEY AUTOINCREMENT", "id TEXT PRIMARY KEY", "id", "id INT PRIMARY KEY", "id TEXT COLLATE NOCASE UNIQUE"];

        private static readonly string[] s_types = ["", "TEXT", "INTEGER", "REAL", "BLOB", "NUMERIC", "TEXT COLLATE NOCASE"];
        private static readonly string[] s_actions = ["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE ON DELETE CASCADE"];

        private static readonly string[] s_values =
            ["NULL", "0", "1", "2", "3", "7", "-1", "1.5", "2.0", "'1'", "'a'", "'A'", "'a b'", "x'00'", "x'61'", "'é'", "9e999", "''"];

        internal string[] Tables { get; } = ["t0", "t1", "t2"];

        internal string Create()
        {
            var sql = new StringBuilder("CREATE TABLE log (id INTEGER PRIMARY KEY, a, b);");
            foreach (var (at, table) in Tables.Index())
            {
                var reference = at > 0 && random.Next(2) == 0 ? $" REFERENCES t{random.Next(at)}(id){Any(s_actions)}" : "";
                var isRowless = random.Next(4) == 0;
                var key = isRowless ? Any("id INTEGER PRIMARY KEY", "id TEXT PRIMARY KEY", "id TEXT COLLATE NOCASE PRIMARY KEY", "id PRIMARY KEY") : Any(s_keys);
                sql.Append($"CREATE TABLE {table} ({key}, a {Any(s_types)}{Any("", "", " UNIQUE")}, b {Any(s_types)}{reference}");
                sql.Append($"{Any("", ", g AS (a || 'x')")}){(isRowless ? " WITHOUT ROWID" : "")};");
                if (random.Next(4) == 0)
                {
                    var when = Any("UPDATE", "INSERT", "DELETE");
                    sql.Append($"CREATE TRIGGER r{at} AFTER {when} ON {table} BEGIN {Any("INSERT INTO log (a) VALUES (1)", "UPDATE t0 SET a = 1", "DELETE FROM t2 WHERE id = 1")}; END;");
                }
            }

            return sql.ToString();
        }

        internal string Insert() => $"INSERT {Any("", "OR REPLACE ")}INTO {Any(Tables)} ({Any("id, a, b", "id, b, a")}) VALUES ({Value()}, {Value()}, {Value()})";

        internal string Statement() => random.Next(12) switch
        {
            0 or 1 => Insert(),
            2 => $"INSERT INTO {Any(Tables)} (a, b) VALUES ({Value()}, {Value()}), ({Value()}, {Value()})",
            3 => $"DELETE FROM {Any(Tables)} WHERE {Condition()}",
            4 => $"DELETE FROM {Any(Tables)} WHERE id = {Value()}",
            5 => $"INSERT OR IGNORE INTO {Any(Tables)} (id, a, b) SELECT b, a, id FROM {Any(Tables)} WHERE {Condition()}",
            6 => $"UPDATE {Any("", "OR REPLACE ", "OR IGNORE ")}{Any(Tables)} SET {Any("id", "a", "b")} = {Value()} WHERE {Condition()}",
            7 or 8 => $"UPDATE {Any(Tables)} SET {Any("a", "b")} = {Value()} WHERE id = {Value()}",
            9 => $"UPDATE {Any(Tables)} SET a = (SELECT b FROM {Any(Tables)} WHERE {Condition()} ORDER BY 1 LIMIT 1)",
            10 => $"INSERT INTO {Any(Tables)} (id, a, b) VALUES ({Value()}, 1, 1) ON CONFLICT DO UPDATE SET b = {Value()}",
            _ => Any("CREATE TABLE more (id, a, b)", "DROP TABLE t1", "CREATE INDEX i ON t0 (a)", "ALTER TABLE t2 ADD COLUMN c DEFAULT 5", "DELETE FROM t0"),
        };

        private string Condition() => $"{Any("id", "a", "b")} {Any("=", "<", ">", "IS NOT")} {Value()}";

        private string Value() => Any(s_values);

        private string Any(params string[] all) => all[random.Next(all.Length)];
    }
}
