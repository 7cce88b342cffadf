using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Foreign;

/// <summary>The file servers of others whose tools are described here.</summary>
/// <remarks>A server is found by what the configuration says it is, else by the name that it gives itself.</remarks>
/// <param name="contents">Where captured contents are found again.</param>
public sealed class FileToolProfiles(IContentSource contents) : IToolProfiles
{
    private const string Profile = "server-filesystem";

    // Profiles know what paths were before; one that is asked for again must know it still.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IToolProfile?> _known = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IToolProfile? Find(ForeignServer server)
    {
        var name = server.Profile ?? server.OwnName;
        return name is Profile or FilesystemServer.OwnName && server.WorkingDirectory is { } directory
            ? _known.GetOrAdd(string.Join('\0', [directory, .. server.Arguments]), _ => Create(server, directory))
            : null;
    }

    /// <inheritdoc/>
    public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Find(server));

    private FileToolProfile? Create(ForeignServer server, string directory) =>
        FilesystemServer.TryCreate(server.Arguments, directory) is { } described ? new FileToolProfile(described, contents) : null;
}
