using Microsoft.Data.Sqlite;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>Deletes the oldest entries, a few at a time, once nobody needs them. One thread at a time, the one that writes.</summary>
/// <remarks>
/// What goes lies before an entry at which nothing was open and which leaves behind it as many as are to be kept. That entry was
/// written before, so no loss of power leaves a journal without a beginning; a deletion that is interrupted goes on at the next
/// start. The pages that are free then are used for the next entries: the file stays as long as it was.
/// </remarks>
internal sealed class OldestEntries(SqliteConnection connection, long entriesKept) : IDisposable
{
    /// <summary>How many entries go in one commit: about a millisecond, in which nobody writes.</summary>
    public const int StepEntries = 250;

    private readonly Statement _latestRest =
        new(connection, $"SELECT max(seq) FROM entries WHERE kind = {Codec.JournalCodec.Rested} AND seq <= ?");

    private readonly Statement _first = new(connection, "SELECT min(seq) FROM entries");
    private readonly Statement _delete = new(connection, "DELETE FROM entries WHERE seq < ?");
    private long _firstNumber;
    private long _beginning;

    /// <summary>Whether there are some that nobody needs.</summary>
    public bool AreThere => Volatile.Read(ref _firstNumber) < Volatile.Read(ref _beginning);

    /// <summary>Finds out where the journal may begin, now that it is that long.</summary>
    public void Look(long lastNumber)
    {
        if (NumberOf(_latestRest.Bind(1, lastNumber - entriesKept)) is { } beginning)
        {
            Volatile.Write(ref _firstNumber, NumberOf(_first) ?? beginning);
            Volatile.Write(ref _beginning, beginning);
        }
    }

    /// <summary>Deletes some.</summary>
    /// <exception cref="SqliteException">None is deleted.</exception>
    public void DeleteSome()
    {
        var next = Math.Min(_firstNumber + StepEntries, _beginning);
        _delete.Bind(1, next).Run();
        Volatile.Write(ref _firstNumber, next);
    }

    public void Dispose()
    {
        _latestRest.Dispose();
        _first.Dispose();
        _delete.Dispose();
    }

    private static long? NumberOf(Statement statement)
    {
        var number = statement.Step() ? statement.OptionalNumber(0) : null;
        statement.Reset();
        return number;
    }
}
