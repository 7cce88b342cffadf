using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Sqlite;
using Microsoft.Data.Sqlite;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What is said of a journal that cannot be opened or read.</summary>
public sealed class JournalFaultTests : IAsyncLifetime
{
    private const string PutAside =
        "Put the journal aside (move the file and those beside it that begin with its name), look into the disk, and start "
        + "again: the workspace begins anew.";

    private readonly TemporaryDirectory _directory = new();

    private string JournalPath => Path.Combine(_directory.Path, "journal.db");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task One_that_is_in_use_is_left_alone()
    {
        await using var first = await OpenAsync();
        await first.AppendAsync(Numbered(1), Persistence.Written);
        await RefusedAsync($"The journal {JournalPath} is in use by another program. Stop the daemon that has it (\"coagent stop\"), or name another file.");
        await first.AppendAsync(Numbered(2), Persistence.Written);
        Assert.Equal([1, 2], await NumbersAsync(first));
    }

    [Theory]
    [InlineData("{ \"not\": \"a journal\" }")]
    [InlineData("SQLite")]
    public async Task A_file_of_another_kind_is_left_as_it_is(string text)
    {
        await File.WriteAllTextAsync(JournalPath, text);
        await RefusedAsync(
            $"{JournalPath} is not a journal of CoAgent. Name another file under \"journal\" in the configuration, or move this one away.");
        Assert.Equal(text, await File.ReadAllTextAsync(JournalPath));
    }

    [Fact]
    public async Task The_database_of_another_program_is_left_as_it_is()
    {
        Run("CREATE TABLE orders (id INTEGER)");
        await RefusedAsync(
            $"{JournalPath} is not a journal of CoAgent. Name another file under \"journal\" in the configuration, or move this one away.");
        Run("INSERT INTO orders VALUES (1)");
    }

