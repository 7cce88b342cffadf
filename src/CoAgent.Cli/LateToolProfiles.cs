using CoAgent.Runtime.Tools;

namespace CoAgent.Cli;

/// <summary>The manifests of the catalog, once the catalog is open; until then nobody has described anything.</summary>
internal sealed class LateToolProfiles : IToolProfiles
{
    private IToolProfiles? _profiles;

    /// <summary>The catalog is open.</summary>
    public void Use(IToolProfiles profiles) => _profiles = profiles;

    /// <inheritdoc/>
    public IToolProfile? Find(ForeignServer server) => _profiles?.Find(server);

    /// <inheritdoc/>
    public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
        _profiles?.FindAsync(server, captured, cancellationToken) ?? ValueTask.FromResult<IToolProfile?>(null);
}
