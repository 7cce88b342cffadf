using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>A name that a template of a manifest begins with, and where it stands.</summary>
/// <param name="Name">The name.</param>
/// <param name="Key">The member that holds the template, such as <c>footprint.writes[0]</c>.</param>
/// <param name="Line">Its line, counted from 1.</param>
public sealed record NameUse(string Name, string Key, int Line)
{
    /// <summary>The one name that means something in a trial: its folder.</summary>
    public const string TrialRoot = "root";

    /// <summary>The names that mean nothing: no argument, no value of the profile, and saved by no step.</summary>
    /// <param name="uses">The names of a manifest.</param>
    /// <param name="file">The manifest's file, as faults tell it.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="profile">Its profile.</param>
    /// <param name="arguments">The arguments that the tool takes; null where nobody knows them: then each name may be one.</param>
    public static ImmutableArray<CatalogFault> FaultsOf(
        ImmutableArray<NameUse> uses, string file, ToolManifest manifest, ProfileManifest profile, ImmutableHashSet<string>? arguments)
    {
        if (arguments is null)
        {
            return [];
        }

        var known = arguments.Union(manifest.SavedNames).Union(profile.Values.Keys);
        return
        [
            .. uses.Where(use => !known.Contains(use.Name)).Select(use => new CatalogFault(
                file, use.Line, use.Key,
                $"names {Spelling.Shown(use.Name)}, which is no argument of the tool, no value of the profile, and saved by no step."
                    + Spelling.Hint(use.Name, [.. known.Order(StringComparer.Ordinal)]))),
        ];
    }
}
