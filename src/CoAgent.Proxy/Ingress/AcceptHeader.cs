using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>What a client says it can read.</summary>
internal static class AcceptHeader
{
    public static bool TakesEvents(HttpRequest request) => Takes(request, "text/event-stream");

    public static bool TakesJson(HttpRequest request) => Takes(request, "application/json");

    // A client that says nothing takes anything.
    private static bool Takes(HttpRequest request, string mediaType)
    {
        var accept = request.Headers.Accept;
        if (accept.Count == 0)
        {
            return true;
        }

        foreach (var header in accept)
        {
            if (header is not null && (header.Contains(mediaType, StringComparison.OrdinalIgnoreCase)
                || header.Contains("*/*", StringComparison.Ordinal)
                || header.Contains(mediaType[..(mediaType.IndexOf('/', StringComparison.Ordinal) + 1)] + "*", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
