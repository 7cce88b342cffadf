using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Tells a client that gave a progress token for whom its request waits, again and again until it is answered.</summary>
/// <remarks>
/// Clients end a call that is silent for too long, and begin to count anew with each progress (mcp.md, "Who is who"). The
/// value stays next to nothing, so that what the tool tells afterwards still rises.
/// </remarks>
internal sealed class HeldProgress(ClientExchange exchange, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long it is silent between two words.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private const double Step = 1e-6;

    private ITimer? _timer;
    private string _words = "";
    private int _count;
    private int _isSending;
    private volatile bool _isOver;

    /// <summary>The request waits for those ranks, from now on; returns at once.</summary>
    public void WaitFor(ImmutableArray<Rank> ranks) => Wait(WordsFor(ranks));

    /// <summary>The request waits, from now on.</summary>
    public void Wait(string words)
    {
        Volatile.Write(ref _words, words);
        if (_isOver || !exchange.Request.Members.Meta.Exists || !MetaMembers.Of(exchange.Request).ProgressToken.Exists)
        {
            return;
        }

        if (_timer is { } running)
        {
            running.Change(TimeSpan.Zero, Period);
        }
        else
        {
            _timer = time.CreateTimer(_ => _ = SendAsync(), state: null, TimeSpan.Zero, Period);
            if (_isOver)
            {
                _timer.Dispose(); // answered meanwhile
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await (_timer?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>For whom a call waits, in words.</summary>
    public static string WordsFor(ImmutableArray<Rank> ranks) => ranks.IsEmpty
        ? "Waits for its turn."
        : $"Waits for the agents before this one to finish (rank {string.Join(", ", ranks)}).";

    private async Task SendAsync()
    {
        // A client that reads slowly gets the next word when it has read the last.
        if (_isOver || Interlocked.Exchange(ref _isSending, 1) == 1)
        {
            return;
        }

        try
        {
            await exchange.SendRelatedAsync(Message(++_count));
        }
        finally
        {
            Volatile.Write(ref _isSending, 0);
        }
    }

    private byte[] Message(int count)
    {
        var token = exchange.Request.Span(MetaMembers.Of(exchange.Request).ProgressToken);
        return JsonRpcError.Call(default, MethodNames.Progress, (byte[])
        [
            (byte)'{', .. ObjectEdit.Member("progressToken", token), (byte)',',
            .. ObjectEdit.Member("progress", Number(count * Step)), (byte)',',
            .. ObjectEdit.Member("message", ObjectEdit.Text(Volatile.Read(ref _words))), (byte)'}',
        ]);
    }

    private static byte[] Number(double value) =>
        System.Text.Encoding.ASCII.GetBytes(value.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture));
}
