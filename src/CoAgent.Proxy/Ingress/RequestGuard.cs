using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>Whether a request may come in at all: from which page, to which host, with which token.</summary>
/// <remarks>
/// A page in a browser can make the browser send requests to a server on this machine (DNS rebinding), so a Host or Origin
/// that is not this machine's is refused before anything is read; the token keeps other users of the machine out.
/// </remarks>
internal sealed class RequestGuard
{
    private readonly byte[]? _token;
    private readonly bool _isLoopbackOnly;

    /// <param name="token">What clients must show; null only where the user has switched the token off.</param>
    /// <param name="isLoopbackOnly">Whether the daemon can be reached from this machine alone.</param>
    public RequestGuard(string? token, bool isLoopbackOnly)
    {
        _token = token is null ? null : Encoding.UTF8.GetBytes(token);
        _isLoopbackOnly = isLoopbackOnly;
    }

    /// <summary>Why a request is refused, with the HTTP status that says so; null when it may come in.</summary>
    public (int Status, string Message)? Refuse(HttpRequest request)
    {
        if (_isLoopbackOnly && !IsLoopback(request.Host.Host))
        {
            return (StatusCodes.Status403Forbidden, "Host is not this machine: use 127.0.0.1 or localhost.");
        }

        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || !(IsLoopback(page.Host) || IsOwnHost(request, page)))
            {
                return (StatusCodes.Status403Forbidden, "Origin is not allowed: pages of other sites may not use this server.");
            }
        }

        return _token is null || ShowsToken(request)
            ? null
            : (StatusCodes.Status401Unauthorized,
                "A token is required: send \"Authorization: Bearer TOKEN\" with the content of .coagent/token in the workspace.");
    }

    private static bool IsOwnHost(HttpRequest request, Uri page) =>
        string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private bool ShowsToken(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // Constant time: how long an answer takes must not tell how much of a guess was right.
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()), _token);
    }
}
