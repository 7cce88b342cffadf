using System.Runtime.Versioning;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Workspace.Databases;

/// <summary>Statements are taken back exactly, whatever came of them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DatabaseInverseTests
{
    private const string Schema = """
        CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE UNIQUE, stars INTEGER CHECK (stars < 100), twice AS (stars * 2));
        INSERT INTO note VALUES (1, 'one', 1), (2, 'two', 2.5), (7, 'Seven', NULL), (9, x'00ff', 99);
        CREATE TABLE plain (id INTEGER PRIMARY KEY, a);
        INSERT INTO plain VALUES (1, 'x' || char(0) || 'y'), (2, CAST(x'ff41' AS TEXT)), (3, 9e999), (4, '5'), (5, 5.0);
        CREATE TABLE loose (a, b);
        INSERT INTO loose (rowid, a, b) VALUES (5, 1, 1), (50, 1, 1), (500, NULL, '');
        CREATE TABLE pair (a TEXT COLLATE NOCASE, b INT, c, PRIMARY KEY (a, b)) WITHOUT ROWID;
        INSERT INTO pair VALUES ('x', 1, 1), ('y', 1, 2);
        CREATE TABLE hidden (rowid, _rowid_, oid, a);
        INSERT INTO hidden VALUES (1, 1, 1, 1), (1, 1, 1, 1);
        CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT, a);
        INSERT INTO numbered (a) VALUES (1), (2), (3);
        CREATE TABLE parent (id INTEGER PRIMARY KEY, a);
        CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE ON UPDATE SET NULL);
        INSERT INTO parent VALUES (1, 1), (2, 2);
        INSERT INTO child VALUES (1, 1), (2, 1), (3, 2);
        CREATE TABLE log (what, at INTEGER PRIMARY KEY AUTOINCREMENT);
        CREATE TABLE watched (id INTEGER PRIMARY KEY, a);
        INSERT INTO watched VALUES (1, 1), (2, 2);
        CREATE TRIGGER watching AFTER UPDATE ON watched BEGIN INSERT INTO log (what) VALUES (new.a); DELETE FROM watched WHERE id = 2; END;
        CREATE TRIGGER refusing BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'kept'); END;
        CREATE VIEW titles AS SELECT title FROM note;
        CREATE TRIGGER titling INSTEAD OF INSERT ON titles BEGIN INSERT INTO note (title) VALUES (new.title); END;
        CREATE VIRTUAL TABLE words USING fts5(word);
        INSERT INTO words VALUES ('a'), ('b');
        """;

    public static TheoryData<string> Statements { get; } =
    [
        "UPDATE note SET title = 'ONE', stars = 5 WHERE id = 1",
        "UPDATE note SET title = title || 'x'",
        "UPDATE note SET title = CASE id WHEN 1 THEN 'two' ELSE 'one' END WHERE id < 3",
        "UPDATE note SET id = id + 100",
        "UPDATE OR REPLACE note SET title = 'two' WHERE id = 1",
        "INSERT OR REPLACE INTO note (id, title) VALUES (1, 'TWO')",
        "INSERT INTO note (title) VALUES ('new') ON CONFLICT DO NOTHING",
        "INSERT INTO note (title) VALUES ('one')",
        "INSERT INTO titles VALUES ('from a view')",
        "DELETE FROM note",
        "UPDATE plain SET a = 1 WHERE id = 1",
        "UPDATE plain SET a = 5 WHERE id = 5",
        "UPDATE plain SET a = random() WHERE id = 2",
        "DELETE FROM plain WHERE id = 3",
        "INSERT INTO plain (id, a) VALUES (6, x'00')",
        "DELETE FROM plain WHERE id = 77",
        "DELETE FROM plain WHERE random() % 2",
        "DELETE FROM loose WHERE rowid = 50",
        "UPDATE loose SET rowid = rowid + 1",
        "INSERT INTO loose SELECT * FROM loose",
        "UPDATE pair SET a = upper(a)",
        "REPLACE INTO pair VALUES ('X', 1, 9)",
        "DELETE FROM pair WHERE a = 'x' AND b = 1",
        "UPDATE hidden SET a = 2",
        "INSERT INTO numbered (a) VALUES (4)",
        "INSERT INTO numbered VALUES (100, 4)",
        "DELETE FROM numbered",
        "DELETE FROM parent WHERE id = 1",
        "UPDATE parent SET id = 3 WHERE id = 2",
        "INSERT INTO child VALUES (4, 44)",
        "UPDATE watched SET a = 7 WHERE id = 1",
        "UPDATE watched SET a = a + 1",
        "DELETE FROM numbered; INSERT INTO numbered (a) VALUES (9)",
        "INSERT INTO loose VALUES (8, 8); INSERT INTO note (title) VALUES ('one'); DELETE FROM loose",
        "CREATE TABLE another (a); INSERT INTO another VALUES (1)",
        "DROP TABLE note",
        "ALTER TABLE numbered RENAME COLUMN a TO b",
        "CREATE INDEX i ON loose (a)",
        "DELETE FROM sqlite_sequence",
        "INSERT INTO words VALUES ('c')",
        "UPDATE words SET word = 'z'",
        "INSERT INTO nothing VALUES (1)",
        "SELEKT",
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_is_taken_back_and_done_again(string sql)
    {
        (string Before, string After, bool HasForeignKeys)[] worlds =
        [
            ("", "", false),
            ("PRAGMA journal_mode = WAL;", "", true),
            ("PRAGMA encoding = 'UTF-16';", "", false),
            ("", "PRAGMA recursive_triggers = ON;", true),
        ];
        foreach (var (first, last, hasForeignKeys) in worlds)
        {
            using var world = new DatabaseFixture(first + Schema + last, hasForeignKeys);
            var before = world.Dump();
            var made = await world.Make(sql);
            var after = world.Dump();
            Assert.Equal(new Inversion.Done(), await world.Invert(made));
            Assert.Equal(before, world.Dump());
            Assert.Equal(new Inversion.Done(), await world.Invert(made));
            Assert.Equal(before, world.Dump());
            var again = await world.Make(sql);
            Assert.True(after == world.Dump() || sql.Contains("random", StringComparison.Ordinal));
            Assert.Equal(new Inversion.Done(), await world.Invert(again));
            Assert.Equal(before, world.Dump());
        }
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_statement_that_nobody_has_seen_is_found_out_about_and_taken_back(string sql)
    {
        foreach (var hasForeignKeys in new[] { false, true })
        {
            using var world = new DatabaseFixture(Schema, hasForeignKeys);
            var before = world.Dump();
            var made = await world.Make(sql, isSeen: false);
            var isChanged = before != world.Dump();
            var found = await world.Probe(made);
            Assert.True(found == (isChanged ? Finding.Happened : Finding.DidNotHappen) || (found == Finding.Unclear && sql.Contains("random", StringComparison.Ordinal)), $"{found}");
            Assert.Equal(new Inversion.Done(), await world.Invert(made));
            Assert.Equal(before, world.Dump());
            var undone = await world.Make(world.Call(sql), static () => { }, isSeen: false);
            Assert.Equal(Finding.DidNotHappen, await world.Probe(undone));
            Assert.Equal(new Inversion.Done(), await world.Invert(undone));
            Assert.Equal(before, world.Dump());
        }
    }

    [Theory]
    [InlineData("UPDATE plain SET a = 1 WHERE id = 1", "UPDATE plain SET a = 2 WHERE id = 1")]
    [InlineData("UPDATE plain SET a = 1 WHERE id = 1", "DELETE FROM plain WHERE id = 1")]
    [InlineData("UPDATE plain SET a = 5 WHERE id = 4", "UPDATE plain SET a = 5.0 WHERE id = 4")]
    [InlineData("DELETE FROM plain WHERE id > 1", "INSERT INTO plain VALUES (2, 2)")]
    [InlineData("INSERT INTO loose VALUES (9, 9)", "UPDATE loose SET b = 8 WHERE a = 9")]
    [InlineData("INSERT INTO numbered (a) VALUES (9)", "INSERT INTO numbered (a) VALUES (10)")]
    [InlineData("CREATE TABLE another (a)", "INSERT INTO another VALUES (1)")]
    [InlineData("CREATE TABLE another (a)", "UPDATE loose SET b = 8")]
    [InlineData("DELETE FROM loose", "DROP TABLE loose")]
    public async Task What_somebody_outside_changed_is_not_touched(string sql, string outside)
    {
        foreach (var isSeen in new[] { true, false })
        {
            using var world = new DatabaseFixture(Schema);
            var made = await world.Make(sql, isSeen);
            world.Run(outside);
            var before = world.Dump();
            var end = await world.Invert(made);
            Assert.True(end is Inversion.OutsideWrite or Inversion.Failed, $"{end}");
            Assert.Equal(before, world.Dump());
        }
    }

    [Fact]
    public async Task Rows_that_a_call_has_not_changed_may_change_meanwhile()
    {
        using var world = new DatabaseFixture(Schema);
        var made = await world.Make("UPDATE loose SET b = 2 WHERE a = 1");
        world.Run("INSERT INTO loose VALUES ('outside', 1)");
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(["1", "1", "", "1"], world.Values("SELECT b FROM loose"));
    }

    [Fact]
    public async Task A_call_whose_server_did_something_else_than_foreseen_is_taken_back_as_it_was()
    {
        using var world = new DatabaseFixture(Schema);
        var before = world.Dump();
        var made = await world.Make(world.Call("DELETE FROM loose; DELETE FROM plain"), () => world.Run("DELETE FROM loose"));
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Dump());
        var unseen = await world.Make(world.Call("DELETE FROM loose"), () => world.Run("DELETE FROM loose WHERE a = 1"), isSeen: false);
        Assert.Equal(Finding.Unclear, await world.Probe(unseen));
        Assert.Equal(new Inversion.OutsideWrite(), await world.Invert(unseen));
    }

    [Fact]
    public async Task Two_rows_are_taken_back_in_any_order()
    {
        using var world = new DatabaseFixture(Schema);
        var before = world.Dump();
        var first = await world.Make("INSERT INTO plain (id, a) VALUES (10, 1)");
        var second = await world.Make("DELETE FROM plain WHERE id = 1");
        Assert.Equal(new Inversion.Done(), await world.Invert(first));
        Assert.Equal(new Inversion.Done(), await world.Invert(second));
        Assert.Equal(before, world.Dump());
    }

    [Fact]
    public async Task A_database_that_the_server_has_locked_is_tried_again()
    {
        using var world = new DatabaseFixture(Schema);
        var before = world.Dump();
        var made = await world.Make("UPDATE plain SET a = 1");
        world.Run("BEGIN EXCLUSIVE");
        Assert.IsType<Inversion.Failed>(await world.Invert(made));
        Assert.Equal(Finding.Unclear, await world.Probe(made));
        Assert.Null(world.Declare("SELECT * FROM plain"));
        Assert.IsType<Preparation.NotPossible>(await world.Prepare(world.Call("UPDATE plain SET a = 1")));
        world.Run("ROLLBACK");
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
        Assert.Equal(before, world.Dump());
    }

    [Fact]
    public async Task A_statement_without_end_is_not_waited_for()
    {
        using var world = new DatabaseFixture(Schema);
        var call = world.Call("INSERT INTO loose (a) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT zeroblob(1000000) FROM n");
        var made = await world.Make(call, static () => { });
        Assert.Equal(new Inversion.Done(), await world.Invert(made));
    }
}
