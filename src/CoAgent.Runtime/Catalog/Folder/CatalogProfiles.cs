using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Makes who carries the manifests of a server out.</summary>
/// <param name="server">The server.</param>
/// <param name="profile">Whose tools they are.</param>
/// <param name="tools">The manifests, by the server's names.</param>
public delegate IToolProfile ManifestsOfServer(
    ForeignServer server, ProfileManifest profile, IReadOnlyDictionary<string, ToolManifest> tools);

/// <summary>The servers that the catalog describes, as it does now; and as it did, for what was captured then.</summary>
/// <remarks>
/// One object for one server and one state of its profile: who has declared a call with it goes on with it, while the next call
/// gets what the catalog says by then.
/// </remarks>
/// <param name="catalog">The catalog.</param>
/// <param name="make">Carries manifests out.</param>
/// <param name="contents">Where captured contents are found again.</param>
public sealed class CatalogProfiles(ToolCatalog catalog, ManifestsOfServer make, IContentSource contents) : IToolProfiles
{
    /// <summary>How many former states are kept; of more, they are read again when they are needed.</summary>
    public const int FormerMax = 256;

    private readonly ConcurrentDictionary<ForeignServer, CataloguedServer> _now = new();
    private readonly ConcurrentDictionary<(ForeignServer Server, CaptureEnvelope Envelope), CataloguedServer> _former = new();

    /// <inheritdoc/>
    public IToolProfile? Find(ForeignServer server) => FindNow(server);

    /// <inheritdoc/>
    public async ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken)
    {
        if (CaptureEnvelope.Of(captured.Before) is not { } envelope)
        {
            return FindNow(server);
        }

        if (FindNow(server) is { } now && now.Has(envelope))
        {
            return now;
        }

        if (_former.TryGetValue((server, envelope), out var former))
        {
            return former;
        }

        if (_former.Count >= FormerMax)
        {
            _former.Clear();
        }

        return await ReadAsync(server, envelope, cancellationToken) is { } read ? _former.GetOrAdd((server, envelope), read) : null;
    }

    private CataloguedServer? FindNow(ForeignServer server)
    {
        if (catalog.Current.Of(server.Profile, server.OwnName) is not { } profile)
        {
            return null;
        }

        return _now.TryGetValue(server, out var known) && ReferenceEquals(known.Profile, profile)
            ? known
            : _now[server] = Make(server, profile);
    }

    private CataloguedServer Make(ForeignServer server, CatalogedProfile profile) => new(
        server, profile,
        make(server, profile.Manifest, profile.Tools.ToImmutableDictionary(
            static pair => pair.Key, static pair => pair.Value.Manifest, StringComparer.Ordinal)));

    // What was captured by a manifest that is gone since was read by us before: it has no faults, unless the format has changed.
    private async ValueTask<CataloguedServer?> ReadAsync(ForeignServer server, CaptureEnvelope envelope, CancellationToken cancellationToken)
    {
        string manifestText, profileText;
        try
        {
            manifestText = Encoding.UTF8.GetString((await contents.ReadAsync(envelope.Manifest, cancellationToken)).Span);
            profileText = Encoding.UTF8.GetString((await contents.ReadAsync(envelope.Profile, cancellationToken)).Span);
        }
        catch (KeyNotFoundException)
        {
            return null;
        }

        const string Place = "the manifest of a captured call";
        var manifest = ManifestReader.ReadTool(Place, manifestText).Manifest;
        var profile = profileText.Length == 0
            ? new ProfileManifest { Profile = server.Profile ?? server.OwnName ?? server.Name }
            : ManifestReader.ReadProfile(Place, profileText).Manifest;
        if (manifest is null || profile is null)
        {
            return null;
        }

        var tool = new CatalogedTool(new CatalogName(profile.Profile, manifest.Tool), manifest, CatalogedTool.DigestOf(profile, manifestText))
        {
            File = Place, Text = manifestText, Origin = CatalogOrigin.Workspace,
        };
        var tools = ImmutableSortedDictionary.Create<string, CatalogedTool>(StringComparer.Ordinal).Add(manifest.Tool, tool);
        return Make(server, new CatalogedProfile(profile, profileText, tools) { File = Place });
    }
}
