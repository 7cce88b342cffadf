using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>The headers in which the modern era tells members of the body again, for those who route without reading it.</summary>
internal static class MirrorHeaders
{
    /// <summary>The first version of the modern era; versions are dates and compare as text.</summary>
    public const string FirstModernVersion = "2026-07-28";

    /// <summary>The versions of the legacy era, the latest last.</summary>
    public static readonly string[] LegacyVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    public static bool IsModern(string? version) =>
        version is not null && string.CompareOrdinal(version, FirstModernVersion) >= 0;

    /// <summary>Adds the headers that a message has to have.</summary>
    /// <param name="request">The POST.</param>
    /// <param name="message">What it carries.</param>
    /// <param name="version">The version that a handshake settled; a version in the message itself goes before it.</param>
    public static void Add(HttpRequestMessage request, ServerMessage message, string? version)
    {
        // A handshake goes without a version, which it is there to settle; only a modern request states its own.
        var settled = message.Source.Is(MethodNames.Initialize) ? null : version;
        var stated = message.Source.TextOf(MetaMembers.Of(message.Source).ProtocolVersion) ?? settled;
        if (stated is null)
        {
            return;
        }

        request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", stated);
        if (!IsModern(stated) || message.Source.IsAnswer)
        {
            return;
        }

        request.Headers.TryAddWithoutValidation("Mcp-Method", message.Source.Method);
        if ((message.Request?.Name ?? NameOf(message.Source)) is { } name)
        {
            request.Headers.TryAddWithoutValidation("Mcp-Name", HeaderValue.Encode(name));
        }

        foreach (var (header, value) in message.Request?.ParameterHeaders ?? [])
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }
    }

    /// <summary>What <c>Mcp-Name</c> mirrors for a request; null when its method has nothing to mirror.</summary>
    public static string? NameOf(JsonRpcFrame request) => request.Method switch
    {
        MethodNames.ToolsCall or MethodNames.PromptsGet => request.TextOf(request.Members.Name),
        MethodNames.ResourcesRead => request.TextOf(request.Members.Uri),
        "tasks/get" or "tasks/update" or "tasks/cancel" => request.TextOf(request.Members.TaskId),
        _ => null,
    };
}
