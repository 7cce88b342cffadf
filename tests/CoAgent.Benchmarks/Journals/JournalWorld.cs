using System.Diagnostics;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Journal.Sqlite;
using CoAgent.Runtime.Tools;

namespace CoAgent.Benchmarks.Journals;

/// <summary>A journal whose flushes are counted, and the entries of plain writes: proposed, prepared, ended.</summary>
internal sealed class JournalWorld : IAsyncDisposable
{
    private static readonly DateTimeOffset s_at = DateTimeOffset.UnixEpoch;
    private static readonly byte[] s_arguments = Encoding.UTF8.GetBytes("""{"path":"src/Orders/Order.cs","content":"public sealed record"}""");
    private static readonly byte[] s_result = Encoding.UTF8.GetBytes("""{"content":[{"type":"text","text":"Wrote src/Orders/Order.cs"}]}""");
    private static readonly CallDeclaration s_declaration =
        new(Footprint.Create([], [ObjectPattern.Parse("file:/repo/src/Orders/Order.cs"), ObjectPattern.Parse("file:/repo/src/Orders/*")]));

    private readonly SqliteJournal _journal;
    private int _flushes;

    public JournalWorld(string path) => _journal = SqliteJournal.Open(path, Durability.Full, file =>
    {
        Interlocked.Increment(ref _flushes);
        DiskFlushes.Flush(file);
    });

    /// <summary>How much a file grows by an entry of a write, when all is in the database.</summary>
    public static async Task<double> BytesPerEntryAsync(string path, int count)
    {
        await (await SqliteJournal.OpenAsync(path, Durability.Full, CancellationToken.None)).DisposeAsync();
        var empty = new FileInfo(path).Length;
        await using (var journal = await SqliteJournal.OpenAsync(path, Durability.Full, CancellationToken.None))
        {
            for (var i = 0; i < count; i++)
            {
                await journal.AppendAsync(Entry(i), Persistence.Ordered);
            }
        }

        return (double)(new FileInfo(path).Length - empty) / count;
    }

    /// <summary>Appends, one after the other; what each took, in microseconds.</summary>
    public async Task<IReadOnlyList<double>> AloneAsync(Persistence persistence, int count)
    {
        var each = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = Entry(i);
            var start = Stopwatch.GetTimestamp();
            await _journal.AppendAsync(entry, persistence);
            each.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return each;
    }

    /// <summary>Flushed appends and bare ones by turns, so that what the disk does beside meets both.</summary>
    public async Task<(IReadOnlyList<double> Ours, IReadOnlyList<double> Bare)> BesideBareAsync(string path, int count)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        var (ours, bare) = (new List<double>(count), new List<double>(count));
        var offset = 0L;
        for (var i = 0; i < count; i++)
        {
            var entry = Entry(i);
            var bytes = JournalCodec.Encode(entry).Body;
            var start = Stopwatch.GetTimestamp();
            await _journal.AppendAsync(entry, Persistence.Flushed);
            ours.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes.Span, offset);
            DiskFlushes.Flush(file);
            bare.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            offset += bytes.Length;
        }

        return (ours, bare);
    }

    /// <summary>Flushed appends of several writers, each of which waits for its own.</summary>
    public async Task<(IReadOnlyList<double> Each, double Seconds, int Flushes)> SharedAsync(int writers, int count)
    {
        var before = _flushes;
        var start = Stopwatch.GetTimestamp();
        var each = await Task.WhenAll(Enumerable.Range(0, writers).Select(
            _ => Task.Run(() => AloneAsync(Persistence.Flushed, count / writers))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return ([.. each.SelectMany(static some => some)], seconds, _flushes - before);
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private static JournalEntry Entry(int i)
    {
        var (call, effect) = (new CallId(i / 3), new EffectId(i / 3));
        return (i % 3) switch
        {
            0 => new JournalEntry.Proposed(
                s_at,
                new Input.Propose(call, new TransactionId(7), s_declaration),
                new NamedCall(call, AgentId.Create("planner"), new ToolRequest("workspace", "write_file", s_arguments)),
                IsErrorAnOutcome: false),
            1 => new JournalEntry.Prepared(s_at, effect, call, Capture.Empty),
            _ => new JournalEntry.Ended(
                s_at, new Input.Ended(effect, new Outcome.Done(new ResultDigest(1), 60)), call,
                new ToolResult(ToolResultKind.Answer, s_result), s_arguments, Reason: null),
        };
    }
}
