using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CoAgent.Proxy.Hosting;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Cli;

/// <summary>What a command asks of a running daemon, and how it says so when there is none.</summary>
internal sealed class DaemonRequests(DaemonRecord record)
{
    /// <summary>The daemon that is asked.</summary>
    public DaemonRecord Record => record;

    /// <summary>The daemon of a workspace.</summary>
    /// <exception cref="CommandException">None runs.</exception>
    public static async Task<DaemonRequests> OfAsync(WorkspaceFolder workspace, CancellationToken cancellationToken) =>
        await TryOfAsync(workspace, cancellationToken)
        ?? throw new CommandException($"no daemon runs for {workspace.Root}. Start one: coagent serve --workspace {workspace.Root}");

    /// <summary>The daemon of a workspace; null when none runs.</summary>
    public static async Task<DaemonRequests?> TryOfAsync(WorkspaceFolder workspace, CancellationToken cancellationToken) =>
        await DaemonLauncher.FindAsync(workspace, cancellationToken) is { } record ? new DaemonRequests(record) : null;

    /// <summary>What the daemon tells of itself, as JSON.</summary>
    public Task<string> StatusAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "/status", content: null, cancellationToken);

    /// <summary>Gives the daemon an order.</summary>
    /// <returns>Its answer, as JSON.</returns>
    /// <exception cref="CommandException">It does not do it; the message says why.</exception>
    public Task<string> OrderAsync<T>(string path, T order, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(order, type), cancellationToken);

    private async Task<string> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        // The daemon is on this machine: neither the request nor its token is a proxy's affair. An order takes as long as what it undoes.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(method, new Uri(record.Url, path)) { Content = content };
        if (File.Exists(record.TokenFile))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TokenFile.Read(record.TokenFile));
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? body : throw new CommandException(Refusal(body, (int)response.StatusCode));
        }
        catch (HttpRequestException error)
        {
            throw new CommandException($"the daemon (process {record.Pid}) does not answer at {record.Url}: {error.Message}");
        }
    }

    private static string Refusal(string body, int status)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, OperatorJson.Default.OperatorRefusal) is { } refusal)
            {
                return refusal.Message;
            }
        }
        catch (JsonException)
        {
            // An older daemon, or the guard in front of it: the number has to do.
        }

        return $"the daemon answered {status}; its log is .coagent/daemon.log.";
    }
}
