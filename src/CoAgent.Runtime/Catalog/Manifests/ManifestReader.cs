using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Reads manifests as people write them (docs/catalog.md); whatever is wrong with one is told at once, with its place.</summary>
public static class ManifestReader
{
    /// <summary>How many entries a footprint has, and how many members a map.</summary>
    public const int EntriesMax = 1_000;

    /// <summary>How many steps stand in one list, and how many examples.</summary>
    public const int StepsMax = 100;

    /// <summary>Reads the manifest of a tool.</summary>
    /// <param name="file">The file's name, as faults tell it.</param>
    /// <param name="text">Its content.</param>
    public static ManifestReading<ToolManifest> ReadTool(string file, string text) =>
        Read(file, text, static section => new ToolReader(section).Read());

    /// <summary>Reads the manifest of a profile.</summary>
    /// <param name="file">The file's name, as faults tell it.</param>
    /// <param name="text">Its content.</param>
    public static ManifestReading<ProfileManifest> ReadProfile(string file, string text) =>
        Read(file, text, static section => new ProfileReader(section).Read());

    private static ManifestReading<T> Read<T>(string file, string text, Func<ManifestSection, T?> read)
        where T : class
    {
        var findings = new ManifestFindings(file);
        var manifest = ManifestText.Parse(text, findings) is { } map ? read(new ManifestSection(map, key: "", findings)) : null;
        return findings.HasFaults ? new ManifestReading<T>(Manifest: null, findings.Faults) : new ManifestReading<T>(manifest, []) { Uses = findings.Uses };
    }
}

/// <summary>What reading a manifest came to.</summary>
/// <param name="Manifest">The manifest; null where it has faults.</param>
/// <param name="Faults">Every fault, in the order of the file.</param>
/// <typeparam name="T">Which kind of manifest.</typeparam>
public sealed record ManifestReading<T>(T? Manifest, ImmutableArray<CatalogFault> Faults)
    where T : class
{
    /// <summary>The names that its templates begin with: whether they mean something depends on the profile and on the server, too.</summary>
    public ImmutableArray<NameUse> Uses { get; init; } = [];
}