    [Fact]
    public async Task A_path_that_cannot_be_made_is_told()
    {
        await File.WriteAllTextAsync(JournalPath, "");
        var below = Path.Combine(JournalPath, "journal.db");
        var refused = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(below, Durability.Full, CancellationToken.None));
        Assert.StartsWith($"The journal {below} cannot be opened (", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "). See to it that the directory and the file can be written, or name another file under \"journal\" in the configuration.",
            refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_another_program_has_locked_is_told()
    {
        await FillAsync();
        using var other = Connect();
        other.Run("PRAGMA locking_mode = EXCLUSIVE");
        other.Run("BEGIN EXCLUSIVE");
        await RefusedAsync($"The journal {JournalPath} is locked by another program. Close what has it open, and start again.");
    }

    [Fact]
    public async Task One_with_tables_of_a_later_version_names_the_program_that_is_needed()
    {
        await FillAsync();
        Run("PRAGMA user_version = 2");
        Run("INSERT INTO programs VALUES (3, 'CoAgent 7.8.9', 1)");
        await RefusedAsync(
            $"The journal {JournalPath} is of version 2; {JournalFault.ThisProgram} reads version 1. Go on with CoAgent 7.8.9, or a later one.");
    }

    [Fact]
    public async Task An_entry_of_a_later_version_names_the_program_that_is_needed()
    {
        await FillAsync();
        Run("INSERT INTO programs VALUES (4, 'CoAgent 7.8.9', 1)");
        Run("UPDATE entries SET version = 4 WHERE seq = 2");
        await UnreadableAsync(
            $"Entry 2 of the journal is of version 4; {JournalFault.ThisProgram} reads versions 1 to 2. Go on with CoAgent 7.8.9, or a later one.");
    }

    [Theory]
    [InlineData("UPDATE entries SET body = x'0102030405060708' WHERE seq = 2", "Entry 2 of the journal is damaged: its checksum is another. ")]
    [InlineData("UPDATE entries SET body = x'' WHERE seq = 2", "Entry 2 of the journal is damaged: it is too short. ")]
    [InlineData("UPDATE entries SET kind = 5 WHERE seq = 2", "Entry 2 of the journal is damaged: its checksum is another. ")]
    [InlineData("UPDATE entries SET call = 9 WHERE seq = 3", "Entry 3 of the journal is damaged: its checksum is another. ")]
    [InlineData("UPDATE details SET body = x'0102030405060708' WHERE call = 3", "Entry 3 of the journal is damaged: its checksum is another. ")]
    [InlineData("DELETE FROM entries WHERE seq = 2", "Entry 2 of the journal is damaged: it is not there. ")]
    public async Task A_damaged_entry_is_told_by_its_number(string damage, string told)
    {
        await FillAsync();
        Run(damage);
        await UnreadableAsync(told + PutAside);
    }

    [Fact]
    public async Task One_that_is_not_there_is_told_to_who_reads_it_and_is_not_made()
    {
        var told = await Assert.ThrowsAsync<JournalException>(ReadFileAsync);
        Assert.Equal(
            $"There is no journal {JournalPath}. Nothing has been coordinated in this workspace yet, or the journal lies elsewhere: look at \"journal\" in the configuration.",
            told.Message);
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task Who_reads_a_file_of_another_kind_is_told()
    {
        await File.WriteAllTextAsync(JournalPath, new string('x', 5_000));
        Assert.EndsWith(" is not a journal of CoAgent. Name another file under \"journal\" in the configuration, or move this one away.",
            (await Assert.ThrowsAsync<JournalException>(ReadFileAsync)).Message, StringComparison.Ordinal);
        File.Delete(JournalPath);
        Run("CREATE TABLE orders (id INTEGER)");
        Assert.EndsWith(" or move this one away.", (await Assert.ThrowsAsync<JournalException>(ReadFileAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_reads_one_of_a_later_version_is_told_the_program_that_is_needed()
    {
        await FillAsync();
        Run("INSERT INTO programs VALUES (3, 'CoAgent 7.8.9', 1)");
        Run("UPDATE entries SET version = 3 WHERE seq = 3");
        Assert.EndsWith("Go on with CoAgent 7.8.9, or a later one.",
            (await Assert.ThrowsAsync<JournalException>(ReadFileAsync)).Message, StringComparison.Ordinal);
        Run("PRAGMA user_version = 2");
        Assert.EndsWith("Go on with CoAgent 7.8.9, or a later one.",
            (await Assert.ThrowsAsync<JournalException>(ReadFileAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_told()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(JournalPath);
        bytes.AsSpan(4096).Fill(0xA5);
        await File.WriteAllBytesAsync(JournalPath, bytes);
        var told = await Assert.ThrowsAsync<JournalException>(async () =>
        {
            await using var journal = await OpenAsync();
            await AllAsync(journal);
        });
        Assert.StartsWith($"The journal {JournalPath} is damaged (", told.Message, StringComparison.Ordinal);
        Assert.EndsWith($"). {PutAside}", told.Message, StringComparison.Ordinal);
    }

    private Task<SqliteJournal> OpenAsync() => SqliteJournal.OpenAsync(JournalPath, Durability.Full, CancellationToken.None);

    private async Task ReadFileAsync()
    {
        await foreach (var _ in SqliteJournal.ReadFileAsync(JournalPath, after: 0, CancellationToken.None))
        {
        }
    }

    private async Task FillAsync()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(Numbered(1), Persistence.Written);
        await journal.AppendAsync(Numbered(2), Persistence.Written);
        await journal.AppendAsync(Proposed(3, LongText), Persistence.Written);
    }

    private async Task RefusedAsync(string told) =>
        Assert.Equal(told, (await Assert.ThrowsAsync<JournalException>(OpenAsync)).Message);

    private async Task UnreadableAsync(string told)
    {
        await using var journal = await OpenAsync();
        Assert.Equal(told, (await Assert.ThrowsAsync<JournalException>(() => AllAsync(journal))).Message);
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = JournalPath, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private void Run(string sql)
    {
        using var connection = Connect();
        connection.Run(sql);
    }
}
