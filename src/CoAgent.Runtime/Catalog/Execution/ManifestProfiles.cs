using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>Makes who carries the manifests of servers out; one for a daemon.</summary>
/// <param name="ports">The world.</param>
public sealed class ManifestProfiles(ExecutionPorts ports)
{
    private readonly ProfileValues _values = new(ports.Programs);

    /// <summary>Who carries these manifests out for a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="profile">Whose tools they are.</param>
    /// <param name="tools">The manifests, by the server's names.</param>
    public IToolProfile Create(ForeignServer server, ProfileManifest profile, IReadOnlyDictionary<string, ToolManifest> tools) =>
        new ManifestProfile(server, tools, ports, new CallValues(server, profile, ports.Paths, _values));
}
