using System.Collections.Concurrent;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Faulty;

/// <summary>A server of 2026-07-28 alone: no handshake, inputs by rounds, changes by subscription.</summary>
internal sealed class ModernOnlyServer(IMessageServer echo) : IMessageServer
{
    private const string Version = "2026-07-28";

    private readonly ConcurrentDictionary<string, ListenStream> listeners = new();

    public Task HandleAsync(WireMessage message, LineSender send, CancellationToken cancellationToken) => message switch
    {
        { IsRequest: false } => Task.CompletedTask,
        { DeclaredVersion: not Version } => RefuseVersionAsync(message, send, cancellationToken),
        { Method: "server/discover" } => send.TextAsync(Answers.List(message, Discovery), cancellationToken).AsTask(),
        { Method: "tools/list" } => send.TextAsync(
            Answers.List(message, $"\"tools\":[{ModernOnlyTools.List}]"), cancellationToken).AsTask(),
        { Method: "resources/list" } => send.TextAsync(Answers.List(message, Resources), cancellationToken).AsTask(),
        { Method: "prompts/list" } => send.TextAsync(Answers.List(message, "\"prompts\":[]"), cancellationToken).AsTask(),
        { Method: "subscriptions/listen" } => ListenAsync(message, send, cancellationToken),
        { Tool: "ask_sampling" or "ask_elicitation" or "ask_roots" } => AskAsync(message, send, cancellationToken),
        { Tool: "change_tools" or "change_prompts" or "change_resources" or "change_resource" } =>
            ChangeAsync(message, send, cancellationToken),
        _ => echo.HandleAsync(message, send, cancellationToken),
    };

    private static string Discovery =>
        """
        "supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true},"prompts":{"listChanged":true},"resources":{"listChanged":true,"subscribe":true}},"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"coagent-modern-fixture","version":"1.0.0"}}
        """;

    private static string Resources =>
        """
        "resources":[{"uri":"test://watched","name":"watched","mimeType":"text/plain"}]
        """;

    private static Task RefuseVersionAsync(WireMessage request, LineSender send, CancellationToken cancellationToken)
    {
        var requested = WireMessage.Raw(WireMessage.Member(request.Params, "protocolVersion")) ?? "\"none\"";
        var data = $$"""{"supported":["{{Version}}"],"requested":{{requested}}}""";
        return send.TextAsync(
            Answers.Error(request, -32022, $"Only {Version} is served; declare it in _meta.", data),
            cancellationToken).AsTask();
    }

    private static Task AskAsync(WireMessage call, LineSender send, CancellationToken cancellationToken)
    {
        var responses = WireMessage.Member(call.Params, "inputResponses");
        var state = WireMessage.Text(WireMessage.Member(call.Params, "requestState"));
        var expected = "state of " + call.Tool;
        var answer = WireMessage.Member(responses, "asked") is not { } given
            ? ModernOnlyTools.InputRequired(call, expected)
            : state == expected
                ? Answers.Text(call, ModernOnlyTools.Quote(given.GetRawText()))
                : Answers.Error(call, -32602, "requestState is not what was given");
        return send.TextAsync(answer, cancellationToken).AsTask();
    }

    private async Task ListenAsync(WireMessage request, LineSender send, CancellationToken cancellationToken)
    {
        var stream = new ListenStream(request, send);
        await stream.AcknowledgeAsync(cancellationToken);
        listeners[request.Id!] = stream;
        try
        {
            await Forever.WaitAsync(cancellationToken);
        }
        finally
        {
            listeners.TryRemove(request.Id!, out _);
        }
    }

    private async Task ChangeAsync(WireMessage call, LineSender send, CancellationToken cancellationToken)
    {
        var uri = WireMessage.Text(call.Argument("uri")) ?? "test://watched";
        foreach (var listener in listeners.Values)
        {
            await listener.TellAsync(call.Tool!, uri, cancellationToken);
        }

        await send.TextAsync(Answers.Text(call, "\"changed\""), cancellationToken);
    }
}
