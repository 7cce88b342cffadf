using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>One session of an older client: the server that answers it, from <c>initialize</c> to DELETE.</summary>
internal sealed class LegacySession : IAsyncDisposable
{
    private readonly CancellationTokenSource closing = new();
    private readonly ChangeFeed changes;
    private readonly McpServer server;
    private readonly Task running;
    private int getStreamCount;

    public LegacySession(string id, ConformanceServer conformance)
    {
        changes = conformance.Changes;
        Transport = new StreamableHttpServerTransport { SessionId = id };
        server = McpServer.Create(Transport, conformance.Options);
        changes.Join(server);
        running = server.RunAsync(closing.Token);
    }

    public StreamableHttpServerTransport Transport { get; }

    /// <summary>True for the first stream alone; the transport serves one.</summary>
    public bool TryTakeGetStream() => Interlocked.Increment(ref getStreamCount) == 1;

    public async ValueTask DisposeAsync()
    {
        changes.Leave(server);
        await closing.CancelAsync();
        await Transport.DisposeAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // That is how a session ends.
        }

        await server.DisposeAsync();
        closing.Dispose();
    }
}
