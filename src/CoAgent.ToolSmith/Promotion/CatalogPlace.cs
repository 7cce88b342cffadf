using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Survey;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>The workspace's catalog, as what is grown is put into it and found again.</summary>
/// <param name="folders">The catalogs.</param>
/// <param name="time">The clock.</param>
internal sealed class CatalogPlace(Func<CatalogFolders> folders, TimeProvider time)
{
    /// <summary>What the catalogs say now.</summary>
    internal CatalogSnapshot Now => ToolCatalog.Read(folders());

    /// <summary>The offered tool that does what a pipeline does, with the arguments by which it does; null where there is none.</summary>
    internal (CatalogedTool Tool, System.Text.Json.JsonElement Arguments)? Covering(CommandUnit unit)
    {
        foreach (var tool in CommandTools.Offered(Now))
        {
            if (ToolMatch.Of(tool.Manifest)?.ArgumentsFor(unit) is { } arguments)
            {
                return (tool, arguments);
            }
        }

        return null;
    }

    /// <summary>The manifest that a known effect names: <c>kubectl/set-image</c>; null where the catalogs have none.</summary>
    internal CatalogedTool? Named(string name) => Now.Tools.FirstOrDefault(
        tool => $"{tool.Name}" == name || tool.File.EndsWith($"/{name}.yaml", StringComparison.Ordinal));

    /// <summary>The profile that a tool is put into.</summary>
    internal ProfileManifest ProfileOf(string name) => Now.Profiles.GetValueOrDefault(name)?.Manifest ?? new ProfileManifest { Profile = name };

    /// <summary>The manifests beside a tool.</summary>
    internal ImmutableSortedDictionary<string, ToolManifest> Beside(string profile) => Now.Profiles.GetValueOrDefault(profile)?.Tools
        .ToImmutableSortedDictionary(static one => one.Key, static one => one.Value.Manifest, StringComparer.Ordinal)
        ?? ImmutableSortedDictionary.Create<string, ToolManifest>(StringComparer.Ordinal);

    /// <summary>A name that no other tool of ours has; that of a draft that runs the same, which is drafted anew.</summary>
    /// <param name="drafted">The tool, by the name that it would have.</param>
    /// <param name="own">The name that it has already; null where it is new.</param>
    internal string FreeName(ToolManifest drafted, string? own)
    {
        own ??= Now.Tools.FirstOrDefault(tool => tool is { Origin: CatalogOrigin.Workspace, Trust: TrustLevel.Draft } && RunsTheSame(tool.Manifest, drafted))?.Name.Tool;
        var taken = Now.Tools.Where(static tool => !tool.Manifest.Exec.IsEmpty).Select(static tool => tool.Name.Tool).Where(name => name != own).ToHashSet(StringComparer.Ordinal);
        return own ?? ParameterNames.Free(drafted.Tool, taken);
    }

    private static bool RunsTheSame(ToolManifest one, ToolManifest other) =>
        one.Exec is [Step.Run run] && other.Exec is [Step.Run drafted] && run.Arguments.SequenceEqual(drafted.Arguments);

    /// <summary>Puts a tried tool where it belongs: trusted, as a draft, or in quarantine with the evidence.</summary>
    /// <exception cref="CatalogException">It cannot be written.</exception>
    internal GrownTool Put(string profile, TriedTool tried, GrownKind kind)
    {
        var catalog = new WorkspaceCatalog(folders().Workspace);
        var tool = tried.Manifest.Tool;
        var before = Now.Find(new CatalogName(profile, tool)) is { Origin: CatalogOrigin.Workspace } known ? known.Text : null;
        var text = before is null ? ManifestWriter.Write(tried.Manifest) : ManifestWriter.Write(tried.Manifest, before);
        var file = catalog.Draft(profile, ownName: null, tool, text, replaces: before)
            ?? throw new CatalogException($"there is another manifest of '{tool}' in the profile {profile} already");
        if (Now.Find(new CatalogName(profile, tool)) is not { } written)
        {
            throw new CatalogException($"the manifest of '{tool}' was written and is not found again: coagent catalog list");
        }

        var evidence = tried.Report.ToJson(time.GetUtcNow());
        if (tried.IsBroken)
        {
            var aside = catalog.Quarantine(written, evidence) ?? file;
            return new GrownTool(tool, profile, kind, GrownStatus.Quarantined) { ManifestFile = aside, Why = tried.Why };
        }

        if (tried.Why is null)
        {
            catalog.Trust(written, TrustLevel.Verified, [], evidence);
        }

        return new GrownTool(tool, profile, kind, tried.Why is null ? GrownStatus.Verified : GrownStatus.Draft) { ManifestFile = file, Why = tried.Why };
    }
}
