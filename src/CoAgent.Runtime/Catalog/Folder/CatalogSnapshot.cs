using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>What the two catalogs said at one time.</summary>
/// <param name="Profiles">The profiles by name, the workspace's manifests in place of the others'.</param>
/// <param name="Faults">What is wrong with files, each with its place.</param>
public sealed record CatalogSnapshot(ImmutableSortedDictionary<string, CatalogedProfile> Profiles, ImmutableArray<CatalogFault> Faults)
{
    /// <summary>A catalog without a profile.</summary>
    public static CatalogSnapshot Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, CatalogedProfile>(StringComparer.Ordinal), []);

    /// <summary>Every tool, in the order of the names.</summary>
    public IEnumerable<CatalogedTool> Tools => Profiles.Values.SelectMany(static profile => profile.Tools.Values);

    /// <summary>The profile of a server: the one that the configuration names, else the one that goes by the server's own name.</summary>
    /// <param name="profile">What the configuration says; null when it says nothing.</param>
    /// <param name="ownName">The name that the server gives itself; null when it gives none.</param>
    public CatalogedProfile? Of(string? profile, string? ownName) => profile is not null
        ? Profiles.GetValueOrDefault(profile)
        : ownName is not null
            ? Profiles.Values.FirstOrDefault(one => one.Manifest.Servers.Contains(ownName))
                ?? (Profiles.GetValueOrDefault(ownName) is { IsOfCommands: false } named ? named : null)
            : null;

    /// <summary>A tool by its name in the catalog; null when there is none.</summary>
    public CatalogedTool? Find(CatalogName name) => Profiles.GetValueOrDefault(name.Profile)?.Tools.GetValueOrDefault(name.Tool);
}

/// <summary>A profile and its tools.</summary>
/// <param name="Manifest">Whose tools they are.</param>
/// <param name="Text">The profile's file, as it is written.</param>
/// <param name="Tools">The tools by the server's names.</param>
public sealed record CatalogedProfile(
    ProfileManifest Manifest, string Text, ImmutableSortedDictionary<string, CatalogedTool> Tools)
{
    /// <summary>Its name.</summary>
    public string Name => Manifest.Profile;

    /// <summary>Whether its tools are commands that CoAgent runs: no server goes by its name.</summary>
    public bool IsOfCommands => !Tools.IsEmpty && Tools.Values.All(static tool => !tool.Manifest.Exec.IsEmpty);

    /// <summary>The full path of its file; of one of its manifests where it has none.</summary>
    public required string File { get; init; }

    /// <summary>The tools whose manifests have faults: they are unknown, with the first fault of each.</summary>
    public ImmutableSortedDictionary<string, CatalogFault> Broken { get; init; } =
        ImmutableSortedDictionary.Create<string, CatalogFault>(StringComparer.Ordinal);

    /// <summary>Differs when the profile, a manifest or what a lock says of one does.</summary>
    internal string Fingerprint
    {
        get
        {
            var text = new StringBuilder(Text).Append('\0').AppendJoin(',', Broken.Keys);
            foreach (var tool in Tools.Values)
            {
                text.Append('\n').Append(tool.Name).Append(' ').Append(tool.Digest).Append(' ').Append(tool.IsChanged).Append(' ').Append(tool.File);
                foreach (var entry in tool.Entries)
                {
                    text.Append(' ').Append(entry.Trust).Append(' ').AppendJoin(' ', entry.Definitions.Keys);
                }
            }

            return text.ToString();
        }
    }

    /// <summary>The profile's own part of what its manifests mean: a change of it changes them all.</summary>
    public static string MeaningOf(ProfileManifest profile)
    {
        var meaning = new StringBuilder().Append(profile.Paths).Append('\n');
        foreach (var (name, value) in profile.Values)
        {
            meaning.Append(name).Append(' ').Append(value switch
            {
                ProfileValue.Literal literal => $"literal {literal.Value.GetRawText()}",
                ProfileValue.Environment variable => $"environment {variable.Variable} {variable.Default}",
                ProfileValue.Run run => $"run {string.Join('\0', run.Arguments)}",
                ProfileValue.Argument argument => $"argument {argument.Index}",
                _ => throw new InvalidOperationException("A value is one of four kinds."),
            }).Append(value.IsOverridable ? " overridable\n" : "\n");
        }

        return meaning.ToString();
    }
}

/// <summary>A manifest of the catalog.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Manifest">What it says.</param>
/// <param name="Digest">The digest of its text and of what its profile adds to its meaning.</param>
public sealed record CatalogedTool(CatalogName Name, ToolManifest Manifest, ContentId Digest)
{
    /// <summary>The full path of its file.</summary>
    public required string File { get; init; }

    /// <summary>Its file, as it is written.</summary>
    public required string Text { get; init; }

    /// <summary>Which catalog it is in.</summary>
    public required CatalogOrigin Origin { get; init; }

    /// <summary>The names that its templates begin with.</summary>
    public ImmutableArray<NameUse> Uses { get; init; } = [];

    /// <summary>What locks say of exactly this manifest, the workspace's first.</summary>
    public ImmutableArray<LockEntry> Entries { get; init; } = [];

    /// <summary>Whether a lock speaks of another manifest under its name, and none of this.</summary>
    public bool IsChanged { get; init; }

    /// <summary>How far it is trusted, whatever its server says.</summary>
    public TrustLevel Trust => Entries.IsEmpty ? TrustLevel.Draft : Entries[0].Trust;

    /// <summary>The names in its templates that mean nothing, where its tool takes these arguments.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="arguments">The arguments' names; null where nobody knows them.</param>
    public ImmutableArray<CatalogFault> NameFaults(ProfileManifest profile, ImmutableHashSet<string>? arguments) =>
        NameUse.FaultsOf(Uses, File, Manifest, profile, arguments);

    /// <summary>The digest of a manifest.</summary>
    /// <param name="profile">Its profile.</param>
    /// <param name="text">Its file; how lines end does not count.</param>
    public static ContentId DigestOf(ProfileManifest profile, string text) => ContentId.Of(
        Encoding.UTF8.GetBytes($"{CatalogedProfile.MeaningOf(profile)}\0{text.ReplaceLineEndings("\n")}"));
}
