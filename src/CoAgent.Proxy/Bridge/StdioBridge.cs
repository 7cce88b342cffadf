using System.Text;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Wire;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Proxy.Bridge;

/// <summary>Where a bridge finds its daemon.</summary>
internal interface IDaemonFinder
{
    /// <summary>The socket of the daemon that runs; null when none does.</summary>
    Task<string?> FindAsync(CancellationToken cancellationToken);

    /// <summary>The socket of the daemon, started when none runs.</summary>
    Task<string> EnsureAsync(CancellationToken cancellationToken);
}

/// <summary>
/// A stdio server to its client, a connection to the daemon behind: lines pass both ways as they are. When the daemon is
/// restarted the bridge connects again and makes up for what the client has said before.
/// </summary>
internal sealed class StdioBridge(IDaemonFinder daemon, BridgeHello hello, Stream stdin, Stream stdout, TimeProvider time) : IDisposable
{
    /// <summary>How long answers that are under way may still come after the client has closed its end.</summary>
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(500);

    private readonly BridgeMemory _memory = new();
    private readonly LineWriter _out = new(stdout, new Limits().QueueBytesMax);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _allAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile DaemonLine? _line;
    private volatile bool _isFarewell;
    private volatile int _messageBytesMax;
    private long _replayCount;

