using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Commands;

/// <summary>Where nobody has described any effect outside of files.</summary>
internal sealed class NoProfiles : IToolProfiles
{
    /// <inheritdoc/>
    public IToolProfile? Find(ForeignServer server) => null;

    /// <inheritdoc/>
    public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IToolProfile?>(null);
}
