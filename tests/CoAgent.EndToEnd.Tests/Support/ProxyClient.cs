namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>A client of the proxy, over HTTP or behind a bridge: the same words for both.</summary>
internal sealed class ProxyClient : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    public ProxyClient(RawHttpClient http) => Http = http;

    public ProxyClient(RawStdioClient stdio) => Stdio = stdio;

    public RawHttpClient? Http { get; }

    public RawStdioClient? Stdio { get; }

    public Task<RawMessage> InitializeAsync(string capabilities = "{}") =>
        Http?.InitializeAsync(None, capabilities: capabilities) ?? Stdio!.InitializeAsync(None, capabilities: capabilities);

    public Task<RawMessage> RequestAsync(string method, string parameters, string? id = null) =>
        Http?.RequestAsync(method, parameters, None, id) ?? Stdio!.RequestAsync(method, parameters, None, id);

    public Task<RawMessage> CallAsync(string tool, string arguments = "{}", string? id = null) =>
        RequestAsync("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}}}""", id);

    /// <summary>Sends bytes that are no proper request and gives what is answered to them.</summary>
    public async Task<RawMessage> SayAsync(string text)
    {
        if (Stdio is { } stdio)
        {
            await stdio.SendRawAsync(text, None);
            return await stdio.ReceiveAsync(None);
        }

        await using var response = await Http!.PostAsync(text, None);
        return await response.AnswerAsync(None);
    }

    public async Task NotifyAsync(string method, string parameters)
    {
        if (Stdio is { } stdio)
        {
            await stdio.NotifyAsync(method, parameters, None);
            return;
        }

        await using var accepted = await Http!.NotifyAsync(method, parameters, None);
    }

    /// <summary>Calls a tool with a progress token and gives the notifications that came before the answer, and the answer.</summary>
    public async Task<(IReadOnlyList<RawMessage> Before, RawMessage Answer)> CallWithProgressAsync(
        string tool, string arguments, string token, string id)
    {
        var parameters = $$$"""{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{"progressToken":{{{token}}}}}""";
        if (Stdio is { } stdio)
        {
            var seen = stdio.Received.Count;
            var answer = await stdio.RequestAsync("tools/call", parameters, None, id);
            return ([.. stdio.Received.Skip(seen).TakeWhile(message => message != answer)], answer);
        }

        await using var response = await Http!.SendRequestAsync("tools/call", parameters, None, id);
        var last = await response.AnswerAsync(None);
        return ([.. response.Seen.Take(response.Seen.Count - 1)], last);
    }

    /// <summary>Leaves as a client should: by the end of input, or by ending the session.</summary>
    public async Task LeaveAsync()
    {
        if (Stdio is { } stdio)
        {
            stdio.Process.CloseInput();
            await stdio.Process.WaitForExitAsync(None);
            return;
        }

        await using var ended = await Http!.DeleteAsync(None);
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        await (Stdio?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
