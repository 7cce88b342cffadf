using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>The profiles of servers, once they can call servers themselves: whoever reaches servers has to know them first.</summary>
internal sealed class LateProfiles : IToolProfiles
{
    private IToolProfiles? _profiles;

    private IToolProfiles Profiles => _profiles ?? throw new InvalidOperationException("The profiles are wired before the first call.");

    /// <summary>They can.</summary>
    public void Use(IToolProfiles profiles) => _profiles = profiles;

    /// <inheritdoc/>
    public IToolProfile? Find(ForeignServer server) => Profiles.Find(server);

    /// <inheritdoc/>
    public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
        Profiles.FindAsync(server, captured, cancellationToken);
}
