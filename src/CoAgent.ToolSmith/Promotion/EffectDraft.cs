using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Drafting;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>The tool of commands whose effect outside of files a manifest of the catalog describes already: that manifest, tried on what was seen.</summary>
internal static class EffectDraft
{
    /// <summary>The draft.</summary>
    /// <param name="effect">The effect of the first example.</param>
    /// <param name="examples">What was seen.</param>
    /// <param name="place">The catalog.</param>
    /// <param name="look">Says the effects of the other examples.</param>
    internal static Drafted Of(KnownEffect effect, ImmutableArray<SeenUnit> examples, CatalogPlace place, CommandLook look)
    {
        if (place.Named(effect.Manifest) is not { Manifest: { Exec.IsEmpty: false, Input: not null } } tool)
        {
            return new Drafted.NotPossible($"The catalog has no manifest {effect.Manifest} that runs a command.");
        }

        var state = StateFiles.Of(place.ProfileOf(tool.Name.Profile));
        var seen = examples.SelectMany(example => look.Look(LineText.Of(example.Unit)).Effects)
            .Where(one => one.Effect.Manifest == effect.Manifest)
            .Select(one => new ManifestExample(LineText.Of(one.Unit.Unit), JsonElement.Parse(one.Effect.ArgumentsUtf8.Span)) { Files = state });
        return new Drafted.Tool(
            tool.Name.Profile,
            tool.Manifest with { Examples = [.. tool.Manifest.Examples.Concat(seen).DistinctBy(static example => example.Name).Take(ToolDraft.ExamplesMax + tool.Manifest.Examples.Length)] },
            UnitNature.Write);
    }
}

/// <summary>The files in which programs keep what a trial needs to begin with: those that variables name.</summary>
/// <remarks>
/// A profile that says <c>environment: { STATE: "{root}/state.json" }</c> says that its programs keep their state in a file that the variable
/// names: what the variable names outside of the trial is copied into it.
/// </remarks>
internal static class StateFiles
{
    /// <summary>How long such a file may be, in bytes.</summary>
    internal const int BytesMax = 256 * 1024;

    private const string Root = "{root}/";

    internal static ImmutableSortedDictionary<string, string> Of(ProfileManifest profile)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, template) in profile.Environment.Where(static one => one.Value.Source.StartsWith(Root, StringComparison.Ordinal)))
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } path && new FileInfo(path) is { Exists: true, Length: <= BytesMax } file)
            {
                files[template.Source[Root.Length..]] = File.ReadAllText(file.FullName);
            }
        }

        return files.ToImmutable();
    }
}
