using System.Text;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Bridge;

/// <summary>Makes up for a daemon that was restarted, so that the client of a bridge does not notice.</summary>
/// <param name="memory">What the client has said and still waits for.</param>
/// <param name="output">The way to the client.</param>
/// <param name="fromDaemon">Takes what the daemon says meanwhile.</param>
internal sealed class BridgeMakeUp(BridgeMemory memory, LineWriter output, Func<Line, ValueTask> fromDaemon)
{
    private const string AgainPrefix = "\"coagent-again-";

    private static readonly byte[] AgainPrefixUtf8 = Encoding.UTF8.GetBytes(AgainPrefix);
    private long _againCount;

    /// <summary>True for the answer to something that the bridge has said again: its client has had one already.</summary>
    public static bool IsForNobody(JsonRpcFrame frame) => frame.IsAnswer && frame.Span(frame.Id).StartsWith(AgainPrefixUtf8);

    /// <summary>Tells a new daemon what it has to know before the client's next word: the handshake, what stands, what is still waited for.</summary>
    /// <exception cref="IOException">The daemon went away meanwhile; what was open is open still.</exception>
    public async Task RunAsync(SocketLine line, CancellationToken cancellationToken)
    {
        var open = memory.Open;
        if (memory.Initialize is { } initialize && !open.Any(request => request.Request == initialize))
        {
            await AwaitAnswerAsync(line, await SayAgainAsync(line, initialize, cancellationToken));
            if (memory.Initialized is { } initialized)
            {
                await line.Writer.WriteAsync(initialized, cancellationToken);
            }

            foreach (var standing in memory.Standing)
            {
                _ = await SayAgainAsync(line, standing, cancellationToken);
            }
        }

        foreach (var (request, _, wasSent) in open)
        {
            if (wasSent && request.Is(MethodNames.ToolsCall))
            {
                await AnswerAsync(request, LostCall(request));
            }
            else
            {
                await line.Writer.WriteAsync(request, cancellationToken);
                memory.Sent(request);
            }
        }
    }

    // Under an id of the bridge's own: the client has had its answer.
    private async Task<byte[]> SayAgainAsync(SocketLine line, JsonRpcFrame request, CancellationToken cancellationToken)
    {
        var id = Encoding.UTF8.GetBytes($"{AgainPrefix}{++_againCount}\"");
        await line.Writer.WriteAsync(new Splice(request.Utf8, new Edit(request.Id, id)), cancellationToken);
        return id;
    }

    private async Task AwaitAnswerAsync(SocketLine line, byte[] id)
    {
        while (line.Read() is { } next)
        {
            if (next is Line.Whole whole && JsonRpcFrame.TryParse(whole.Utf8, int.MaxValue, out var frame, out _)
                && frame.IsAnswer && frame.Span(frame.Id).SequenceEqual(id))
            {
                return;
            }

            await fromDaemon(next);
        }

        throw new IOException("The CoAgent daemon went away just after it was restarted; repeat the request.");
    }

    private static byte[] LostCall(JsonRpcFrame call) => JsonRpcError.Result(call.Span(call.Id), CallAnswer.ErrorResult(
        RequestRouter.IsModern(call),
        "The CoAgent daemon was restarted while this call was under way. It is unknown whether the call took effect: look before you repeat it.",
        CallAnswer.UnknownRecord));

    /// <summary>There is no daemon and none can be started: whoever waits is told so.</summary>
    public async Task GiveUpAsync(string message)
    {
        foreach (var (request, _, wasSent) in memory.Open)
        {
            await AnswerAsync(request, wasSent && request.Is(MethodNames.ToolsCall)
                ? LostCall(request)
                : JsonRpcError.Answer(request.Span(request.Id), JsonRpcError.InternalError, message));
        }
    }

    private async Task AnswerAsync(JsonRpcFrame request, byte[] answer)
    {
        memory.Forget(request);
        await output.WriteAsync(answer, CancellationToken.None);
    }
}
