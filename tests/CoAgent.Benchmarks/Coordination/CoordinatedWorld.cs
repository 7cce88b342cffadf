using System.Diagnostics;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Sqlite;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>The coordinator and its journal in this process, before tools that take no time; flushes are counted.</summary>
internal sealed class CoordinatedWorld : IAsyncDisposable
{
    private static readonly byte[] s_arguments = Encoding.UTF8.GetBytes("""{"path":"src/Orders/Order.cs","content":"public sealed record"}""");

    private readonly CancellationTokenSource _stop = new();
    private readonly SqliteJournal _journal;
    private readonly Coordinator _coordinator;
    private readonly Task _running;
    private readonly int[] _flushes;

    private CoordinatedWorld(SqliteJournal journal, Coordinator coordinator, int[] flushes)
    {
        (_journal, _coordinator, _flushes) = (journal, coordinator, flushes);
        _running = coordinator.RunAsync(_stop.Token);
    }

    /// <summary>How often the disk was flushed.</summary>
    public int FlushCount => Volatile.Read(ref _flushes[0]);

    public static async Task<CoordinatedWorld> OpenAsync(string path, Durability durability)
    {
        var flushes = new int[1];
        var journal = SqliteJournal.Open(path, durability, file =>
        {
            Interlocked.Increment(ref flushes[0]);
            DiskFlushes.Flush(file);
        });
        var coordinator = await Coordinator.OpenAsync(
            new CoordinatorOptions(), journal, new InstantTools(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return new CoordinatedWorld(journal, coordinator, flushes);
    }

    /// <summary>What a call touches: a file of its own, read or rewritten, or changed where it has to be read first.</summary>
    public static ToolDeclaration Declare(string file, CallKindOfFile kind)
    {
        ObjectPattern[] own = [ObjectPattern.Parse($"file:/repo/src/Orders/{file}")];
        return new ToolDeclaration(new CallDeclaration(kind switch
        {
            CallKindOfFile.Read => Footprint.Create(own, []),
            CallKindOfFile.Rewrite => Footprint.Create([], own),
            CallKindOfFile.Change => Footprint.Create(own, own),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        }));
    }

    public async ValueTask BeginAsync(AgentId agent) => await _coordinator.BeginAsync(agent, given: null, CancellationToken.None);

    /// <summary>Makes calls one after the other; what each took, in microseconds.</summary>
    public async Task<List<double>> CallAsync(AgentId agent, ToolDeclaration declaration, int count)
    {
        var each = new List<double>(count);
        for (var made = 0; made < count; made++)
        {
            var start = Stopwatch.GetTimestamp();
            var call = new NamedCall(_coordinator.NameCall(), agent, new ToolRequest("files", "write_file", s_arguments));
            var answer = await _coordinator.CallAsync(new CallProposal(call, Given: null, declaration), CancellationToken.None);
            each.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            if (answer is not CallAnswer.Decided { Result: CallResult.Read or CallResult.Applied })
            {
                throw new InvalidDataException($"a call was answered with {answer}");
            }
        }

        return each;
    }

    /// <summary>Ends what an agent has open, so that its calls are folded.</summary>
    public async Task FinishAsync(AgentId agent)
    {
        if (await _coordinator.OpenTransactionOfAsync(agent, CancellationToken.None) is { } open)
        {
            await _coordinator.FinishAsync(open.Id, TimeSpan.Zero, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _coordinator.Dispose();
        await _journal.DisposeAsync();
        _stop.Dispose();
    }
}

/// <summary>What a call does to its file.</summary>
internal enum CallKindOfFile
{
    Read,
    Rewrite,
    Change,
}
