using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Puts one profile together from the folders that have it: the later folder's manifests win, tool by tool.</summary>
internal sealed class ProfileMerge(string name, IReadOnlyList<ReadFolder> folders, Func<FolderFile, ParsedTool> parse)
{
    private readonly Dictionary<string, (FolderFile File, ToolManifest Manifest, CatalogOrigin Origin)> _tools = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CatalogFault> _broken = new(StringComparer.Ordinal);

    /// <summary>The profile; null where the file that says whose tools they are has faults.</summary>
    public CatalogedProfile? Merge(List<CatalogFault> faults)
    {
        var (file, profile) = ReadProfile(faults);
        if (profile is null)
        {
            return null;
        }

        foreach (var folder in folders)
        {
            Take(folder, faults);
        }

        var tools = _tools.ToImmutableSortedDictionary(static pair => pair.Key, pair => ToolOf(profile, pair.Value), StringComparer.Ordinal);
        return new CatalogedProfile(profile, file?.Text ?? "", tools)
        {
            File = file?.Path ?? tools.Values.Select(static tool => tool.File).FirstOrDefault(""),
            Broken = _broken.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    // A folder without the file is a profile of its own name.
    private (FolderFile? File, ProfileManifest? Profile) ReadProfile(List<CatalogFault> faults)
    {
        var file = folders.Reverse().SelectMany(folder => Files(folder)).FirstOrDefault(static file => file.IsProfile);
        if (file is null)
        {
            return (null, new ProfileManifest { Profile = name });
        }

        var (profile, wrong) = ManifestReader.ReadProfile(file.Path, file.Text);
        faults.AddRange(wrong);
        if (profile is null || profile.Profile == name)
        {
            return (file, profile);
        }

        faults.Add(new CatalogFault(file.Path, Line: null, "profile", $"is {profile.Profile} and must be the folder's name, {name}."));
        return (file, null);
    }

    private void Take(ReadFolder folder, List<CatalogFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Files(folder).Where(static file => !file.IsProfile))
        {
            var parsed = parse(file);
            faults.AddRange(parsed.Faults);
            if (parsed.Manifest is not { } manifest)
            {
                var tool = FolderContent.ToolOf(file.Path);
                _broken[tool] = parsed.Faults.FirstOrDefault(CatalogFault.OfFile(file.Path, "cannot be read."));
                _tools.Remove(tool);
            }
            else if (seen.Add(manifest.Tool))
            {
                _tools[manifest.Tool] = (file, manifest, folder.Origin);
                _broken.Remove(manifest.Tool);
            }
            else
            {
                faults.Add(new CatalogFault(
                    file.Path, Line: null, "tool", $"is {manifest.Tool} as in {Path.GetFileName(_tools[manifest.Tool].File.Path)}; keep one of the two."));
            }
        }
    }

    private CatalogedTool ToolOf(ProfileManifest profile, (FolderFile File, ToolManifest Manifest, CatalogOrigin Origin) taken)
    {
        var key = new CatalogName(name, taken.Manifest.Tool);
        var digest = CatalogedTool.DigestOf(profile, taken.File.Text);
        var spoken = folders.Reverse().Select(folder => folder.Lock.Entries.GetValueOrDefault(key)).OfType<LockEntry>().ToArray();
        ImmutableArray<LockEntry> entries = [.. spoken.Where(entry => entry.Manifest == digest)];
        return new CatalogedTool(key, taken.Manifest, digest)
        {
            File = taken.File.Path,
            Text = taken.File.Text,
            Origin = taken.Origin,
            Entries = entries,
            IsChanged = entries.IsEmpty && spoken.Length > 0,
        };
    }

    private ImmutableArray<FolderFile> Files(ReadFolder folder) =>
        folder.Profiles.TryGetValue(name, out var files) ? files : [];
}
