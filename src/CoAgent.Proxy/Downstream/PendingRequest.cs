using System.Buffers.Text;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>A request that a server has and has not answered yet.</summary>
/// <remarks>Its number serves as id and progress token towards the server, so that no two clients' ids can meet there.</remarks>
internal sealed class PendingRequest(long id, RelayRequest request, TimeProvider time) : IDisposable
{
    // Whoever waits goes on in the thread that read the answer: it writes to its client and returns, and a hand-over to
    // another thread would cost more than that.
    private readonly TaskCompletionSource<Reply> _reply = new();
    private readonly CancellationTokenSource _over = new();
    private long _lastSign = time.GetTimestamp();

    public long Id => id;

    public RelayRequest Request => request;

    /// <summary>The client's progress token; absent when it asked for none.</summary>
    public ReadOnlyMemory<byte> ProgressToken { get; private set; }

    public Task<Reply> Reply => _reply.Task;

    /// <summary>True once it has gone without a sign for longer than its timeout.</summary>
    public bool IsOverdue => request.Timeout > TimeSpan.Zero && time.GetElapsedTime(_lastSign) > request.Timeout;

    /// <summary>Progress is a sign that the server is at work: the timeout starts anew.</summary>
    public void SawSign() => _lastSign = time.GetTimestamp();

    /// <summary>Set when nobody waits for the request any more: what still waits to be sent need not be.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Tells what became of it; once, by whoever took it out of the open ones.</summary>
    public void Complete(Reply reply)
    {
        if (reply is Downstream.Reply.Faulted)
        {
            _over.Cancel();
        }

        _reply.TrySetResult(reply);
    }

    public void Dispose() => _over.Dispose();

    /// <summary>The request as the server gets it.</summary>
    public Splice ForServer()
    {
        var number = Digits(id);
        var token = request.Frame.Members.Meta.Exists ? MetaMembers.Of(request.Frame).ProgressToken : Slice.None;
        var edits = new Edit[request.Edits.Length + (token.Exists ? 2 : 1)];
        edits[0] = new Edit(request.Frame.Id, number);
        if (token.Exists)
        {
            ProgressToken = request.Frame.Memory(token);
            edits[1] = new Edit(token, number);
        }

        request.Edits.CopyTo(edits, edits.Length - request.Edits.Length);
        return new Splice(request.Frame.Utf8, edits);
    }

    public static byte[] Digits(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var length);
        return digits[..length].ToArray();
    }
}
