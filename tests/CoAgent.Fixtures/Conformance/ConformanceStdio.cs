using ModelContextProtocol.Server;

namespace CoAgent.Fixtures.Conformance;

/// <summary>The conformance server over standard input and output.</summary>
internal static class ConformanceStdio
{
    public static async Task<int> RunAsync(ConformanceServer conformance, CancellationToken cancellationToken)
    {
        await using var transport = new StdioServerTransport("coagent-conformance-fixture");
        await using var server = McpServer.Create(transport, conformance.Options);
        conformance.Changes.Join(server);
        await server.RunAsync(cancellationToken);
        return 0;
    }
}