    /// <summary>Runs until the client closes its end.</summary>
    /// <exception cref="WorkspaceException">There is no daemon and none can be started, or it refuses the bridge.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.UnsafeRegister(_ => _closing.Cancel(), state: null);
        await ConnectInTurnAsync(startsDaemon: true);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        StartThread("coagent stdin", () => ReadClient(reading));
        await Task.WhenAny(reading.Task, Task.Delay(Timeout.InfiniteTimeSpan, time, _closing.Token));
        await FarewellAsync();
        await _closing.CancelAsync();
        _line?.Dispose();
        if (reading.Task.IsFaulted)
        {
            await reading.Task;
        }
    }

    public void Dispose()
    {
        _line?.Dispose();
        _closing.Dispose();
        _turn.Dispose();
    }

    private async Task FarewellAsync()
    {
        _isFarewell = true;
        if (_memory.OpenCount > 0)
        {
            await Task.WhenAny(_allAnswered.Task, Task.Delay(FarewellMax, time, _closing.Token));
        }
    }

    private static void StartThread(string name, Action run) =>
        new Thread(() => run()) { IsBackground = true, Name = name }.Start();

    // The stage boundary of the client's side: what ends it ends the bridge, with its reason.
    private void ReadClient(TaskCompletionSource done)
    {
        try
        {
            var lines = new LineBuffer(_messageBytesMax);
            int read;
            while ((read = stdin.Read(lines.GetRoom().Span)) > 0)
            {
                lines.Advance(read);
                while (lines.TryTake(out var line))
                {
                    FromClientAsync(line).AsTask().GetAwaiter().GetResult();
                }
            }

            done.TrySetResult();
        }
        catch (IOException)
        {
            done.TrySetResult(); // the client is gone: the same as an end
        }
        catch (Exception error)
        {
            done.TrySetException(error);
        }
    }

    private async ValueTask FromClientAsync(Line line)
    {
        if (line is Line.TooLong tooLong)
        {
            await RefuseAsync(tooLong);
            return;
        }

        await TakeTurnAsync(((Line.Whole)line).Utf8);
    }

    private async ValueTask RefuseAsync(Line.TooLong tooLong)
    {
        if (tooLong.HasMethod)
        {
            var words = $"The message is {tooLong.Bytes:N0} bytes long; at most {_messageBytesMax:N0} are taken (\"messageBytesMax\" in the configuration).";
            await _out.WriteAsync(
                JsonRpcError.Answer(Encoding.UTF8.GetBytes(tooLong.Id), JsonRpcError.InvalidRequest, words), CancellationToken.None);
        }
        else if (tooLong.Id.Length > 0)
        {
            await TakeTurnAsync(TooLongAnswer.Instead(tooLong));
        }
    }

    private async ValueTask TakeTurnAsync(ReadOnlyMemory<byte> message)
    {
        await _turn.WaitAsync(_closing.Token);
        try
        {
            await FromClientInTurnAsync(message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask FromClientInTurnAsync(ReadOnlyMemory<byte> bytes)
    {
        // What is no message goes on as well: the daemon says what is wrong with it.
        var isMessage = JsonRpcFrame.TryParse(bytes, int.MaxValue, out var frame, out _);
        var isRequest = isMessage && frame.Kind == FrameKind.Request;
        if (isMessage)
        {
            _memory.Said(frame);
        }

        if (_line is null)
        {
            await TryConnectInTurnAsync();
            if (isRequest)
            {
                return; // connecting has sent it with what was open, or has answered that it can't
            }
        }

        if (_line is { } line)
        {
            await WriteAsync(line, bytes);
            if (isRequest)
            {
                _memory.Sent(frame);
            }
        }
    }

    // A daemon that went away is noticed by whoever reads from it: the request is open and is made up for from there.
    private static async ValueTask WriteAsync(DaemonLine line, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await line.Writer.WriteAsync(new Splice(bytes), CancellationToken.None);
        }
        catch (IOException)
        {
            line.Dispose();
        }
    }

    private async Task TryConnectInTurnAsync()
    {
        try
        {
            await ConnectInTurnAsync(startsDaemon: true);
        }
        catch (Exception error) when (error is WorkspaceException or IOException)
        {
            await FailOpenAsync(error.Message);
        }
    }

    private async Task ConnectInTurnAsync(bool startsDaemon)
    {
        if (_line is not null)
        {
            return;
        }

        var socket = startsDaemon ? await daemon.EnsureAsync(_closing.Token) : await daemon.FindAsync(_closing.Token);
        if (socket is not null)
        {
            var line = await DaemonLine.OpenAsync(socket, hello, _closing.Token);
            _messageBytesMax = line.MessageBytesMax;
            await MakeUpAsync(line);
            _line = line;
            StartThread("coagent daemon", () => ReadDaemon(line));
        }
    }

    // What a new daemon has to be told before the client's next word: the handshake, what stands, what is still waited for.
    private async Task MakeUpAsync(DaemonLine line)
    {
        var open = _memory.TakeOpen();
        if (_memory.Initialize is { } initialize && !open.Any(request => request.Request == initialize))
        {
            await ReplayAsync(line, initialize);
            if (_memory.Initialized is { } initialized)
            {
                await line.Writer.WriteAsync(initialized, _closing.Token);
            }

            foreach (var standing in _memory.Standing)
            {
                await ReplayAsync(line, standing);
            }
        }

        foreach (var (request, wasSent) in open)
        {
            if (wasSent && request.Is(MethodNames.ToolsCall))
            {
                await _out.WriteAsync(LostCall(request), CancellationToken.None);
            }
            else
            {
                _memory.Said(request);
                await line.Writer.WriteAsync(request, _closing.Token);
                _memory.Sent(request);
            }
        }
    }

    private async Task ReplayAsync(DaemonLine line, JsonRpcFrame request)
    {
        var id = Encoding.UTF8.GetBytes($"\"coagent-again-{++_replayCount}\"");
        await line.Writer.WriteAsync(new Splice(request.Utf8, new Edit(request.Id, id)), _closing.Token);
        while (line.Read() is { } answer)
        {
            if (answer is Line.Whole whole && JsonRpcFrame.TryParse(whole.Utf8, int.MaxValue, out var frame, out _)
                && frame.IsAnswer && frame.Span(frame.Id).SequenceEqual(id))
            {
                return;
            }
        }

        throw new IOException("The daemon went away while the bridge made up for lost time.");
    }

    private static byte[] LostCall(JsonRpcFrame call) => JsonRpcError.Result(call.Span(call.Id), CallAnswer.ErrorResult(
        RequestRouter.IsModern(call),
        "The CoAgent daemon was restarted while this call was under way. It is unknown whether the call took effect: look before you repeat it.",
        CallAnswer.UnknownRecord));

    private void ReadDaemon(DaemonLine line)
    {
        while (line.Read() is { } next)
        {
            if (next is Line.Whole whole)
            {
                FromDaemonAsync(whole.Utf8).AsTask().GetAwaiter().GetResult();
            }
        }

        line.Dispose();
        _line = null;
        if (!_closing.IsCancellationRequested)
        {
            _ = ReturnAsync();
        }
    }

    private async ValueTask FromDaemonAsync(ReadOnlyMemory<byte> bytes)
    {
        if (JsonRpcFrame.TryParse(bytes, int.MaxValue, out var frame, out _) && frame.IsAnswer)
        {
            _memory.Answered(frame);
        }

        await _out.WriteAsync(new Splice(bytes), CancellationToken.None);
        if (_isFarewell && _memory.OpenCount == 0)
        {
            _allAnswered.TrySetResult();
        }
    }

    // The daemon is gone. Somebody who waits gets it back at once; else the bridge waits until there is one again.
    private async Task ReturnAsync()
    {
        try
        {
            while (_line is null)
            {
                await _turn.WaitAsync(_closing.Token);
                try
                {
                    await (_memory.OpenCount > 0 ? TryConnectInTurnAsync() : LookInTurnAsync());
                }
                finally
                {
                    _turn.Release();
                }

                await Task.Delay(_line is null ? LookPeriod : TimeSpan.Zero, time, _closing.Token);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The client has closed its end meanwhile.
        }
    }

    private async Task LookInTurnAsync()
    {
        try
        {
            await ConnectInTurnAsync(startsDaemon: false);
        }
        catch (Exception error) when (error is IOException or WorkspaceException)
        {
            // On its way up or down a daemon has a record and takes nobody in: the next look sees more, and the next request
            // of the client says what is wrong if something is.
        }
    }

    private async Task FailOpenAsync(string message)
    {
        foreach (var (request, _) in _memory.TakeOpen())
        {
            await _out.WriteAsync(
                JsonRpcError.Answer(request.Span(request.Id), JsonRpcError.InternalError, message), CancellationToken.None);
        }
    }
}
