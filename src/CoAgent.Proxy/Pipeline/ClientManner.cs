using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What a client shows its model of a tool result (mcp.md, "What reaches a model").</summary>
/// <param name="ShowsTextBesideStructured">Whether text is shown that stands beside <c>structuredContent</c>.</param>
/// <param name="ShowsTextOfStructuredErrors">The same where the result is an error.</param>
internal sealed record ClientManner(bool ShowsTextBesideStructured, bool ShowsTextOfStructuredErrors)
{
    // Who is not known here is taken for the strictest: a notice that is dropped is worse than one that comes as text only.
    private static readonly ClientManner Strict = new(ShowsTextBesideStructured: false, ShowsTextOfStructuredErrors: false);
    private static readonly ClientManner ErrorsOnly = new(ShowsTextBesideStructured: false, ShowsTextOfStructuredErrors: true);
    private static readonly ClientManner All = new(ShowsTextBesideStructured: true, ShowsTextOfStructuredErrors: true);

    private static readonly (string Start, ClientManner Manner)[] Known =
    [
        ("claude-code", ErrorsOnly),
        ("codex", Strict),
        ("copilot", All),
        ("github-copilot", All),
        ("opencode", All),
        ("gemini", All),
    ];

    /// <summary>The manner of a client.</summary>
    /// <param name="handshake">Its handshake; null in the modern era.</param>
    /// <param name="request">Its request, which in the modern era says who sends it.</param>
    public static ClientManner Of(JsonRpcFrame? handshake, JsonRpcFrame request)
    {
        var name = ClientName.Of(handshake ?? request);
        return Known.FirstOrDefault(known => name.StartsWith(known.Start, StringComparison.OrdinalIgnoreCase)).Manner ?? Strict;
    }
}
