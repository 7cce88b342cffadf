using System.Text;
using System.Text.Json;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Results;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.History;

/// <summary>Writes the journal of a small workspace of texts, as a coordinator would: each input, each effect's end, each intent.</summary>
internal sealed class JournalScript
{
    private readonly WorkspaceState _state;
    private readonly Dictionary<CallId, (NamedCall Call, string Path, string? Added)> _calls = [];
    private readonly Dictionary<string, string> _texts = [];
    private readonly Dictionary<CallId, string> _before = [];
    private long _lastCall;
    private long _lastRequest;

    public JournalScript(ProtocolOptions? options = null)
    {
        _state = new WorkspaceState(options ?? new ProtocolOptions());
        Entries.Add(new JournalEntry.Opened(Now, "boot", options ?? new ProtocolOptions(), IsFresh: true));
    }

    public List<JournalEntry> Entries { get; } = [];

    /// <summary>Whether effects end as soon as they are out; else they stay out.</summary>
    public bool IsWorking { get; set; } = true;

    private DateTimeOffset Now => ManualTime.Start.AddSeconds(Entries.Count);

    public TransactionId Begin(string agent) =>
        Take(new Input.Begin(AgentId.Create(agent), Given: null)).OfType<Effect.Began>().Single().Transaction.Id;

    public CallId Read(string agent, TransactionId transaction, string path) => Propose(agent, transaction, "read_file", path, added: null);

    /// <summary>Adds to a text; answers how long it is then.</summary>
    public CallId Append(string agent, TransactionId transaction, string path, string added, bool isIrreversible = false) =>
        Propose(agent, transaction, isIrreversible ? "send" : "append", path, added, isIrreversible);

    public void Undo(TransactionId? by, params CallId[] calls) => Take(new Input.Undo(NextRequest(), by, [.. calls]));

    public void Abort(TransactionId transaction) => Take(new Input.Abort(NextRequest(), transaction));

    public void Finish(TransactionId transaction) => Take(new Input.Finish(NextRequest(), transaction, Wait: false));

    public void Leave(TransactionId transaction) => Take(new Input.Leave(transaction));

    public void Resolve(TransactionId by, NoticeId notice, NoticeDecision decision, string? reason)
    {
        var input = new Input.Resolve(NextRequest(), by, notice, decision, KeepsStaleValue: decision == NoticeDecision.Keep);
        Step(new JournalEntry.Resolved(Now, input, reason), input);
    }

    public void LosePower() => Take(new Input.PowerLost());

    /// <summary>Makes a text in a folder: it changes the folder's listing, too.</summary>
    public CallId Create(string agent, TransactionId transaction, string folder, string name) =>
        Propose(agent, transaction, "create", $"{folder}/{name}", added: "", listing: ObjectPattern.Parse($"file:/{folder}/*"));

    /// <summary>Writes down what is left, where nothing is open.</summary>
    public JournalEntry.Rested Rest()
    {
        var memory = new WorkspaceMemory(new CoordinatorOptions(), new ManualTime());
        foreach (var entry in Entries)
        {
            memory.Apply(entry);
            memory.TakeForgotten();
        }

        var rested = memory.Rest(Now);
        Entries.Add(rested);
        return rested;
    }

    private RequestId NextRequest() => new(++_lastRequest);

    private CallId Propose(
        string agent, TransactionId transaction, string tool, string path, string? added, bool isIrreversible = false, ObjectPattern? listing = null)
    {
        var id = new CallId(++_lastCall);
        var arguments = JsonSerializer.SerializeToUtf8Bytes(added is null ? new { path } : (object)new { path, added });
        var call = new NamedCall(id, AgentId.Create(agent), new ToolRequest("texts", tool, arguments));
        _calls[id] = (call, path, added);
        ObjectPattern[] touched = [ObjectPattern.Parse($"file:/{path}")];
        ObjectPattern[] written = added is null ? [] : listing is { } changed ? [.. touched, changed] : touched;
        var declaration = new CallDeclaration(Footprint.Create(touched, written)) { IsIrreversible = isIrreversible };
        var input = new Input.Propose(id, transaction, declaration);
        Step(new JournalEntry.Proposed(Now, input, call, IsErrorAnOutcome: false), input);
        return id;
    }

    private Effect[] Take(Input input) => Step(new JournalEntry.Taken(Now, input), input);

    private Effect[] Step(JournalEntry entry, Input input)
    {
        Entries.Add(entry);
        Effect[] effects = [.. StateMachine.Step(_state, input)];
        foreach (var world in effects.OfType<Effect.World>().Where(_ => IsWorking))
        {
            CarryOut(world);
        }

        return effects;
    }

    private void CarryOut(Effect.World effect)
    {
        var (_, path, added) = _calls[effect.Call];
        var text = _texts.GetValueOrDefault(path, "");
        switch (effect)
        {
            case Effect.Execute:
                _before[effect.Call] = text;
                Entries.Add(new JournalEntry.Prepared(Now, effect.Id, effect.Call, new Capture(Encoding.UTF8.GetBytes(text), [])));
                _texts[path] = text + added;
                End(effect, Answers.Text($"{_texts[path].Length} characters"));
                break;
            case Effect.Invert:
                _texts[path] = _before[effect.Call];
                End(effect, Answers.Text(""), isSilent: true);
                break;
            case Effect.Read read:
                End(effect, Answers.Text(read.Hidden.Where(_before.ContainsKey).Select(hidden => _before[hidden]).FirstOrDefault(text)));
                break;
        }
    }

    private void End(Effect.World effect, ToolResult result, bool isSilent = false)
    {
        var input = new Input.Ended(effect.Id, new Outcome.Done(isSilent ? default : ResultText.DigestOf(result)));
        Step(new JournalEntry.Ended(Now, input, effect.Call, isSilent ? null : result, default, Reason: null), input);
    }
}
