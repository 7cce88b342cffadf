using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Reads the manifest of a tool (docs/catalog.md, "A manifest").</summary>
internal sealed class ToolReader(ManifestSection section)
{
    private const string Files = "file:";
    private const string FileState = "files";
    private const string Examples = "examples";

    /// <summary>The manifest; null where what it needs is missing.</summary>
    public ToolManifest? Read()
    {
        var tool = section.RequiredText("tool");
        var effect = ReadEffect();
        var footprint = section.Map("footprint");
        var manifest = new ToolManifest
        {
            Tool = tool ?? "",
            Effect = effect ?? ToolEffect.Irreversible,
            Description = section.Text("description"),
            Input = ReadInput(),
            Write = section.Choice("write", ("blind", WriteKind.Blind), ("rmw", WriteKind.ReadModifyWrite)) ?? WriteKind.ReadModifyWrite,
            IsReplaySafe = section.Choice("replay", ("safe", true), ("never", false)) ?? true,
            Reads = footprint is null ? [] : ReadEntries(footprint, "reads"),
            Writes = footprint is null ? [] : ReadEntries(footprint, "writes"),
            Prepare = StepReader.Read(section, "prepare"),
            Exec = StepReader.Read(section, "exec"),
            Reverse = ReadReverse(),
            State = section.Text("state"),
            With = section.Members("with", ManifestReader.EntriesMax, (node, key) => TemplateTexts.Value(section, node, key)),
            CanReread = section.Flag("reread"),
            Normalize = TemplateTexts.Paths(section, "normalize"),
            Cannot = section.Text("cannot"),
            Examples = ReadExamples(),
        };
        footprint?.RefuseTheRest();
        section.RefuseTheRest();
        section.Findings.RefuseInTrials(static key => key.StartsWith(Examples, StringComparison.Ordinal));
        Check(manifest);
        new NameRules(section, manifest).Check();
        return tool is null || effect is null ? null : manifest with { ArgumentNames = manifest.Input is { } input ? ArgumentNames.Of(input) : null };
    }

    private ToolEffect? ReadEffect()
    {
        if (!section.Has("effect"))
        {
            section.RequiredText("effect");
            return null;
        }

        return section.Choice(
            "effect",
            ("read", ToolEffect.Read), ("live-read", ToolEffect.LiveRead), ("write", ToolEffect.Write), ("irreversible", ToolEffect.Irreversible));
    }

    private static ImmutableArray<FootprintEntry> ReadEntries(ManifestSection footprint, string name)
    {
        var entries = ImmutableArray.CreateBuilder<FootprintEntry>();
        foreach (var (node, key) in footprint.Items(name, ManifestReader.EntriesMax))
        {
            var inner = node is ManifestNode.Map map ? new ManifestSection(map, key, footprint.Findings) : null;
            var id = inner is null ? TemplateTexts.Text(footprint, node, key) : TemplateTexts.Text(inner, "id");
            var when = inner is null ? null : TemplateTexts.Condition(inner, "when");
            if (inner is not null && !inner.Has("id"))
            {
                inner.Fault("id", "is missing.");
            }

            inner?.RefuseTheRest();
            if (id is not null && CheckId(footprint, new FootprintEntry(id, when), node.Line, key) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries.ToImmutable();
    }

    private static FootprintEntry? CheckId(ManifestSection footprint, FootprintEntry entry, int line, string key)
    {
        try
        {
            _ = new BoundEntry(entry);
            return entry;
        }
        catch (ArgumentException fault)
        {
            footprint.Findings.Fault(key, line, fault.Message.Replace(" (Parameter 'entry')", "", StringComparison.Ordinal));
            return null;
        }
    }

    private JsonElement? ReadInput()
    {
        var input = section.Json("input");
        if (input is { ValueKind: not JsonValueKind.Object })
        {
            section.Fault("input", "must be a map: a JSON Schema.");
        }

        return input;
    }

    private string? ReadContent(ManifestNode content, string key)
    {
        if (content is ManifestNode.Scalar scalar)
        {
            return scalar.Text;
        }

        section.Findings.Fault(key, content.Line, $"must be a text and is {content.TypeName}.");
        return null;
    }

    private ReverseManifest? ReadReverse()
    {
        if (section.Map("reverse") is not { } reverse)
        {
            return null;
        }

        var read = new ReverseManifest(
            StepReader.Read(reverse, "steps"), StepReader.Read(reverse, "guard"), reverse.Flag("idempotent") ?? true);
        reverse.RefuseTheRest();
        return read;
    }

    private ImmutableArray<ManifestExample> ReadExamples()
    {
        var examples = ImmutableArray.CreateBuilder<ManifestExample>();
        foreach (var (node, key) in section.Items(Examples, ManifestReader.StepsMax))
        {
            if (node is not ManifestNode.Map map)
            {
                section.Findings.Fault(key, node.Line, $"must be a map and is {node.TypeName}.");
                continue;
            }

            var example = new ManifestSection(map, key, section.Findings);
            var arguments = example.Json("arguments") ?? JsonElement.Parse("{}");
            if (arguments.ValueKind != JsonValueKind.Object)
            {
                example.Fault("arguments", "must be a map.");
            }

            examples.Add(new ManifestExample(example.RequiredText("name") ?? "", arguments)
            {
                Files = example.Members("files", ManifestReader.EntriesMax, ReadContent),
                Setup = StepReader.Read(example, "setup"),
                Outside = StepReader.Read(example, "outside"),
            });
            example.RefuseTheRest();
        }

        return examples.ToImmutable();
    }

    /// <summary>What no single member says.</summary>
    private void Check(ToolManifest manifest)
    {
        if (manifest.State is not null && (manifest.Reverse is not null || !manifest.Prepare.IsEmpty))
        {
            section.Fault("state", "captures and restores itself: leave out prepare and reverse, or state.");
        }

        if (manifest.State is null && !manifest.With.IsEmpty)
        {
            section.Fault("with", "is what a state is given: say which (state).");
        }

        if (manifest is { Effect: ToolEffect.Write, State: null, Reverse: null, Writes.IsEmpty: false })
        {
            section.Fault("reverse", "is missing: a write is taken back by its steps or by a state; else its effect is irreversible.");
        }

        // The built-in server looks into what was captured of files, whoever wrote them.
        if (manifest.Effect == ToolEffect.Write && manifest.State != FileState
            && manifest.Writes.Any(static entry => entry.Id.Source.StartsWith(Files, StringComparison.Ordinal)))
        {
            section.Fault("state", "must be files where files are written, or the effect irreversible.");
        }

        var saved = manifest.Prepare.Concat(manifest.Reverse?.Steps ?? []).Select(static step => step.Save).OfType<string>();
        foreach (var twice in saved.GroupBy(static name => name, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            section.Fault("prepare", $"saves {twice.Key} twice; give each its own name.");
        }
    }
}
