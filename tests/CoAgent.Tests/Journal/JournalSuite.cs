using CoAgent.Runtime.Journal;

namespace CoAgent.Tests.Journal;

/// <summary>Claims on one journal and what it lies on; each kind of journal inherits them.</summary>
public abstract class JournalSuite : IAsyncLifetime
{
    private protected JournalSuite(JournalStore store) => Store = store;

    private protected JournalStore Store { get; }

    private protected IJournal Journal => Store.Journal;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Store.Flushes.Release();
        await Store.DisposeAsync();
    }
}
