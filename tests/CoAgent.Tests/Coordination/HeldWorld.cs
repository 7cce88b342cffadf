using System.Collections.Concurrent;
using System.Text;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Coordination;

/// <summary>Named texts whose tools wait until a test lets them go on: <c>get</c>, <c>put</c> and <c>add</c>, told apart by the tool's name.</summary>
internal sealed class HeldWorld : IToolWorld
{
    private readonly ConcurrentDictionary<CallId, TaskCompletionSource> _held = new();
    private readonly ConcurrentDictionary<CallId, TaskCompletionSource> _begun = new();

    public ConcurrentDictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>What was asked of the world, in order.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What of a text is state; null where all of it is.</summary>
    public Func<string, string>? StateOf { get; init; }

    /// <summary>A call of an agent: <c>put x 1</c>.</summary>
    public static CallProposal Propose(Coordinator coordinator, string agent, string what)
    {
        var words = what.Split(' ');
        var request = new ToolRequest("texts", words[0], Encoding.UTF8.GetBytes(string.Join(' ', words[1..])));
        var text = ObjectPattern.Parse($"texts:{words[1]}");
        var footprint = words[0] switch
        {
            "get" => Footprint.Create([text], []),
            "put" => Footprint.Create([], [text]),
            _ => Footprint.Create([text], [text]),
        };
        var named = new NamedCall(coordinator.NameCall(), AgentId.Create(agent), request);
        return new CallProposal(named, Given: null, new ToolDeclaration(new CallDeclaration(footprint)));
    }

    /// <summary>Makes what a call's tool does wait until <see cref="Release"/>.</summary>
    public void Hold(CallId call) => _held[call] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(CallId call) => _held[call].SetResult();

    /// <summary>Ends when a held call's tool has begun.</summary>
    public Task BegunAsync(CallId call) =>
        _begun.GetOrAdd(call, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        Log.Enqueue($"prepare {effect.Call.Id}");
        var before = effect.Beneath?.Before
            ?? new Capture(Texts.TryGetValue(KeyOf(effect.Call), out var text) ? Encoding.UTF8.GetBytes(text) : ReadOnlyMemory<byte>.Empty, []);
        return ValueTask.FromResult<Preparation>(new Preparation.Ready(before));
    }

    public async ValueTask<Execution> ExecuteAsync(WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
    {
        Log.Enqueue($"execute {effect.Call.Id}");
        await WaitAsync(effect.Call.Id);
        var (key, value) = (KeyOf(effect.Call), ValueOf(effect.Call));
        Texts[key] = effect.Call.Request.Tool == "put" ? value : Texts.GetValueOrDefault(key, "") + value;
        return Answer("ok");
    }

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        Log.Enqueue($"invert {call.Id}");
        var before = Encoding.UTF8.GetString(captured.Before.ManifestUtf8.Span);
        if (before.Length > 0)
        {
            Texts[KeyOf(call)] = before;
        }
        else
        {
            Texts.TryRemove(KeyOf(call), out _);
        }

        return ValueTask.FromResult<Inversion>(new Inversion.Done());
    }

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Finding.Unclear);

    public async ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken)
    {
        await WaitAsync(effect.Call.Id);
        var hidden = effect.Hidden.FirstOrDefault(write => KeyOf(write.Call) == KeyOf(effect.Call));
        return Answer(hidden is null
            ? Texts.GetValueOrDefault(KeyOf(effect.Call), "")
            : Encoding.UTF8.GetString(hidden.Captured.Before.ManifestUtf8.Span));
    }

    private async Task WaitAsync(CallId call)
    {
        _begun.GetOrAdd(call, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        if (_held.TryGetValue(call, out var held))
        {
            await held.Task;
        }
    }

    private Execution.Answered Answer(string text) => new(ResultOf(text)) { Compared = StateOf is null ? null : ResultOf(StateOf(text)) };

    private static ToolResult ResultOf(string text) => new(
        ToolResultKind.Answer, Encoding.UTF8.GetBytes($$"""{"content":[{"type":"text","text":"{{text}}"}]}"""));

    private static string KeyOf(NamedCall call) => Encoding.UTF8.GetString(call.Request.ArgumentsUtf8.Span).Split(' ')[0];

    private static string ValueOf(NamedCall call) => Encoding.UTF8.GetString(call.Request.ArgumentsUtf8.Span).Split(' ')[^1];
}
