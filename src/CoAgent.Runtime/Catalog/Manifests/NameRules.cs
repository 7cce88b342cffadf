using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Which names the templates of a manifest may use where (docs/catalog.md, "Templates"): what is saved can be named afterwards only.</summary>
internal sealed class NameRules(ManifestSection section, ToolManifest manifest)
{
    private readonly ImmutableHashSet<string> _saved = [.. manifest.SavedNames];

    /// <summary>Notes a fault for each name that cannot be meant.</summary>
    public void Check()
    {
        RefuseShadows();
        RefuseSaved("footprint", manifest.Reads.Concat(manifest.Writes)
            .SelectMany(static entry => entry.Id.Names.Concat(entry.When is null ? [] : [entry.When.Name])));
        RefuseSaved("with", manifest.With.Values.SelectMany(static value => value.Names));
        var prepared = Follow("prepare", manifest.Prepare, []);
        Follow("exec", manifest.Exec, prepared);
        Follow("reverse", manifest.Reverse?.Guard ?? [], prepared);
        Follow("reverse", manifest.Reverse?.Steps ?? [], prepared);
    }

    private void RefuseShadows()
    {
        if (manifest.Input is not { ValueKind: JsonValueKind.Object } input
            || !input.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var name in properties.EnumerateObject().Select(JsonLiteral.NameOf).Where(_saved.Contains))
        {
            section.Fault("input", $"has the argument {name}, and a step saves {name}; give what is saved another name.");
        }
    }

    // A footprint is bound, and a state asked, before any step is done.
    private void RefuseSaved(string key, IEnumerable<string> names)
    {
        foreach (var name in names.Where(_saved.Contains).Distinct(StringComparer.Ordinal))
        {
            section.Fault(key, $"names {name}, which a step saves; it is filled in before any step, from arguments and the profile's values.");
        }
    }

    private ImmutableHashSet<string> Follow(string key, ImmutableArray<Step> steps, ImmutableHashSet<string> known)
    {
        foreach (var step in steps)
        {
            foreach (var name in step.Names.Where(name => _saved.Contains(name) && !known.Contains(name)).Distinct(StringComparer.Ordinal))
            {
                section.Fault(key, $"has a step that names {name}, which no step before it saves.");
            }

            RefuseLists(key, step);
            known = step.Save is null ? known : known.Add(step.Save);
        }

        return known;
    }

    private void RefuseLists(string key, Step step)
    {
        if (step.When is { GoesThroughList: true })
        {
            section.Fault(key, $"has a step whose condition {step.When.Source} goes through a list; \"{{list}}\" asks whether it has elements.");
        }

        foreach (var text in Singles(step).Where(static text => text.GoesThroughList))
        {
            section.Fault(key, $"has {text.Source} where one text is needed; \"{{list|json}}\" gives a list as one.");
        }
    }

    private static IEnumerable<TextTemplate> Singles(Step step) => step switch
    {
        Step.Run run => run.Environment.Values.Concat(run.Input is null ? [] : [run.Input]),
        Step.Script script => script.Environment.Values.Concat(script.Files.Values),
        _ => [],
    };
}
