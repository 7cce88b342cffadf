using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Hosting;

/// <summary>Stands in for the journal until it is merged.</summary>
internal sealed class VolatileJournal : IJournal
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<ContentId, ReadOnlyMemory<byte>> _contents = new();

    public ValueTask AppendAsync(JournalEntry entry, Persistence persistence)
    {
        if (entry is JournalEntry.Prepared prepared)
        {
            foreach (var content in prepared.Before.Contents)
            {
                _contents[content.Id] = content.Bytes;
            }
        }

        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<JournalEntry> ReadAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_contents[id]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
