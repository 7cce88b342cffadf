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
    /// <summary>The socket of the daemon that was last heard of, without a look whether it still runs; null when there was none.</summary>
    string? Recorded();

    /// <summary>The socket of the daemon that runs; null when none does.</summary>
    Task<string?> FindAsync(CancellationToken cancellationToken);

    /// <summary>The socket of the daemon, started when none runs.</summary>
    Task<string> EnsureAsync(CancellationToken cancellationToken);
}

/// <summary>
/// A stdio server to its client, a connection to the daemon behind: lines pass both ways as they are. When the daemon is
/// restarted the bridge connects again and makes up for what the client has said before.
/// </summary>
internal sealed class StdioBridge : IDisposable
{
    /// <summary>How long answers that are under way may still come after the client has closed its end.</summary>
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(500);

    private readonly BridgeMemory _memory = new();
    private readonly IDaemonFinder _daemon;
    private readonly BridgeHello _hello;
    private readonly Stream _stdin;
    private readonly TimeProvider _time;
    private readonly LineWriter _out;
    private readonly BridgeMakeUp _makeUp;
    private readonly Func<Line, ValueTask> _fromClient;
    private readonly Func<Line, ValueTask> _fromDaemon;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _allAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(SocketLine Line, JsonRpcFrame Request)> _written = [];
    private volatile SocketLine? _line;
    private string? _trouble;
    private volatile bool _isFarewell;
    private volatile bool _hasEndedInOrder;
    private volatile bool _isDelivering;
    private volatile int _messageBytesMax;

    public StdioBridge(IDaemonFinder daemon, BridgeHello hello, Stream stdin, Stream stdout, TimeProvider time)
    {
        _daemon = daemon;
        _hello = hello;
        _stdin = stdin;
        _time = time;
        _out = new LineWriter(new StandardOutput(stdout), new Limits().QueueBytesMax);
        _fromClient = FromClientInTurnAsync;
        _fromDaemon = FromDaemonAsync;
        _makeUp = new BridgeMakeUp(_memory, _out, _fromDaemon);
    }

