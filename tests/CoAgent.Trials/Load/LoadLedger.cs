using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Load;

/// <summary>A transaction that has finished.</summary>
/// <param name="Script">What its agent did.</param>
/// <param name="Answers">What it was last told of each step.</param>
internal sealed record FinishedTransaction(AgentScript Script, ImmutableArray<(string Move, string Answer)> Answers);

/// <summary>
/// Does what agents did once more, one after the other in rank order, and compares what they were told. A notice that was
/// lost shows as an answer that is no longer so.
/// </summary>
/// <param name="words">The calls.</param>
/// <remarks>Whoever has finished is above nobody who has not: what lies below all that are at work is settled.</remarks>
internal sealed class LoadLedger(WorkspaceWords words)
{
    private readonly SortedDictionary<long, FinishedTransaction> finished = [];
    private readonly SortedSet<long> open = [];
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ModelLine model = new();

    /// <summary>What each file holds after what is settled, by its path.</summary>
    public IDictionary<string, string> Files => model.Files;

    /// <summary>The first answers that were not as in the serial order.</summary>
    public List<string> Failures { get; } = [];

    public long SettledCount { get; private set; }

    public async Task BeginAsync(long rank, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        open.Add(rank);
        turn.Release();
    }

    public async Task FinishAsync(long rank, FinishedTransaction transaction, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            open.Remove(rank);
            finished[rank] = transaction;
            while (finished.FirstOrDefault() is { Value: { } next } first && (open.Count == 0 || first.Key < open.Min))
            {
                finished.Remove(first.Key);
                await SettleAsync(first.Key, next, cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task SettleAsync(long rank, FinishedTransaction transaction, CancellationToken cancellationToken)
    {
        var again = new HealingAgent($"rank {rank}", model, transaction.Script, words, AgentRules.Serial);
        await again.RunAsync(cancellationToken);
        SettledCount++;
        if (!again.Answers.SequenceEqual(transaction.Answers) && Failures.Count < 10)
        {
            var (was, should) = again.Answers.Zip(transaction.Answers).Select(pair => (pair.Second, pair.First))
                .FirstOrDefault(pair => pair.Item1 != pair.Item2);
            Failures.Add($"rank {rank} was told {was}, serially {should}");
        }
    }
}
