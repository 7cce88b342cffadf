using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.Cli.Catalog;

/// <summary>Manifests that are looked at and not carried out.</summary>
internal static class ManifestsInWords
{
    /// <summary>Binds what calls touch.</summary>
    public static IToolProfile Make(ForeignServer server, ProfileManifest profile, IReadOnlyDictionary<string, ToolManifest> tools) =>
        throw new NotSupportedException($"{server} {profile} {tools}");
}
