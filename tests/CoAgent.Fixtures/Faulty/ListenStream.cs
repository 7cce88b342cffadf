using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Faulty;

/// <summary>One open subscription: what it asked for and where its notifications go.</summary>
internal sealed class ListenStream(WireMessage request, LineSender send)
{
    public Task AcknowledgeAsync(CancellationToken cancellationToken)
    {
        var wanted = WireMessage.Raw(WireMessage.Member(request.Params, "notifications")) ?? "{}";
        return SendAsync("subscriptions/acknowledged", $"\"notifications\":{wanted}", cancellationToken);
    }

    /// <summary>Tells of a change if the subscription asked for its kind.</summary>
    public Task TellAsync(string changeTool, string uri, CancellationToken cancellationToken) => changeTool switch
    {
        "change_tools" when Wants("toolsListChanged") => SendAsync("tools/list_changed", null, cancellationToken),
        "change_prompts" when Wants("promptsListChanged") => SendAsync("prompts/list_changed", null, cancellationToken),
        "change_resources" when Wants("resourcesListChanged") =>
            SendAsync("resources/list_changed", null, cancellationToken),
        "change_resource" when WantsResource(uri) =>
            SendAsync("resources/updated", $"\"uri\":{ModernOnlyTools.Quote(uri)}", cancellationToken),
        _ => Task.CompletedTask,
    };

    private bool Wants(string kind) => WireMessage.Raw(WireMessage.Member(Filter, kind)) == "true";

    private bool WantsResource(string uri) =>
        WireMessage.Member(Filter, "resourceSubscriptions") is { } uris
        && uris.EnumerateArray().Any(wanted => wanted.GetString() == uri);

    private System.Text.Json.JsonElement? Filter => WireMessage.Member(request.Params, "notifications");

    private Task SendAsync(string kind, string? members, CancellationToken cancellationToken)
    {
        var subscription = $$"""
            "_meta":{"io.modelcontextprotocol/subscriptionId":{{request.Id}}}
            """;
        var parameters = members is null ? subscription : subscription + "," + members;
        return send.TextAsync(
            $$$"""
            {"jsonrpc":"2.0","method":"notifications/{{{kind}}}","params":{{{{parameters}}}}}
            """,
            cancellationToken).AsTask();
    }
}
