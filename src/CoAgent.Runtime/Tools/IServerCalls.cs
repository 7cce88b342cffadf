namespace CoAgent.Runtime.Tools;

/// <summary>Calls of our own to a foreign server: what captures and inverses ask of it.</summary>
public interface IServerCalls
{
    /// <summary>Makes a call on the way of another one: the connection of that call's agent while it lives, else the daemon's own.</summary>
    /// <param name="onBehalfOf">The call that is captured or taken back: it says the server.</param>
    /// <param name="tool">What the server calls the tool.</param>
    /// <param name="argumentsUtf8">Its arguments: a JSON object.</param>
    /// <param name="cancellationToken">Ends it.</param>
    ValueTask<Execution> CallAsync(
        NamedCall onBehalfOf, string tool, ReadOnlyMemory<byte> argumentsUtf8, CancellationToken cancellationToken);
}
