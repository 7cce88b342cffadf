using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal;

namespace CoAgent.ProcessProbe;

/// <summary>Appends to a journal without a pause until it is killed; prints the number of each entry that was acknowledged.</summary>
internal static class JournalProbe
{
    public static async Task<int> RunAsync(string path, string persistence)
    {
        await using var journal = await SqliteJournal.OpenAsync(path, Durability.Full, CancellationToken.None);
        var number = 0L;
        await foreach (var _ in journal.ReadAllAsync(CancellationToken.None))
        {
            number++;
        }

        var level = Enum.Parse<Persistence>(persistence);
        while (true)
        {
            number++;
            await journal.AppendAsync(
                new JournalEntry.Taken(TimeProvider.System.GetUtcNow(), new Input.Cancel(new CallId(number))), level);
            await Console.Out.WriteLineAsync($"{number}");
        }
    }
}