    /// <summary>Runs until the client closes its end.</summary>
    /// <exception cref="WorkspaceException">There is no daemon and none can be started, or it refuses the bridge.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var stop = cancellationToken.UnsafeRegister(_ => _closing.Cancel(), state: null);
        await ConnectInTurnAsync(startsDaemon: true);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        StartThread("coagent stdin", () => ReadClient(reading));
        await Task.WhenAny(reading.Task, Task.Delay(Timeout.InfiniteTimeSpan, _time, _closing.Token));
        await FarewellAsync();
        await SayGoodbyeAsync();
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
        if (_memory.OpenCount > 0 || _isDelivering)
        {
            await Task.WhenAny(_allAnswered.Task, Task.Delay(FarewellMax, _time, _closing.Token));
        }
    }

    // Without it the daemon takes it that what was on its way is lost, and tells it again.
    private async Task SayGoodbyeAsync()
    {
        if (!_hasEndedInOrder || _memory.OpenCount > 0 || _isDelivering || _line is not { } line)
        {
            return;
        }

        try
        {
            await line.Writer.WriteAsync(JsonRpcError.Call(default, MethodNames.Goodbye, default), CancellationToken.None);
        }
        catch (IOException)
        {
            // The daemon is gone: the next one finds in its journal what was not confirmed.
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
            while ((read = _stdin.Read(lines.GetRoom().Span)) > 0)
            {
                lines.Advance(read);
                FromClientAsync(lines).GetAwaiter().GetResult();
            }

            _hasEndedInOrder = true;
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

    private async Task FromClientAsync(LineBuffer lines)
    {
        await _turn.WaitAsync(_closing.Token);
        try
        {
            // Before lines are passed on and writes held back: a greeting has to go out at once.
            _trouble = _line is null ? await TryConnectInTurnAsync() : null;
            await lines.PassOnAsync(_fromClient);
            NoteSent();
        }
        finally
        {
            _turn.Release();
        }
    }

    private ValueTask FromClientInTurnAsync(Line line)
    {
        if (line is Line.Whole whole)
        {
            return FromClientInTurnAsync(whole.Utf8);
        }

        var tooLong = (Line.TooLong)line;
        if (tooLong.HasMethod)
        {
            var words = $"The message is {tooLong.Bytes:N0} bytes long; at most {_messageBytesMax:N0} are taken (\"messageBytesMax\" in the configuration).";
            return _out.WriteAsync(
                JsonRpcError.Answer(Encoding.UTF8.GetBytes(tooLong.Id), JsonRpcError.InvalidRequest, words), CancellationToken.None);
        }

        return tooLong.Id.Length > 0 ? FromClientInTurnAsync(TooLongAnswer.Instead(tooLong)) : ValueTask.CompletedTask;
    }

    private ValueTask FromClientInTurnAsync(ReadOnlyMemory<byte> bytes)
    {
        // What is no message goes on as well: the daemon says what is wrong with it.
        var isMessage = JsonRpcFrame.TryParse(bytes, int.MaxValue, out var frame, out _);
        if (isMessage)
        {
            _memory.Said(frame);
        }

        var isRequest = isMessage && frame.Kind == FrameKind.Request;
        if (_line is { } line)
        {
            return WriteAsync(line, bytes, isRequest ? frame : null);
        }

        // Without a daemon a request is told why; when it went away just now, the request is open and is made up for.
        return isRequest && _trouble is { } trouble ? new ValueTask(_makeUp.GiveUpAsync(trouble)) : ValueTask.CompletedTask;
    }

    private async ValueTask WriteAsync(SocketLine line, ReadOnlyMemory<byte> bytes, JsonRpcFrame? request)
    {
        try
        {
            await line.Writer.WriteAsync(new Splice(bytes), CancellationToken.None);
            if (request is not null)
            {
                _written.Add((line, request));
            }
        }
        catch (IOException)
        {
            line.Dispose(); // whoever reads from it notices, and makes up for what is open
        }
    }

    // What a line that broke has not taken did not reach the daemon, and can be said to the next one. A line that broke in
    // the middle may have delivered it.
    private void NoteSent()
    {
        foreach (var (line, request) in _written)
        {
            if (!line.Writer.Broken.IsCompleted || line.HasSentInPart)
            {
                _memory.Sent(request);
            }
        }

        _written.Clear();
    }

    // Tells why there is no daemon; null when there is one.
    private async Task<string?> TryConnectInTurnAsync()
    {
        try
        {
            await ConnectInTurnAsync(startsDaemon: true);
            return null;
        }
        catch (Exception error) when (error is WorkspaceException or IOException)
        {
            await _makeUp.GiveUpAsync(error.Message);
            return error.Message;
        }
    }

    private async Task ConnectInTurnAsync(bool startsDaemon)
    {
        if (_line is not null)
        {
            return;
        }

        if (TryOpenRecorded() is { } open)
        {
            await UseAsync(open);
            return;
        }

        var socket = startsDaemon ? await _daemon.EnsureAsync(_closing.Token) : await _daemon.FindAsync(_closing.Token);
        if (socket is not null)
        {
            await UseAsync(DaemonLine.Open(socket, _hello));
        }
    }

    // Mostly the daemon is there, and to be greeted by it is the quickest way to find that out.
    private (SocketLine Line, int MessageBytesMax)? TryOpenRecorded()
    {
        if (_daemon.Recorded() is not { } socket)
        {
            return null;
        }

        try
        {
            return DaemonLine.Open(socket, _hello);
        }
        catch (IOException)
        {
            return null; // it has ended since: the caller looks properly
        }
    }

    private async Task UseAsync((SocketLine Line, int MessageBytesMax) opened)
    {
        var line = opened.Line;
        _messageBytesMax = opened.MessageBytesMax;
        try
        {
            await _makeUp.RunAsync(line, _closing.Token);
        }
        catch
        {
            line.Dispose();
            throw;
        }

        _line = line;
        StartThread("coagent daemon", () => ReadDaemon(line));
    }

    private void ReadDaemon(SocketLine line)
    {
        try
        {
            line.ReadAll(_fromDaemon, LookWhetherAllAnswered);
        }
        catch (IOException)
        {
            _closing.Cancel(); // the client no longer reads: there is nobody left to bridge to
        }

        line.Dispose();
        _line = null;
        if (!_closing.IsCancellationRequested)
        {
            _ = ReturnAsync();
        }
    }

    private ValueTask FromDaemonAsync(Line line)
    {
        if (line is not Line.Whole whole)
        {
            return ValueTask.CompletedTask; // the daemon keeps to the limit itself
        }

        var isMessage = JsonRpcFrame.TryParse(whole.Utf8, int.MaxValue, out var frame, out _);
        if (isMessage && BridgeMakeUp.IsForNobody(frame))
        {
            return ValueTask.CompletedTask;
        }

        _isDelivering = true;
        if (isMessage && frame.IsAnswer)
        {
            _memory.Answered(frame);
        }

        return _out.WriteAsync(new Splice(whole.Utf8), CancellationToken.None);
    }

    // Only once the answers are written: the process may end right after.
    private void LookWhetherAllAnswered()
    {
        _isDelivering = false;
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

                await Task.Delay(_line is null ? LookPeriod : TimeSpan.Zero, _time, _closing.Token);
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
}
