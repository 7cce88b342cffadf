using System.Collections.Immutable;
using System.Diagnostics;
using CoAgent.Benchmarks.Rows;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Benchmarks.Core;

/// <summary>How much there is in a world.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Transactions">Open transactions.</param>
/// <param name="Objects">Objects, each touched by one call of theirs.</param>
/// <param name="InFlight">Operations whose effects are out all the time.</param>
internal sealed record WorldSize(string Name, int Transactions, int Objects, int InFlight);

/// <summary>
/// A workspace with its residents, open transactions of high rank that hold the objects, and a world outside that does
/// whatever it is told. Guests come below the residents, so that they can finish, and leave all as it was.
/// </summary>
internal sealed class CoreWorld
{
    /// <summary>Guests at one time; they are among the transactions of the size.</summary>
    public const int GuestsMax = 5;

    private const long FirstResidentRank = 900_000;
    private const int Seed = 20_262;

    private readonly Queue<Effect.World> outside = new();
    private long lastCall;
    private long lastAgent;
    private long lastGuestRank;
    private long lastRequest;

    public CoreWorld(WorldSize size)
    {
        Size = size;
        Random = new Random(Seed);
        State = new WorkspaceState(new ProtocolOptions());
        Tree = new SourceTree(Math.Max(size.Objects, 100), Random);
        Residents = [.. Enumerable.Range(0, size.Transactions - GuestsMax).Select(BeginResident)];
        for (var i = 0; i < size.Objects; i++)
        {
            Do(Residents[i % Residents.Length], Declarations.Of((CallShape)(i % 3), Tree.Files[i]));
        }

        foreach (var resident in Residents)
        {
            Do(resident, Declarations.Of(CallShape.HotRead, SourceTree.HotFile));
        }

        for (var i = 0; i < size.InFlight; i++)
        {
            var declaration = Declarations.Of((CallShape)(i % 4), $"{Tree.OwnDirectory()}/busy.cs");
            StateMachine.Step(State, Proposal(Residents[i % Residents.Length], declaration));
        }
    }

    public WorldSize Size { get; }

    public WorkspaceState State { get; }

    public SourceTree Tree { get; }

    public Random Random { get; }

    /// <summary>The transactions that stay, lowest rank first.</summary>
    public ImmutableArray<TransactionId> Residents { get; }

    /// <summary>What the outside returns for what is read; other than before, and readers have seen a change.</summary>
    public ResultDigest ReadResult { get; set; } = new(1);

    /// <summary>The next agent that comes below all residents.</summary>
    public Input.Begin GuestArrival() => new(NextAgent(), new Rank(++lastGuestRank));

    /// <summary>The next agent that comes above all.</summary>
    public Input.Begin Arrival() => new(NextAgent(), Given: null);

    public Input.Propose Proposal(TransactionId transaction, CallDeclaration declaration) =>
        new(new CallId(++lastCall), transaction, declaration);

    public RequestId NextRequest() => new(++lastRequest);

    /// <summary>Makes a call and whatever follows from it.</summary>
    public StepTimes Do(TransactionId transaction, CallDeclaration declaration) =>
        Do(Proposal(transaction, declaration));

    /// <summary>Takes an input and carries out what follows from it; what was in flight before stays so.</summary>
    public StepTimes Do(Input input)
    {
        var times = new StepTimes();
        Take(input, ref times);
        while (outside.TryDequeue(out var effect))
        {
            Take(new Input.Ended(effect.Id, Done(effect)), ref times);
        }

        return times;
    }

    /// <summary>A transaction that has begun.</summary>
    public static Transaction Begun(ImmutableArray<Effect> effects) =>
        effects is [Effect.Began { IsNew: true } began]
            ? began.Transaction
            : throw new NotMeasuredException($"a transaction was to begin: {string.Join(", ", effects)}");

    /// <summary>What the outside answers.</summary>
    public Outcome Done(Effect.World effect) =>
        new Outcome.Done(effect is Effect.Read ? ReadResult : new ResultDigest(2), CapturedBytes: 100);

    private TransactionId BeginResident(int index)
    {
        var begin = new Input.Begin(NextAgent(), new Rank(FirstResidentRank + index));
        return Begun(StateMachine.Step(State, begin)).Id;
    }

    private AgentId NextAgent() => AgentId.Create($"agent{++lastAgent}");

    private void Take(Input input, ref StepTimes times)
    {
        var start = Stopwatch.GetTimestamp();
        var effects = StateMachine.Step(State, input);
        times.Add(Stopwatch.GetTimestamp() - start);
        foreach (var effect in effects)
        {
            if (effect is Effect.World world)
            {
                outside.Enqueue(world);
            }
            else if (effect is Effect.Answer { Result: not (CallResult.Applied or CallResult.Read) } answer)
            {
                throw new NotMeasuredException($"a call was to succeed: {answer}");
            }
        }
    }
}

/// <summary>The time of several steps, without what lies between them.</summary>
internal struct StepTimes
{
    private long ticks;
    private long longestTicks;

    public int Count { get; private set; }

    public readonly double Nanoseconds => ticks * 1e9 / Stopwatch.Frequency;

    public readonly double LongestNanoseconds => longestTicks * 1e9 / Stopwatch.Frequency;

    public void Add(long elapsedTicks)
    {
        Count++;
        ticks += elapsedTicks;
        longestTicks = Math.Max(longestTicks, elapsedTicks);
    }
}
