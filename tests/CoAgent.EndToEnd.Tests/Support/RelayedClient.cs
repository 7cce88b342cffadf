using System.Collections.Concurrent;
using System.Threading.Channels;

namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>A client before the proxy that looks the same over HTTP and over stdio; bytes go and come as they are.</summary>
internal abstract class RelayedClient : IAsyncDisposable
{
    private int lastId;

    /// <summary>Answers the servers' requests: gives the answer's body, or nothing to leave it.</summary>
    public abstract Func<RawMessage, string?> OnRequest { set; }

    /// <summary>Everything received so far, in order of arrival.</summary>
    public abstract IReadOnlyList<RawMessage> Received { get; }

    /// <summary>Sends these bytes, which are a request, and waits for its answer.</summary>
    public abstract Task<RawMessage> AskAsync(string request, CancellationToken cancellationToken);

    /// <summary>Sends these bytes, which expect no answer.</summary>
    public abstract Task TellAsync(string message, CancellationToken cancellationToken);

    /// <summary>The next message with this method that answers nothing; what comes before it is left out.</summary>
    public abstract Task<RawMessage> NextAsync(string method, CancellationToken cancellationToken);

    /// <summary>The handshake of older clients.</summary>
    public abstract Task<RawMessage> InitializeAsync(CancellationToken cancellationToken, string capabilities = "{}");

    public abstract ValueTask DisposeAsync();

    /// <summary>Sends a request of an older client; the answer is awaited or not.</summary>
    public Task<RawMessage> RequestAsync(string method, string parameters, CancellationToken cancellationToken) =>
        AskAsync(
            $$"""{"jsonrpc":"2.0","id":{{Interlocked.Increment(ref lastId)}},"method":"{{method}}","params":{{parameters}}}""",
            cancellationToken);

    public Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken) =>
        RequestAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", cancellationToken);

    /// <summary>Sends a request of 2026-07-28; <paramref name="members"/> is the inside of params without <c>_meta</c>.</summary>
    public Task<RawMessage> RequestModernAsync(string method, string members, CancellationToken cancellationToken) =>
        RequestAsync(method, ModernMeta.Params(members), cancellationToken);

    /// <summary>Calls a tool as 2026-07-28 does; <paramref name="more"/> are further members of params, as a retry has.</summary>
    public Task<RawMessage> CallModernAsync(string tool, string arguments, CancellationToken cancellationToken, string more = "") =>
        RequestModernAsync(
            "tools/call",
            $$"""
            "name":"{{tool}}","arguments":{{arguments}}{{(more.Length == 0 ? "" : "," + more)}}
            """,
            cancellationToken);
}

/// <summary>A client of <c>coagent connect</c>.</summary>
internal sealed class StdioRelayedClient(RawStdioClient client) : RelayedClient
{
    public override Func<RawMessage, string?> OnRequest
    {
        set => client.OnRequest = value;
    }

    public override IReadOnlyList<RawMessage> Received => client.Received;

    public override Task<RawMessage> AskAsync(string request, CancellationToken cancellationToken) =>
        client.RequestRawAsync(RawMessage.Of(request).Id!, request, cancellationToken);

    public override Task TellAsync(string message, CancellationToken cancellationToken) =>
        client.SendRawAsync(message, cancellationToken);

    public override Task<RawMessage> NextAsync(string method, CancellationToken cancellationToken) =>
        client.ReceiveAsync(method, cancellationToken);

    public override Task<RawMessage> InitializeAsync(CancellationToken cancellationToken, string capabilities = "{}") =>
        client.InitializeAsync(cancellationToken, capabilities: capabilities);

    public override ValueTask DisposeAsync() => client.DisposeAsync();
}

/// <summary>A client of the daemon's URL. What answers nothing is read from every response and, in a session, from its stream.</summary>
internal sealed class HttpRelayedClient(Uri url) : RelayedClient
{
    private const int UnaskedMax = 100_000;

    private readonly RawHttpClient client = new(url);
    private readonly ConcurrentQueue<RawMessage> received = new();
    private readonly Channel<RawMessage> unasked = Channel.CreateBounded<RawMessage>(UnaskedMax);
    private readonly ConcurrentBag<RawHttpResponse> open = [];
    private Func<RawMessage, string?> onRequest = _ => null;

    public override Func<RawMessage, string?> OnRequest
    {
        set => onRequest = value;
    }

    public override IReadOnlyList<RawMessage> Received => [.. received];

    public override async Task<RawMessage> AskAsync(string request, CancellationToken cancellationToken)
    {
        var response = await client.PostAsync(request, cancellationToken, HeadersOf(RawMessage.Of(request)));
        open.Add(response);
        while (await response.NextAsync(cancellationToken) is { } message)
        {
            received.Enqueue(message);
            if (message.IsAnswer)
            {
                return message;
            }

            await TakeAsync(message, cancellationToken);
        }

        throw new EndOfStreamException($"The response ({(int)response.Status}) ended without an answer.");
    }

    public override async Task TellAsync(string message, CancellationToken cancellationToken)
    {
        await using var response = await client.PostAsync(message, cancellationToken);
    }

    public override async Task<RawMessage> NextAsync(string method, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await unasked.Reader.ReadAsync(cancellationToken).AsTask()
                .WithinAsync($"{method} over HTTP", cancellationToken);
            if (message.Method == method)
            {
                return message;
            }
        }
    }

    public override async Task<RawMessage> InitializeAsync(CancellationToken cancellationToken, string capabilities = "{}")
    {
        var answer = await client.InitializeAsync(cancellationToken, capabilities: capabilities);
        if (!answer.IsError)
        {
            var stream = await client.GetAsync(cancellationToken);
            open.Add(stream);
            _ = ReadToEndAsync(stream);
        }

        return answer;
    }

    public override async ValueTask DisposeAsync()
    {
        client.Dispose();
        foreach (var response in open)
        {
            await response.DisposeAsync();
        }
    }

    private static (string Name, string Value)[] HeadersOf(RawMessage request)
    {
        if (!request.Text.Contains("io.modelcontextprotocol/protocolVersion", StringComparison.Ordinal))
        {
            return [];
        }

        (string, string)[] headers = [("MCP-Protocol-Version", ModernMeta.Version), ("Mcp-Method", request.Method!)];
        var member = request.Method == "resources/read" ? "uri" : "name";
        return request.Params.TryGetProperty(member, out var name) && request.Method is "tools/call" or "prompts/get" or "resources/read"
            ? [.. headers, ("Mcp-Name", name.GetString()!)]
            : headers;
    }

    private async Task ReadToEndAsync(RawHttpResponse stream)
    {
        try
        {
            while (await stream.NextAsync(CancellationToken.None) is { } message)
            {
                received.Enqueue(message);
                await TakeAsync(message, CancellationToken.None);
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException or ObjectDisposedException or TimeoutException)
        {
            // The daemon or this client has ended: there is no more to read.
        }
    }

    private async Task TakeAsync(RawMessage message, CancellationToken cancellationToken)
    {
        if (message.IsRequest && onRequest(message) is { } body)
        {
            await TellAsync($$"""{"jsonrpc":"2.0","id":{{message.Id}},{{body}}}""", cancellationToken);
        }
        else
        {
            await unasked.Writer.WriteAsync(message, cancellationToken);
        }
    }
}
