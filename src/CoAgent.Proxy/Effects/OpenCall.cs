using System.Collections.Concurrent;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>
/// A tool call whose client waits: its first execution goes through the client's own connection, in the client's own
/// bytes, with progress, cancellation and input requests of its own.
/// </summary>
internal sealed class OpenCall
{
    private readonly ToolCall _call;

    public OpenCall(ToolCall call)
    {
        _call = call;
        Cancelled = call.Exchange.Cancelled; // taken early: the exchange is disposed with its answer
    }

    /// <summary>Whose server it is.</summary>
    public ServerLink Link => _call.Link;

    /// <summary>Whether it goes to its server as it came, whatever is known of the server (<c>"protocol": "none"</c>).</summary>
    public bool IsRelayed { get; init; }

    /// <summary>Who has declared it, and captures what it does: whatever the catalog says by now; null where nobody has.</summary>
    public IToolProfile? Profile { get; init; }

    /// <summary>Whether the files are watched while it runs (<c>"unknownTools": "observe"</c>).</summary>
    public bool IsWatched { get; init; }

    /// <summary>Set when the client no longer wants the answer.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>What the server answered to it, in its own bytes; null before it did, and when the call was not made this way.</summary>
    public JsonRpcFrame? Answer { get; private set; }

    /// <summary>Members for the request's <c>params</c> that bring what the server has asked for; empty before it has.</summary>
    public byte[] Inputs { get; set; } = [];

    /// <summary>Puts the call to its server.</summary>
    /// <param name="isWaitedFor">Whether the answer is waited for once the request is under way, also when the client gives it up.</param>
    public async Task<Reply> RequestAsync(bool isWaitedFor = false)
    {
        Answer = null;
        if (Cancelled.IsCancellationRequested)
        {
            return new Reply.Faulted(new ServerFault(FaultStage.Sending, "The request was cancelled before it was sent."));
        }

        var reply = await _call.Link.RequestAsync(ForServer(isWaitedFor ? CancellationToken.None : Cancelled));
        Answer = reply is Reply.Answered answered ? answered.Frame : null;
        return reply;
    }

    private RelayRequest ForServer(CancellationToken cancelled)
    {
        var request = _call.Exchange.Request;
        Edit[] renamed = _call.IsRenamed ? [new Edit(request.Members.Name, ObjectEdit.Text(_call.Tool))] : [];
        return new RelayRequest(request, _call.Exchange, _call.Link.Definition.Options.Timeout)
        {
            CancellationToken = cancelled,
            Edits = renamed,
            Inputs = Inputs,
            LeavesInputRequests = true,
            Name = _call.Tool.Length > 0 ? _call.Tool : null,
            ParameterHeaders = _call.Exchange.ParameterHeaders ?? ParameterHeaders.Of(_call.Link.Tools.Of(_call.Tool), request),
        };
    }
}

/// <summary>The calls whose clients wait, by their names.</summary>
internal sealed class OpenCalls
{
    /// <summary>How many calls are remembered that their clients gave up: an effect of theirs may be about to begin.</summary>
    public const int GivenUpMax = 1_024;

    private readonly ConcurrentDictionary<CallId, OpenCall> _open = new();
    private readonly ConcurrentQueue<CallId> _givenUp = new();

    /// <summary>The call of that name; null when nobody waits for it any more.</summary>
    public OpenCall? Find(CallId id) => _open.GetValueOrDefault(id);

    /// <summary>Takes a call in before it is proposed.</summary>
    public void Add(CallId id, OpenCall call) => _open[id] = call;

    /// <summary>Forgets a call that is answered.</summary>
    public void Remove(CallId id) => _open.TryRemove(id, out _);

    /// <summary>A client no longer waits for its call: what of it has not begun is not begun in its absence.</summary>
    public void GiveUp(CallId id)
    {
        _givenUp.Enqueue(id);
        while (_givenUp.Count > GivenUpMax && _givenUp.TryDequeue(out var oldest))
        {
            Remove(oldest);
        }
    }
}
