using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Rules;

/// <summary>A workspace over a world of named texts, driven by hand: the test decides when and how each effect ends.</summary>
internal sealed class Script
{
    private readonly Dictionary<CallId, ScriptedCall> _calls = [];
    private readonly List<Effect.World> _out = [];
    private readonly Dictionary<ResultDigest, string> _texts = [];
    private readonly Dictionary<string, ResultDigest> _digests = [];
    private long _lastCall;
    private long _lastRequest;

    public Script(RuleSet rules, Func<ProtocolOptions, ProtocolOptions>? configure = null)
    {
        var options = new ProtocolOptions { Rules = rules };
        State = new WorkspaceState(configure?.Invoke(options) ?? options);
    }

    public WorkspaceState State { get; }

    /// <summary>What the objects hold; absent ones are not there.</summary>
    public Dictionary<string, string> World { get; } = [];

    /// <summary>Every effect so far.</summary>
    public List<Effect> Log { get; } = [];

    /// <summary>The effects on the world that have not ended.</summary>
    public IReadOnlyList<Effect.World> Out => _out;

    public IEnumerable<Notice> NoticesOf(TransactionId transaction) =>
        Log.OfType<Effect.NoticeFiled>().Select(filed => filed.Notice).Where(notice => notice.Transaction == transaction);

    public TransactionId Begin(string agent, long? rank = null)
    {
        var effects = Step(new Input.Begin(AgentId.Create(agent), rank is { } given ? new Rank(given) : null));
        return effects.OfType<Effect.Began>().Single().Transaction.Id;
    }

    /// <summary>Proposes a call; nothing ends.</summary>
    public CallId Propose(TransactionId transaction, ScriptedCall call)
    {
        var id = new CallId(++_lastCall);
        _calls[id] = call;
        Step(new Input.Propose(id, transaction, call.Declaration));
        return id;
    }

    /// <summary>Proposes a call and ends all effects as the world has it.</summary>
    public CallId Do(TransactionId transaction, ScriptedCall call)
    {
        var id = Propose(transaction, call);
        Run();
        return id;
    }

    /// <summary>Ends effects as the world has it, oldest first, until none is out.</summary>
    public void Run()
    {
        while (_out.Count > 0)
        {
            Do(_out[0]);
        }
    }

    /// <summary>Carries one effect out and ends it.</summary>
    public void Do(Effect.World effect) => End(effect, Carry(effect));

    public void End(Effect.World effect, Outcome outcome)
    {
        Assert.True(_out.Remove(effect), $"{effect} is not out");
        Step(new Input.Ended(effect.Id, outcome));
    }

    public Effect.World OutOf(CallId call) => Assert.Single(_out, effect => effect.Call == call);

    public ImmutableArray<Effect> Step(Input input)
    {
        var effects = StateMachine.Step(State, input);
        Log.AddRange(effects);
        _out.AddRange(effects.OfType<Effect.World>());
        return effects;
    }

    public FinishResult? Finish(TransactionId transaction, bool wait = false)
    {
        var request = NextRequest();
        Step(new Input.Finish(request, transaction, wait));
        Run();
        return FinishOf(request);
    }

    public RequestId LastRequest => new(_lastRequest);

    public FinishResult? FinishOf(RequestId request) =>
        Log.OfType<Effect.FinishAnswered>().SingleOrDefault(answer => answer.Request == request)?.Result;

    public Effect.UndoAnswered Undo(TransactionId? by, params CallId[] calls)
    {
        var request = NextRequest();
        Step(new Input.Undo(request, by, [.. calls]));
        Run();
        return Log.OfType<Effect.UndoAnswered>().Single(answer => answer.Request == request);
    }

    public Effect.AbortAnswered Abort(TransactionId transaction)
    {
        var request = NextRequest();
        Step(new Input.Abort(request, transaction));
        Run();
        return Log.OfType<Effect.AbortAnswered>().Single(answer => answer.Request == request);
    }

    public ResolveResult Resolve(TransactionId by, NoticeId notice, NoticeDecision decision, bool keepsStale = false)
    {
        var request = NextRequest();
        Step(new Input.Resolve(request, by, notice, decision, keepsStale));
        return Log.OfType<Effect.Resolved>().Single(answer => answer.Request == request).Result;
    }

    public void Release(QuarantineId quarantine, ReleaseVerdict verdict)
    {
        Step(new Input.Release(NextRequest(), quarantine, verdict));
        Run();
    }

    public Effect.Answer Answer(CallId call) => Assert.Single(Log.OfType<Effect.Answer>(), answer => answer.Call == call);

    public bool IsAnswered(CallId call) => Log.OfType<Effect.Answer>().Any(answer => answer.Call == call);

    public T Result<T>(CallId call)
        where T : CallResult => Assert.IsType<T>(Answer(call).Result);

    /// <summary>What an agent was told by a read or a write.</summary>
    public string Told(CallId call) => Answer(call).Result switch
    {
        CallResult.Read(var digest, _) => Text(digest)!,
        CallResult.Applied(var digest) => Text(digest)!,
        CallResult.Failed(var digest) => Text(digest)!,
        var other => throw new InvalidOperationException($"{call} was told {other}."),
    };

