using System.Runtime.Versioning;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Databases;

namespace CoAgent.Tests.Workspace.Databases;

/// <summary>What statements are declared to touch of a database.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DatabaseDeclarationTests : IDisposable
{
    private readonly DatabaseFixture _world = new("""
        CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT, stars INTEGER);
        CREATE TABLE tag (name TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
        CREATE TABLE loose (a, b);
        CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT, a);
        CREATE TABLE parent (id INTEGER PRIMARY KEY, a);
        CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE);
        CREATE TABLE log (what);
        CREATE TABLE watched (id INTEGER PRIMARY KEY, a UNIQUE);
        CREATE TRIGGER watching AFTER UPDATE ON watched BEGIN INSERT INTO log VALUES (new.a); END;
        CREATE VIEW titles AS SELECT title FROM note;
        """);

    [Theory]
    [InlineData("SELECT * FROM note WHERE id = 5", "D/note/5 -> ")]
    [InlineData("SELECT * FROM note WHERE id = -5 AND title = 'x' LIMIT 1;", "D/note/-5 -> ")]
    [InlineData("SELECT * FROM note WHERE id = 5 OR 1", "D/note/** -> ")]
    [InlineData("SELECT * FROM note, tag WHERE id = 5", "D/note/** D/tag/** -> ")]
    [InlineData("SELECT * FROM note WHERE id = 5 UNION SELECT a, b, 1 FROM loose", "D/loose/** D/note/** -> ")]
    [InlineData("SELECT * FROM titles", "D/note/** -> ")]
    [InlineData("SELECT 1", " -> ")]
    [InlineData("SELECT * FROM nothing", "D/** -> ")]
    [InlineData("SELECT * FROM sqlite_sequence", "D/** -> ")]
    [InlineData("UPDATE note SET title = 'x' WHERE id = 5", "D/note/5 -> D/note/5")]
    [InlineData("UPDATE NOTE SET title = 'x' WHERE ID == 5", "D/note/5 -> D/note/5")]
    [InlineData("UPDATE note SET id = 6 WHERE id = 5", "D/note/** -> D/note/**")]
    [InlineData("UPDATE note SET title = (SELECT max(a) FROM loose) WHERE id = 5", "D/loose/** D/note/** -> D/note/**")]
    [InlineData("UPDATE note SET title = 'x' WHERE id = 5 OR id = 6", "D/note/** -> D/note/**")]
    [InlineData("UPDATE note SET title = 'x' WHERE id = 5 OR title = 'y'", "D/note/** -> D/note/**")]
    [InlineData("UPDATE note SET (id, title) = (6, 'x') WHERE id = 5", "D/note/** -> D/note/**")]
    [InlineData("UPDATE note SET title = 'x', (stars, id) = (1, 6) WHERE id = 5", "D/note/** -> D/note/**")]
    [InlineData("UPDATE note SET rowid = 6 WHERE id = 5", "D/note/** -> D/note/**")]
    [InlineData("UPDATE OR REPLACE note SET title = 'x' WHERE id = 5", "D/note/** -> D/note/**")]
    [InlineData("DELETE FROM note WHERE id = 5", "D/note/5 -> D/note/* D/note/5")]
    [InlineData("INSERT INTO note (id, title) VALUES (5, 'x')", "D/note/5 -> D/note/* D/note/5")]
    [InlineData("INSERT INTO note (title) VALUES ('x')", "D/note/** -> D/note/**")]
    [InlineData("INSERT OR REPLACE INTO note (id, title) VALUES (5, 'x')", "D/note/** -> D/note/**")]
    [InlineData("INSERT INTO note (id) VALUES (5), (6)", "D/note/** -> D/note/**")]
    [InlineData("UPDATE tag SET n = 1 WHERE name = 'a/b,c'", "D/tag/a%2Fb%2Cc -> D/tag/a%2Fb%2Cc")]
    [InlineData("UPDATE tag SET n = 1 WHERE name = \"n\"", "D/tag/** -> D/tag/**")]
    [InlineData("INSERT INTO numbered (id, a) VALUES (5, 1)", "D/numbered/** -> D/numbered/**")]
    [InlineData("DELETE FROM parent WHERE id = 1", "D/child/** D/parent/** -> D/child/** D/parent/**")]
    [InlineData("INSERT INTO child VALUES (1, 1)", "D/child/** D/parent/** -> D/child/**")]
    [InlineData("UPDATE watched SET a = 1 WHERE id = 1", "D/log/** D/watched/** -> D/log/** D/watched/**")]
    [InlineData("CREATE TABLE another (a)", "D/** -> D/**")]
    [InlineData("ALTER TABLE note RENAME TO notes", "D/** -> D/**")]
    [InlineData("ALTER TABLE note DROP COLUMN stars", "D/** -> D/**")]
    [InlineData("DROP TABLE watched", "D/** -> D/**")]
    [InlineData("CREATE INDEX i ON note (title)", "D/** -> D/**")]
    [InlineData("DELETE FROM sqlite_sequence", "D/** -> D/**")]
    [InlineData("INSERT INTO nothing VALUES (1)", "D/** -> D/**")]
    [InlineData("SELEKT", "D/** -> D/**")]
    [InlineData("SELECT 1; DROP TABLE note", "D/** -> D/**")]
    [InlineData("SELECT 1; SELEKT", "D/** -> D/**")]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM note WHERE id = 5", "D/note/** -> D/note/**")]
    [InlineData("SELECT name FROM sqlite_master", "D/* -> ")]
    [InlineData("PRAGMA table_info(note)", "D/* -> ")]
    [InlineData("BEGIN", "unknown")]
    [InlineData("ATTACH 'x' AS x", "unknown")]
    [InlineData("VACUUM", "unknown")]
    [InlineData("VACUUM INTO 'x'", "unknown")]
    [InlineData("PRAGMA user_version = 5", "unknown")]
    [InlineData("PRAGMA foreign_keys = ON", "unknown")]
    [InlineData("CREATE TEMP TABLE t (a)", "unknown")]
    [InlineData("SELECT load_extension('x')", "unknown")]
    public void A_statement_is_declared_by_what_it_touches(string sql, string declared) => Assert.Equal(declared, _world.Declared(_world.Call(sql)));

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("SELECT * FROM note WHERE id = 5")]
    [InlineData("UPDATE note SET title = 'x' WHERE id = 5")]
    [InlineData("DELETE FROM loose")]
    [InlineData("DROP TABLE note")]
    public void Who_writes_the_databases_file_as_a_file_meets_every_statement(string sql)
    {
        var touched = _world.Declare(sql)!;
        foreach (var written in new[] { _world.FilePath, $"{_world.FilePath}-wal", $"{_world.FilePath}-journal", $"{Path.GetDirectoryName(_world.FilePath)}/**" })
        {
            Assert.True(Meet(touched, Footprint.Create([], [ObjectPattern.Parse($"file:{written}")])), written);
        }

        Assert.False(Meet(touched, Footprint.Create([], [ObjectPattern.Parse($"file:{_world.FilePath}.bak")])));
    }

    [Fact]
    public void Statements_over_different_rows_do_not_meet_in_their_file() => Assert.False(Meet(
        _world.Declare("UPDATE note SET title = 'x' WHERE id = 5")!, _world.Declare("UPDATE note SET title = 'x' WHERE id = 6")!));

    [Fact]
    public void A_schema_is_read_once_for_each_text()
    {
        using var same = new DatabaseFixture("CREATE TABLE only (id INTEGER PRIMARY KEY)");
        using var again = new DatabaseFixture("CREATE TABLE only (id INTEGER PRIMARY KEY)");
        using var other = new DatabaseFixture("CREATE TABLE only (id TEXT PRIMARY KEY)");
        using var encoded = new DatabaseFixture("PRAGMA encoding = 'UTF-16'; CREATE TABLE only (id INTEGER PRIMARY KEY)");

        var first = Schema(same);
        Assert.Same(first, Schema(again));
        Assert.NotSame(first, Schema(other));
        Assert.False(Schema(encoded).IsUtf8);
        same.Run("ALTER TABLE only ADD COLUMN a");
        Assert.Equal("\"id\" \"a\"", string.Join(' ', Schema(same).Find("only")!.Stored));
        Assert.Equal("\"id\"", string.Join(' ', Schema(again).Find("only")!.Stored));
    }

    [Fact]
    public void Too_long_a_schema_is_read_each_time()
    {
        using var world = new DatabaseFixture($"CREATE TABLE only (id INTEGER PRIMARY KEY /* {new string('x', DatabaseSchema.RememberedCharsMax)} */)");

        Assert.NotSame(Schema(world), Schema(world));
        Assert.NotNull(Schema(world).Find("only"));
    }

    private static DatabaseSchema Schema(DatabaseFixture world)
    {
        using var database = DatabaseFile.Open(world.FilePath);
        return DatabaseSchema.Read(database);
    }

    private static bool Meet(Footprint one, Footprint other) =>
        one.Writes.Any(write => other.Reads.Concat(other.Writes).Any(write.Overlaps)) || other.Writes.Any(write => one.Reads.Concat(one.Writes).Any(write.Overlaps));

    [Fact]
    public void A_parameter_names_a_row_only_where_it_is_of_the_keys_type()
    {
        Assert.Equal("D/note/5 -> D/note/5", _world.Declared(_world.Call("UPDATE note SET title = ? WHERE id = ?", "x", 5)));
        Assert.Equal("D/note/** -> D/note/**", _world.Declared(_world.Call("UPDATE note SET title = ? WHERE id = ?", "x", "5")));
        Assert.Equal("D/note/** -> D/note/**", _world.Declared(_world.Call("UPDATE note SET title = ? WHERE id = ?", "x")));
        Assert.Equal("D/note/7 -> D/note/7", _world.Declared(_world.Call("UPDATE note SET title = ?2 WHERE id = ?1", 7, "x")));
        Assert.Equal("D/tag/a -> D/tag/a", _world.Declared(_world.With(
            new { database = "data.db", sql = "UPDATE tag SET n = 1 WHERE name = :name", parameters = new { name = "a" } })));
    }

    [Theory]
    [InlineData("update", """{"id":5}""", """{"title":"x"}""", "D/note/5 -> D/note/5")]
    [InlineData("update", """{"title":"y"}""", """{"title":"x"}""", "D/note/** -> D/note/**")]
    [InlineData("update", "{}", """{"title":"x"}""", "D/note/** -> D/note/**")]
    [InlineData("update", """{"id":5}""", """{"title\" = 1; DROP TABLE note; --":"x"}""", "D/** -> D/**")]
    [InlineData("insert", null, """{"id":5}""", "D/note/5 -> D/note/* D/note/5")]
    [InlineData("insert", null, """[{"id":5},{"id":6}]""", "D/note/** -> D/note/**")]
    [InlineData("insert", null, "{}", "unknown")]
    [InlineData("delete", """{"id":5}""", null, "D/note/5 -> D/note/* D/note/5")]
    [InlineData("delete", "\"stars > 3\"", null, "D/note/** -> D/note/**")]
    [InlineData("read", """{"id":5}""", null, "D/note/5 -> ")]
    [InlineData("read", null, null, "D/note/** -> ")]
    [InlineData("other", null, null, "unknown")]
    public void A_change_that_is_taken_apart_is_the_statement_that_comes_to_the_same(string change, string? where, string? data, string declared)
    {
        static System.Text.Json.JsonElement? Json(string? text) => text is null ? null : System.Text.Json.JsonElement.Parse(text);
        Assert.Equal(declared, _world.Declared(_world.With(new { database = "data.db", table = "note", change, where = Json(where), data = Json(data) })));
    }

    [Fact]
    public void Names_of_tables_and_columns_stay_names()
    {
        _world.Run("CREATE TABLE \"odd\"\"name\" (id INTEGER PRIMARY KEY, \"a\"\"b\")");
        var call = _world.With(new
        {
            database = "data.db", table = "odd\"name", change = "update", where = new { id = 5 }, data = new Dictionary<string, int> { ["a\"b"] = 1 },
        });
        Assert.Equal("D/odd\"name/5 -> D/odd\"name/5", _world.Declared(call));
    }

    [Theory]
    [InlineData("none.db")]
    [InlineData(":memory:")]
    [InlineData("file:data.db?mode=memory")]
    [InlineData("text.db")]
    [InlineData(".")]
    public void A_database_that_is_no_file_of_rows_is_not_known(string database)
    {
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_world.FilePath)!, "text.db"), new string('x', 5_000));
        Assert.Equal("unknown", _world.Declared(_world.With(new { database, sql = "SELECT * FROM note" })));
    }

    [Fact]
    public void A_view_of_a_table_that_is_gone_hides_nothing_else()
    {
        _world.Run("DROP TABLE note");
        Assert.Equal("D/tag/** -> ", _world.Declared(_world.Call("SELECT * FROM tag")));
        Assert.Equal("D/** -> ", _world.Declared(_world.Call("SELECT * FROM titles")));
    }

    [Fact]
    public async Task A_call_that_was_declared_under_another_schema_is_refused_once_and_then_declared_wider()
    {
        var call = _world.Call("UPDATE note SET title = 'x' WHERE id = 5");
        var declared = _world.State.Declare(call);
        _world.Run("CREATE UNIQUE INDEX titled ON note (title)");
        Assert.IsType<Preparation.NotPossible>(await _world.Prepare(call, declared));
        _world.Run("DROP INDEX titled");
        Assert.Equal("D/note/** -> D/note/**", _world.Declared(call));
    }

    public void Dispose() => _world.Dispose();
}
