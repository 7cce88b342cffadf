using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Reads two catalogs into one snapshot, and again when they have changed: what has not changed stays the same object.</summary>
/// <remarks>
/// A manifest that cannot be read disables its tool and nothing else; a profile that cannot be read disables the profile. A lock
/// that cannot be read is taken as it was when it last could be.
/// </remarks>
internal sealed class CatalogReader
{
    private readonly Dictionary<string, ParsedTool> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CatalogLock> _locks = new(StringComparer.Ordinal);
    private CatalogSnapshot _last = CatalogSnapshot.Empty;

    /// <summary>Reads both.</summary>
    public CatalogSnapshot Read(CatalogFolders folders)
    {
        var faults = new List<CatalogFault>();
        var read = new List<ReadFolder>();
        if (folders.Shipped is { } shipped && shipped != folders.Workspace)
        {
            read.Add(Read(shipped, CatalogOrigin.Shipped, faults));
        }

        read.Add(Read(folders.Workspace, CatalogOrigin.Workspace, faults));
        var profiles = ImmutableSortedDictionary.CreateBuilder<string, CatalogedProfile>(StringComparer.Ordinal);
        foreach (var name in read.SelectMany(static folder => folder.Profiles.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            if (new ProfileMerge(name, read, ParseTool).Merge(faults) is { } profile)
            {
                profiles[name] = Same(profile);
            }
        }

        Forget(read);
        NoteRivals(profiles.ToImmutable(), faults);
        return _last = new CatalogSnapshot(profiles.ToImmutable(), [.. faults.Take(CatalogLimits.FaultsMax)]);
    }

    private ReadFolder Read(string folder, CatalogOrigin origin, List<CatalogFault> faults)
    {
        var content = FolderContent.Read(folder);
        faults.AddRange(content.Faults);
        return new ReadFolder(
            origin,
            content.Files.GroupBy(static file => file.Profile).ToDictionary(
                static group => group.Key, static group => group.ToImmutableArray(), StringComparer.Ordinal),
            LockOf(folder, content, faults));
    }

    private CatalogLock LockOf(string folder, FolderContent content, List<CatalogFault> faults)
    {
        if (content.Lock is not { } utf8)
        {
            return _locks[folder] = CatalogLock.Empty;
        }

        try
        {
            return _locks[folder] = CatalogLock.Parse(utf8);
        }
        catch (FormatException fault)
        {
            faults.Add(CatalogFault.OfFile(Path.Combine(folder, CatalogLock.FileName), fault.Message));
            return _locks.GetValueOrDefault(folder, CatalogLock.Empty);
        }
    }

    private ParsedTool ParseTool(FolderFile file)
    {
        if (!_tools.TryGetValue(file.Path, out var parsed) || parsed.Text != file.Text)
        {
            _tools[file.Path] = parsed = ParsedTool.Of(file);
        }

        return parsed;
    }

    private void Forget(List<ReadFolder> read)
    {
        var there = read.SelectMany(static folder => folder.Profiles.Values).SelectMany(static files => files)
            .Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _tools.Keys.Where(path => !there.Contains(path)).ToArray())
        {
            _tools.Remove(gone);
        }
    }

    private CatalogedProfile Same(CatalogedProfile profile) =>
        _last.Profiles.TryGetValue(profile.Name, out var before) && before.Fingerprint == profile.Fingerprint ? before : profile;

    private static void NoteRivals(ImmutableSortedDictionary<string, CatalogedProfile> profiles, List<CatalogFault> faults)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var profile in profiles.Values)
        {
            foreach (var server in profile.Manifest.Servers.Where(server => !owners.TryAdd(server, profile.Name)))
            {
                faults.Add(new CatalogFault(
                    profile.File, Line: null, "servers",
                    $"names {server}, which goes by the profile {owners[server]}; say in the configuration which is meant (\"profile\")."));
            }
        }
    }
}

/// <summary>One folder as it was read.</summary>
internal sealed record ReadFolder(
    CatalogOrigin Origin, IReadOnlyDictionary<string, ImmutableArray<FolderFile>> Profiles, CatalogLock Lock);

/// <summary>What reading a manifest's file came to.</summary>
/// <param name="Text">The file.</param>
/// <param name="Manifest">The manifest; null where it has faults.</param>
/// <param name="Faults">What is wrong with it.</param>
/// <param name="Uses">The names that its templates begin with.</param>
internal sealed record ParsedTool(string Text, ToolManifest? Manifest, ImmutableArray<CatalogFault> Faults, ImmutableArray<NameUse> Uses)
{
    public static ParsedTool Of(FolderFile file)
    {
        var reading = ManifestReader.ReadTool(file.Path, file.Text);
        return new ParsedTool(file.Text, reading.Manifest, reading.Faults, reading.Uses);
    }
}
