using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Puts one profile together from the folders that have it: the later folder's manifests win, tool by tool.</summary>
internal sealed class ProfileMerge(string name, IReadOnlyList<ReadFolder> folders, Func<FolderFile, ParsedTool> parse)
{
    private readonly Dictionary<string, TakenTool> _tools = new(StringComparer.Ordinal);
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

        var tools = _tools.Values.Select(taken => ToolOf(profile, taken)).Where(tool => !IsFaulty(tool, profile, faults))
            .ToImmutableSortedDictionary(static tool => tool.Name.Tool, static tool => tool, StringComparer.Ordinal);
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
                _tools[manifest.Tool] = new TakenTool(file, manifest, parsed.Uses, folder.Origin);
                _broken.Remove(manifest.Tool);
            }
            else
            {
                faults.Add(new CatalogFault(
                    file.Path, Line: null, "tool", $"is {manifest.Tool} as in {Path.GetFileName(_tools[manifest.Tool].File.Path)}; keep one of the two."));
            }
        }
    }

    // Which names mean something depends on the profile, and on what the server was found to list.
    private bool IsFaulty(CatalogedTool tool, ProfileManifest profile, List<CatalogFault> faults)
    {
        var wrong = tool.NameFaults(profile, tool.Manifest.ArgumentNames);
        faults.AddRange(wrong);
        if (!wrong.IsEmpty)
        {
            _broken[tool.Name.Tool] = wrong[0];
        }

        return !wrong.IsEmpty;
    }

    private CatalogedTool ToolOf(ProfileManifest profile, TakenTool taken)
    {
        var key = new CatalogName(name, taken.Manifest.Tool);
        var digest = CatalogedTool.DigestOf(profile, taken.File.Text);
        var spoken = folders.Reverse().Select(folder => folder.Lock.Entries.GetValueOrDefault(key)).OfType<LockEntry>().ToArray();
        ImmutableArray<LockEntry> entries = [.. spoken.Where(entry => entry.Manifest == digest)];
        return new CatalogedTool(key, taken.Manifest with { ArgumentNames = taken.Manifest.ArgumentNames ?? ArgumentsOf(entries) }, digest)
        {
            Uses = taken.Uses,
            File = taken.File.Path,
            Text = taken.File.Text,
            Origin = taken.Origin,
            Entries = entries,
            IsChanged = entries.IsEmpty && spoken.Length > 0,
        };
    }

    // Of several definitions that the manifest was made for, each may have some of its own.
    private static ImmutableHashSet<string>? ArgumentsOf(ImmutableArray<LockEntry> entries)
    {
        var declared = entries.SelectMany(static entry => entry.Definitions.Values).Select(static one => one.Definition.ArgumentNames).ToArray();
        return declared.Length == 0 || declared.Contains(null) ? null : [.. declared.SelectMany(static names => names!)];
    }

    private ImmutableArray<FolderFile> Files(ReadFolder folder) =>
        folder.Profiles.TryGetValue(name, out var files) ? files : [];

    private sealed record TakenTool(FolderFile File, ToolManifest Manifest, ImmutableArray<NameUse> Uses, CatalogOrigin Origin);
}
