using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>Checks that the headers of a modern request say the same as its body (MCP 2026-07-28, "Server Validation").</summary>
internal static class ModernHeaders
{
    private const string VersionHeader = "MCP-Protocol-Version";

    /// <summary>Whether a request is of the modern era, by its header or its body.</summary>
    public static bool Apply(HttpRequest request, JsonRpcFrame frame) =>
        MirrorHeaders.IsModern(request.Headers[VersionHeader]) || MetaMembers.Of(frame).ProtocolVersion.Exists;

    /// <summary>What is wrong with a modern message; null when nothing is.</summary>
    public static (int Code, string Message)? Fault(HttpRequest request, JsonRpcFrame frame)
    {
        var meta = MetaMembers.Of(frame);
        var stated = frame.TextOf(meta.ProtocolVersion);
        var header = request.Headers[VersionHeader].ToString().Trim();
        if (header.Length == 0)
        {
            return Mismatch("The header MCP-Protocol-Version is missing.");
        }

        if (frame.Kind == FrameKind.Request && stated is null)
        {
            return (JsonRpcError.InvalidParams, $"\"_meta\" lacks \"{MetaMembers.ProtocolVersionKey}\".");
        }

        if (stated is not null && stated != header)
        {
            return Mismatch($"The header MCP-Protocol-Version says '{header}' and the body '{stated}'.");
        }

        if (frame.Kind == FrameKind.Request && !meta.ClientCapabilities.Exists)
        {
            return (JsonRpcError.InvalidParams, $"\"_meta\" lacks \"{MetaMembers.ClientCapabilitiesKey}\".");
        }

        return frame.Kind == FrameKind.Request ? MirrorFault(request, frame) : null;
    }

    private static (int Code, string Message)? MirrorFault(HttpRequest request, JsonRpcFrame frame)
    {
        var method = request.Headers["Mcp-Method"].ToString().Trim();
        if (method != frame.Method)
        {
            return Mismatch(method.Length == 0
                ? "The header Mcp-Method is missing."
                : $"The header Mcp-Method says '{method}' and the body '{frame.Method}'.");
        }

        if (MirrorHeaders.NameOf(frame) is not { } name)
        {
            return null;
        }

        var shown = request.Headers["Mcp-Name"].ToString().Trim();
        return shown.Length == 0 ? Mismatch("The header Mcp-Name is missing.")
            : HeaderValue.Decode(shown) != name ? Mismatch("The header Mcp-Name does not say what the body says.")
            : null;
    }

    private static (int Code, string Message)? Mismatch(string message) => (JsonRpcError.HeaderMismatch, message);
}
