using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Journal;

/// <summary>Where a workspace's history is kept: entries in order, captured contents by name.</summary>
/// <remarks>
/// One writer calls <see cref="AppendAsync"/>; entries are kept in the order of the calls, and a later one is never kept
/// without those before it. A journal that cannot be written any more fails every append from then on with a
/// <see cref="JournalException"/>.
/// </remarks>
public interface IJournal : IContentSource, IAsyncDisposable
{
    /// <summary>Adds an entry. Entries that come while others are on their way share their commit and their flush.</summary>
    /// <param name="entry">The entry; the contents of a capture in it are kept with it.</param>
    /// <param name="persistence">What it has survived when the result is there. <see cref="Persistence.Ordered"/> is there at once.</param>
    ValueTask AppendAsync(JournalEntry entry, Persistence persistence);

    /// <summary>Waits until all entries that were appended so far have survived the end of this process.</summary>
    ValueTask WhenWrittenAsync();

    /// <summary>The entries from the beginning, as they were when it was asked for.</summary>
    /// <exception cref="JournalException">An entry is of a version that this program does not know, or is damaged: the message says what to do.</exception>
    IAsyncEnumerable<JournalEntry> ReadAllAsync(CancellationToken cancellationToken);
}

/// <summary>A journal cannot be opened, read or written; the message says what to do.</summary>
public sealed class JournalException : Exception
{
    /// <summary>A fault in words.</summary>
    public JournalException(string message)
        : base(message)
    {
    }

    /// <summary>A fault with its cause.</summary>
    public JournalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
