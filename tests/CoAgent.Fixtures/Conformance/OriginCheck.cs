using Microsoft.AspNetCore.Http;

namespace CoAgent.Fixtures.Conformance;

/// <summary>Refuses requests that a web page of another host makes (DNS rebinding).</summary>
internal static class OriginCheck
{
    public static bool IsLocal(HttpRequest request) =>
        IsLocalHost(request.Host.Host)
        && (request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLocalHost(uri.Host)));

    private static bool IsLocalHost(string host) => host is "localhost" or "127.0.0.1" or "[::1]";
}
