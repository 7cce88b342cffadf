using System.Runtime.CompilerServices;
using CoAgent.Runtime.Journal.Sqlite;

namespace CoAgent.Runtime.Journal;

/// <summary>Reads journals that others write, or have written: nothing is locked, made or changed.</summary>
public static class JournalReading
{
    /// <summary>The entries of a journal from the beginning, as they are when it begins to read.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JournalException">It is not there, is no journal, is of a later version, damaged, or cannot be read.</exception>
    public static async IAsyncEnumerable<JournalEntry> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Reading is work of the disk: whoever asked is not kept.
        using var reader = await Task.Run(() => EntryReader.OpenReadOnly(Path.GetFullPath(path)), cancellationToken);
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }
}
