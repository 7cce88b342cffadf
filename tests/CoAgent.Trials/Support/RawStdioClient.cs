using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;

namespace CoAgent.Trials.Support;

/// <summary>Speaks JSON lines to a process and keeps every byte of what it says.</summary>
internal sealed class RawStdioClient : IAsyncDisposable
{
    private const int UnclaimedMax = 100_000;

    private readonly ConcurrentDictionary<string, TaskCompletionSource<RawMessage>> waiting = new();
    private readonly ConcurrentQueue<RawMessage> received = new();
    private readonly Channel<RawMessage> unclaimed = Channel.CreateBounded<RawMessage>(UnclaimedMax);
    private readonly SemaphoreSlim sendTurn = new(1, 1);
    private readonly Task reading;
    private int lastId;

    public RawStdioClient(TestProcess process)
    {
        Process = process;
        reading = Task.Run(ReadToEndAsync);
    }

    public TestProcess Process { get; }

    /// <summary>Answers the server's requests: gives the answer's body (<c>"result":…</c> or <c>"error":…</c>), or nothing to leave it.</summary>
    public Func<RawMessage, string?> OnRequest { get; set; } = _ => null;

    /// <summary>Everything received so far, in order.</summary>
    public IReadOnlyList<RawMessage> Received => [.. received];

    /// <summary>The notifications received so far, in order.</summary>
    public IReadOnlyList<RawMessage> Notifications => [.. received.Where(message => message.IsNotification)];

    /// <summary>Ends when the process has closed its output.</summary>
    public Task Ended => reading;

    public static RawStdioClient Start(
        string command,
        IEnumerable<string> arguments,
        string? directory = null,
        IReadOnlyDictionary<string, string?>? environment = null) =>
        new(TestProcess.Start(command, arguments, directory, environment));

    /// <summary>A fixture server with these arguments.</summary>
    public static RawStdioClient StartFixture(params IEnumerable<string> arguments) =>
        new(TestProcess.StartFixture(arguments));

    public Task SendRawAsync(string line, CancellationToken cancellationToken) =>
        SendRawAsync(Encoding.UTF8.GetBytes(line), cancellationToken);

    /// <summary>Sends these bytes and a line's end.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        await sendTurn.WaitAsync(cancellationToken);
        try
        {
            await Process.Input.WriteAsync(line, cancellationToken);
            await Process.Input.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await Process.Input.FlushAsync(cancellationToken);
        }
        finally
        {
            sendTurn.Release();
        }
    }

    /// <summary>The next message that no request of ours claims: notifications, server requests, stray answers, garbage.</summary>
    public Task<RawMessage> ReceiveAsync(CancellationToken cancellationToken) =>
        unclaimed.Reader.ReadAsync(cancellationToken).AsTask()
            .WithinAsync($"a message of: {Process.Command}", cancellationToken);

    /// <summary>The next unclaimed message with this method; what comes before it is left out.</summary>
    public async Task<RawMessage> ReceiveAsync(string method, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await ReceiveAsync(cancellationToken);
            if (message.Method == method)
            {
                return message;
            }
        }
    }

    /// <summary>Sends a request and waits for its answer. <paramref name="id"/> is JSON (quotes included); a number of ours where not given.</summary>
    public async Task<RawMessage> RequestAsync(
        string method, string parameters, CancellationToken cancellationToken, string? id = null)
    {
        id ??= NextId();
        return await RequestRawAsync(
            id, $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""", cancellationToken);
    }

    /// <summary>Sends this line, which is a request with this id as it is written, and waits for its answer.</summary>
    public async Task<RawMessage> RequestRawAsync(string id, string line, CancellationToken cancellationToken)
    {
        var answer = Expect(id);
        await SendRawAsync(line, cancellationToken);
        return await answer.WithinAsync($"the answer to {id} of: {Process.Command}", cancellationToken);
    }

    /// <summary>Claims the answer with this id; faulted where the process ends first.</summary>
    public Task<RawMessage> Expect(string id)
    {
        var answer = new TaskCompletionSource<RawMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[id] = answer;
        if (reading.IsCompleted)
        {
            answer.TrySetException(OutputEnded());
        }

        return answer.Task;
    }

    /// <summary>An id that this client has not used.</summary>
    public string NextId() => Interlocked.Increment(ref lastId).ToString();

    public Task NotifyAsync(string method, string parameters, CancellationToken cancellationToken) =>
        SendRawAsync($$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}}}""", cancellationToken);

    /// <summary>The handshake of older clients; gives the server's answer.</summary>
    public async Task<RawMessage> InitializeAsync(
        CancellationToken cancellationToken, string version = "2025-11-25", string capabilities = "{}")
    {
        var answer = await RequestAsync(
            "initialize",
            $$$"""
            {"protocolVersion":"{{{version}}}","capabilities":{{{capabilities}}},"clientInfo":{"name":"raw-client","version":"1.0.0"}}
            """,
            cancellationToken);
        await NotifyAsync("notifications/initialized", "{}", cancellationToken);
        return answer;
    }

    /// <summary>Calls a tool; <paramref name="meta"/> is the inside of <c>_meta</c>.</summary>
    public Task<RawMessage> CallAsync(
        string tool, string arguments, CancellationToken cancellationToken, string? meta = null) =>
        RequestAsync(
            "tools/call",
            $$"""{"name":"{{tool}}","arguments":{{arguments}}{{(meta is null ? "" : ",\"_meta\":{" + meta + "}")}}}""",
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        sendTurn.Dispose();
    }

    private async Task ReadToEndAsync()
    {
        var lines = new LineReader(Process.Output);
        while (await lines.ReadAsync(CancellationToken.None) is { } line)
        {
            var message = new RawMessage(line);
            received.Enqueue(message);
            if (message is { IsAnswer: true, Id: { } id } && waiting.TryRemove(id, out var answer))
            {
                answer.TrySetResult(message);
                continue;
            }

            if (message.IsRequest && OnRequest(message) is { } body)
            {
                await SendRawAsync($$"""{"jsonrpc":"2.0","id":{{message.Id}},{{body}}}""", CancellationToken.None);
            }
            else
            {
                await unclaimed.Writer.WriteAsync(message);
            }
        }

        unclaimed.Writer.Complete(OutputEnded());
        foreach (var answer in waiting.Values)
        {
            answer.TrySetException(OutputEnded());
        }
    }

    private EndOfStreamException OutputEnded() => new($"{Process.Command} closed its output. stderr: {Process.Stderr}");
}
