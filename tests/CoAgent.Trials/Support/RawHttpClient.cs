using System.Net.Http.Headers;
using System.Text;

namespace CoAgent.Trials.Support;

/// <summary>Speaks Streamable HTTP of both eras, with the bytes and headers that a test gives.</summary>
internal sealed class RawHttpClient : IDisposable
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri url;
    private int lastId;

    public RawHttpClient(Uri url, string? token = null)
    {
        this.url = url;
        if (token is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    /// <summary>The session of an older client; sent with every request once it is known.</summary>
    public string? SessionId { get; set; }

    /// <summary>The version that the handshake settled on; sent with every request once it is known.</summary>
    public string? Version { get; set; }

    public string NextId() => Interlocked.Increment(ref lastId).ToString();

    /// <summary>Posts these bytes; <paramref name="headers"/> replace the usual ones of the same name.</summary>
    public Task<RawHttpResponse> PostAsync(
        string body, CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        return SendAsync(request, headers, cancellationToken);
    }

    /// <summary>Sends a request of an older client; the response may still be coming.</summary>
    public Task<RawHttpResponse> SendRequestAsync(
        string method, string parameters, CancellationToken cancellationToken, string? id = null) =>
        PostAsync(
            $$"""{"jsonrpc":"2.0","id":{{id ?? NextId()}},"method":"{{method}}","params":{{parameters}}}""",
            cancellationToken);

    /// <summary>Sends a request of an older client and waits for its answer.</summary>
    public async Task<RawMessage> RequestAsync(
        string method, string parameters, CancellationToken cancellationToken, string? id = null)
    {
        await using var response = await SendRequestAsync(method, parameters, cancellationToken, id);
        return await response.AnswerAsync(cancellationToken);
    }

    /// <summary>Calls a tool as an older client.</summary>
    public Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken) =>
        RequestAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", cancellationToken);

    public Task<RawHttpResponse> NotifyAsync(string method, string parameters, CancellationToken cancellationToken) =>
        PostAsync($$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}}}""", cancellationToken);

    /// <summary>The handshake of older clients: takes the session and the version for what follows.</summary>
    public async Task<RawMessage> InitializeAsync(
        CancellationToken cancellationToken, string version = "2025-11-25", string capabilities = "{}")
    {
        SessionId = null;
        Version = null;
        await using var response = await SendRequestAsync(
            "initialize",
            $$$"""
            {"protocolVersion":"{{{version}}}","capabilities":{{{capabilities}}},"clientInfo":{"name":"raw-client","version":"1.0.0"}}
            """,
            cancellationToken);
        var answer = await response.AnswerAsync(cancellationToken);
        SessionId = response.Header(SessionHeader);
        Version = answer.IsError ? null : answer.Result.GetProperty("protocolVersion").GetString();
        await using var accepted = await NotifyAsync("notifications/initialized", "{}", cancellationToken);
        return answer;
    }

    /// <summary>Sends a request of 2026-07-28; <paramref name="members"/> is the inside of params without <c>_meta</c>.</summary>
    public Task<RawHttpResponse> SendModernAsync(
        string method, string members, CancellationToken cancellationToken, string? name = null, string? id = null)
    {
        List<(string Name, string Value)> headers = [(VersionHeader, ModernMeta.Version), ("Mcp-Method", method)];
        if (name is not null)
        {
            headers.Add(("Mcp-Name", name));
        }

        return PostAsync(
            $$"""{"jsonrpc":"2.0","id":{{id ?? NextId()}},"method":"{{method}}","params":{{ModernMeta.Params(members)}}}""",
            cancellationToken,
            headers);
    }

    /// <summary>Sends a request of 2026-07-28 and waits for its answer.</summary>
    public async Task<RawMessage> RequestModernAsync(
        string method, string members, CancellationToken cancellationToken, string? name = null)
    {
        await using var response = await SendModernAsync(method, members, cancellationToken, name);
        return await response.AnswerAsync(cancellationToken);
    }

    /// <summary>Calls a tool as 2026-07-28 does; <paramref name="more"/> are further members of params, as a retry has.</summary>
    public Task<RawMessage> CallModernAsync(
        string tool, string arguments, CancellationToken cancellationToken, string more = "") =>
        RequestModernAsync(
            "tools/call",
            $$"""
            "name":"{{tool}}","arguments":{{arguments}}{{(more.Length == 0 ? "" : "," + more)}}
            """,
            cancellationToken,
            name: tool);

    /// <summary>Opens the stream on which a session's unasked messages come.</summary>
    public Task<RawHttpResponse> GetAsync(
        CancellationToken cancellationToken, params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("text/event-stream");
        return SendAsync(request, headers, cancellationToken);
    }

    /// <summary>Ends the session.</summary>
    public Task<RawHttpResponse> DeleteAsync(CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, url), [], cancellationToken);

    public void Dispose() => http.Dispose();

    private async Task<RawHttpResponse> SendAsync(
        HttpRequestMessage request, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        AddUnlessGiven(request, SessionHeader, SessionId);
        AddUnlessGiven(request, VersionHeader, Version);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
            .WithinAsync($"the response to {request.Method} {url.AbsolutePath}", cancellationToken);
        return new RawHttpResponse(response);
    }

    private static void AddUnlessGiven(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null && !request.Headers.Contains(name))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