    public string? Text(ResultDigest? digest) => digest is { } known ? _texts[known] : null;

    public ResultDigest Digest(string text)
    {
        if (!_digests.TryGetValue(text, out var digest))
        {
            digest = new ResultDigest((UInt128)(_digests.Count + 1));
            _digests[text] = digest;
            _texts[digest] = text;
        }

        return digest;
    }

    /// <summary>What the world makes of an effect.</summary>
    public Outcome Carry(Effect.World effect)
    {
        var call = _calls[effect.Call];
        switch (effect)
        {
            case Effect.Read read:
                var seen = new Dictionary<string, string>(World);
                foreach (var hidden in read.Hidden.Reverse())
                {
                    _calls[hidden].Restore(seen);
                }

                return new Outcome.Done(Digest(call.Act(seen)));
            case Effect.Execute execute:
                call.Capture(World, execute.Beneath is { } later ? _calls[later] : null);
                var result = call.Act(World);
                return result.StartsWith("error", StringComparison.Ordinal)
                    ? new Outcome.Failed(Digest(result), CapturedBytes: 1)
                    : new Outcome.Done(Digest(result), CapturedBytes: 1);
            case Effect.Invert:
                call.Restore(World);
                return new Outcome.Done(default);
            default:
                return new Outcome.Unknown();
        }
    }

    private RequestId NextRequest() => new(++_lastRequest);
}

/// <summary>One call of a script: what it declares, and what it does to the world.</summary>
internal sealed class ScriptedCall(CallDeclaration declaration, Func<Dictionary<string, string>, string> act, params string[] touches)
{
    private Dictionary<string, string?> _before = [];

    public CallDeclaration Declaration { get; } = declaration;

    public string Act(Dictionary<string, string> world) => act(world);

    public void Capture(Dictionary<string, string> world, ScriptedCall? beneath) =>
        _before = beneath?._before ?? touches.ToDictionary(name => name, name => world.GetValueOrDefault(name));

    public void Restore(Dictionary<string, string> world)
    {
        foreach (var (name, content) in _before)
        {
            if (content is null)
            {
                world.Remove(name);
            }
            else
            {
                world[name] = content;
            }
        }
    }

    /// <summary>The same call, declared otherwise.</summary>
    public ScriptedCall As(Func<CallDeclaration, CallDeclaration> change) => new(change(Declaration), act, touches);
}

/// <summary>The calls that scripts make: objects are <c>x</c>, <c>y</c>, … or <c>d/a</c> in a folder that is listed.</summary>
internal static class Calls
{
    public static ScriptedCall Read(string name) =>
        new(Declare([Node(name)], []), world => world.GetValueOrDefault(name, "none"));

    public static ScriptedCall List(string folder) => new(
        Declare([Children(folder)], []),
        world => string.Join(",", world.Keys.Where(name => name.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));

    public static ScriptedCall Set(string name, string value) => new(
        Declare([], [Node(name)]),
        world =>
        {
            world[name] = value;
            return "ok";
        },
        name);

    public static ScriptedCall Create(string folder, string name, string value) => new(
        Declare([], [Node($"{folder}/{name}"), Children(folder)]),
        world =>
        {
            world[$"{folder}/{name}"] = value;
            return "ok";
        },
        $"{folder}/{name}");

    public static ScriptedCall Append(string name, string text) => new(
        Declare([Node(name)], [Node(name)]),
        world =>
        {
            world[name] = world.GetValueOrDefault(name, "") + text;
            return "ok";
        },
        name);

    /// <summary>Appends and answers what is there then.</summary>
    public static ScriptedCall AppendAndTell(string name, string text) => new(
        Declare([Node(name)], [Node(name)]),
        world => world[name] = world.GetValueOrDefault(name, "") + text,
        name);

    /// <summary>Replaces a text that must be there; when it is not, marks the object and fails.</summary>
    public static ScriptedCall Edit(string name, string old, string now) => new(
        Declare([Node(name)], [Node(name)]),
        world =>
        {
            var text = world.GetValueOrDefault(name, "");
            world[name] = text.Contains(old, StringComparison.Ordinal) ? text.Replace(old, now, StringComparison.Ordinal) : text + "!";
            return text.Contains(old, StringComparison.Ordinal) ? "ok" : "error: not found";
        },
        name);

    public static ScriptedCall Copy(string from, string to) => new(
        Declare([Node(from)], [Node(to)]),
        world =>
        {
            world[to] = world.GetValueOrDefault(from, "none");
            return "ok";
        },
        to);

    public static ScriptedCall Send(string what) => new(
        Declare([], [Node("outbox")]) with { IsIrreversible = true },
        world =>
        {
            world["outbox"] = world.GetValueOrDefault("outbox", "") + what;
            return "sent";
        },
        []);

    public static ObjectPattern Node(string name) => ObjectPattern.Node(ObjectId.Create($"file:/{name}"));

    private static ObjectPattern Children(string folder) => ObjectPattern.Children(ObjectId.Create($"file:/{folder}"));

    private static CallDeclaration Declare(ObjectPattern[] reads, ObjectPattern[] writes) => new(Footprint.Create(reads, writes));
}
