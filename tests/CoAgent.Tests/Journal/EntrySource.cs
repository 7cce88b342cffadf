using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Journal;

/// <summary>Entries of every kind with any values that they may have.</summary>
internal sealed class EntrySource(Random random)
{
    private static readonly string[] s_texts = ["", "read_file", "näher", "日本", "\U0001F600", "half \ud800", "\udc00\ud83d", "\0\n"];

    public JournalEntry Next() => random.Next(8) switch
    {
        0 => new JournalEntry.Opened(Time(), Text(), Options(), Bool()),
        1 => new JournalEntry.Taken(Time(), Input()),
        2 => new JournalEntry.Proposed(Time(), Propose(), new NamedCall(Call(), Agent(), new ToolRequest(Text(), Text(), Bytes())), Bool()),
        3 => new JournalEntry.Prepared(Time(), Effect(), Call(), new Capture(Bytes(), Several(Content))),
        4 => new JournalEntry.Ended(
            Time(), Ended(), Call(), Bool() ? new ToolResult(Choice<ToolResultKind>(), Bytes()) : null, Bytes(), Bool() ? Text() : null),
        5 => new JournalEntry.Resolved(Time(), Resolve(), Bool() ? Text() : null),
        6 => new RestSource(random, this).Next(),
        _ => new JournalEntry.Released(Time(), Several(Call)),
    };

    private Input Input() => random.Next(13) switch
    {
        0 => new Input.Begin(Agent(), Bool() ? Rank() : null),
        1 => Propose(),
        2 => new Input.Cancel(Call()),
        3 => new Input.Undo(Request(), Bool() ? Transaction() : null, Several(Call)),
        4 => new Input.Abort(Request(), Transaction()),
        5 => new Input.Finish(Request(), Transaction(), Bool()),
        6 => new Input.WaitEnded(Transaction()),
        7 => new Input.Leave(Transaction()),
        8 => Resolve(),
        9 => new Input.Redeliver(Transaction()),
        11 => new Input.PowerLost(),
        10 => new Input.Release(Request(), new QuarantineId(Number()), Choice<ReleaseVerdict>()),
        _ => Ended(),
    };

    private Input.Resolve Resolve() => new(Request(), Transaction(), new NoticeId(Number()), Choice<NoticeDecision>(), Bool());

    private Input.Propose Propose() => new(Call(), Transaction(), Declaration());

    public CallDeclaration Declaration() => new(Footprint.Create(Several(Pattern), Several(Pattern)))
    {
        View = Choice<ReadView>(),
        CanReread = Bool(),
        IsIrreversible = Bool(),
        IsReplaySafe = Bool(),
        IsInverseIdempotent = Bool(),
        HasProbe = Bool(),
    };

    private Input.Ended Ended() => new(Effect(), random.Next(5) switch
    {
        0 => new Outcome.Done(Digest(), Number()),
        1 => new Outcome.Failed(Digest(), Number()),
        2 => new Outcome.NotDone(),
        3 => new Outcome.Unknown(),
        _ => new Outcome.OutsideWrite(),
    });

    public ProtocolOptions Options() => new()
    {
        Gate = Choice<GateMode>(),
        Irreversible = Choice<IrreversibleMode>(),
        Order = Order(),
        Limits = new ProtocolLimits
        {
            TransactionsMax = random.Next(),
            OpenCallsMax = random.Next(),
            CallsMax = random.Next(),
            PlanCallsMax = random.Next(),
            NoticesPerTransactionMax = random.Next(),
            CapturedBytesMax = Number(),
            InverseAttemptCountMax = random.Next(),
            LapsedReadsMax = random.Next(),
            LapsedAgentsMax = random.Next(),
        },
    };

    private DeclaredOrder Order()
    {
        var entries = Enumerable.Range(0, random.Next(6)).Select(i => new OrderEntry($"agent{i}", Bool())).ToList();
        if (Bool())
        {
            entries.Insert(random.Next(entries.Count + 1), new OrderEntry(OrderEntry.Arrivals));
        }

        return DeclaredOrder.Create([.. entries]);
    }

    public ObjectPattern Pattern()
    {
        var id = new[] { "file:/", "file:/a", "file:/a/näher b.cs", "k8s:prod/geo", "mcp:x/%2A" }[random.Next(5)];
        return random.Next(4) switch
        {
            0 => ObjectPattern.Everything,
            1 => ObjectPattern.Node(ObjectId.Create(id)),
            2 => ObjectPattern.Children(ObjectId.Create(id)),
            _ => ObjectPattern.Subtree(ObjectId.Create(id)),
        };
    }

    public ReadOnlyMemory<byte> Bytes()
    {
        var bytes = new byte[new[] { 0, 1, 255, 256, 257, 5_000 }[random.Next(6)]];
        random.NextBytes(bytes);
        return bytes;
    }

    public DateTimeOffset Time() => new(
        random.NextInt64(TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay), TimeSpan.FromMinutes(random.Next(-840, 841)));

    public string Text() => s_texts[random.Next(s_texts.Length)];

    public long Number() => random.Next(4) switch
    {
        0 => random.Next(200),
        1 => long.MaxValue,
        2 => long.MinValue,
        _ => random.NextInt64(long.MinValue, long.MaxValue),
    };

    public ResultDigest Digest() => new(new UInt128((ulong)Number(), (ulong)Number()));

    private Content Content() => Runtime.Tools.Content.Known(Runtime.Tools.Content.Of(Encoding.UTF8.GetBytes($"{random.Next()}")).Id);

    public ImmutableArray<T> Several<T>(Func<T> make) => [.. Enumerable.Range(0, random.Next(5)).Select(_ => make())];

    public bool Bool() => random.Next(2) == 0;

    public T Choice<T>()
        where T : struct, Enum => random.GetItems(Enum.GetValues<T>(), 1)[0];

    public CallId Call() => new(Number());

    public TransactionId Transaction() => new(Number());

    private RequestId Request() => new(Number());

    private EffectId Effect() => new(Number());

    public AgentId Agent() => AgentId.Create(new[] { "a", "planner", "日本", new string('x', 128) }[random.Next(4)]);

    public Rank Rank() => new(random.NextInt64(1, Protocol.Order.Rank.ValueMax + 1));
}
