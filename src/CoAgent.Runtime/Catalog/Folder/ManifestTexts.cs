using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>Reads the texts of manifests, with faults that name their file.</summary>
internal static class ManifestTexts
{
    public static (ToolManifest? Manifest, ImmutableArray<CatalogFault> Faults) ReadTool(string file, string text) => throw new NotSupportedException(file + text);

    public static (ProfileManifest? Profile, ImmutableArray<CatalogFault> Faults) ReadProfile(string file, string text) => throw new NotSupportedException(file + text);
}
