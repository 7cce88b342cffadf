using CoAgent.Trials.Support;
using CoAgent.Workspace;

namespace CoAgent.Trials.Agents;

/// <summary>An agent's way to its tools.</summary>
internal abstract class AgentLine : IAsyncDisposable
{
    /// <summary>Makes the handshake; an answer that is an error is left to the calls that follow.</summary>
    public virtual Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Calls a tool and waits for its answer.</summary>
    public abstract Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Over standard input and output: a bridge, or a server itself.</summary>
internal sealed class StdioLine(RawStdioClient client) : AgentLine
{
    /// <summary>The process at the other end.</summary>
    public TestProcess Process => client.Process;

    /// <inheritdoc/>
    public override Task OpenAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken) =>
        client.CallAsync(tool, arguments, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => client.DisposeAsync();
}

/// <summary>Over Streamable HTTP.</summary>
internal sealed class HttpLine(RawHttpClient client) : AgentLine
{
    /// <inheritdoc/>
    public override Task OpenAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken) =>
        client.CallAsync(tool, arguments, cancellationToken);

    /// <summary>Ends the session, so that the daemon keeps none that nobody needs.</summary>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await using var ended = await client.DeleteAsync(CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            // The daemon has gone, and the session with it.
        }

        client.Dispose();
    }
}

/// <summary>The built-in workspace tools in this process, with nothing between: for serial runs to compare with.</summary>
internal sealed class WorkspaceLine(string root) : AgentLine
{
    private readonly WorkspaceTools tools = new(new WorkspaceRoot(root), WorkspaceLimits.Default, TimeProvider.System);

    /// <inheritdoc/>
    public override async Task<RawMessage> CallAsync(string tool, string arguments, CancellationToken cancellationToken)
    {
        var answer = await tools.CallAsync(tool, System.Text.Json.JsonElement.Parse(arguments), cancellationToken);
        var text = System.Text.Json.JsonSerializer.Serialize(answer.Text);
        return RawMessage.Of(
            $$$"""{"id":1,"result":{"content":[{"type":"text","text":{{{text}}}}],"isError":{{{(answer.IsError ? "true" : "false")}}}}}""");
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        tools.Dispose();
        return ValueTask.CompletedTask;
    }
}
