using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>What drafting came to.</summary>
internal abstract record Drafted
{
    private Drafted()
    {
    }

    /// <summary>A manifest.</summary>
    /// <param name="Profile">The folder that it belongs in: the program's name.</param>
    /// <param name="Manifest">The manifest.</param>
    /// <param name="Nature">What it does to the world.</param>
    internal sealed record Tool(string Profile, ToolManifest Manifest, UnitNature Nature) : Drafted;

    /// <summary>No tool can be made of the examples.</summary>
    /// <param name="Why">Why, in a sentence.</param>
    internal sealed record NotPossible(string Why) : Drafted;
}

/// <summary>Makes the manifest of a tool of pipelines of one form (catalog.md, "ToolSmith", 4).</summary>
/// <param name="root">The canonical path of the root: where the commands ran.</param>
/// <param name="files">Where paths lead.</param>
/// <param name="paths">Where the paths of templates lead.</param>
internal sealed class ToolDraft(string root, ICommandFiles files, IFilePaths paths)
{
    /// <summary>How many of the examples become examples of the manifest.</summary>
    internal const int ExamplesMax = 3;

    /// <summary>How many arguments a tool may have.</summary>
    internal const int ParametersMax = 8;

    private readonly FootprintDraft _footprints = new(root, files);

    /// <summary>Makes it.</summary>
    /// <param name="examples">Pipelines of one form and nature.</param>
    internal Drafted Of(ImmutableArray<SeenUnit> examples)
    {
        if (Generalization.Of(examples, _footprints.IsPath, out var why) is not { } general)
        {
            return new Drafted.NotPossible($"{Upper(why!)}.");
        }

        if (general.Parameters.Length > ParametersMax)
        {
            return new Drafted.NotPossible($"More than {ParametersMax} words differ from one to the next.");
        }

        var manifest = Assemble(examples, general);
        return ManifestReader.ReadTool("draft", ManifestWriter.Write(manifest)) is { Manifest: { } read } && Missing(examples, general.Parameters, read) is var missing && missing is null
            ? new Drafted.Tool(ProfileOf(examples[0]), manifest, NatureOf(examples))
            : new Drafted.NotPossible($"What it touches does not follow from its words: {Missing(examples, general.Parameters, manifest)}.");
    }

    /// <summary>The arguments by which a drafted tool does what an example did.</summary>
    internal static JsonElement ArgumentsOf(ImmutableArray<ToolParameter> parameters, int example)
    {
        var arguments = new JsonObject();
        foreach (var parameter in parameters)
        {
            var values = parameter.Values[example];
            arguments[parameter.Name] = parameter.Kind switch
            {
                ParameterKind.Paths => new JsonArray([.. values.Select(static value => JsonValue.Create(value))]),
                ParameterKind.Count => JsonValue.Create(long.Parse(values[0], System.Globalization.CultureInfo.InvariantCulture)),
                _ => JsonValue.Create(values[0]),
            };
        }

        return JsonSerializer.SerializeToElement(arguments);
    }

    private static string ProfileOf(SeenUnit unit) => unit.Stages[0].Program is var program ? program[(program.LastIndexOf('/') + 1)..] : "";

    private static UnitNature NatureOf(ImmutableArray<SeenUnit> examples) => examples.Max(static example => example.Nature);

    private ToolManifest Assemble(ImmutableArray<SeenUnit> examples, Generalization general)
    {
        var nature = NatureOf(examples);
        var parameters = general.Parameters;
        return new ToolManifest
        {
            Tool = ParameterNames.OfTool(examples[0].Stages, general.Files.Any(static files => files.Any(static file => file.Sign.Contains('>', StringComparison.Ordinal)))),
            Description = ToolWords.DescriptionOf(examples[0], general, nature),
            Input = ToolWords.SchemaOf(examples[0], parameters),
            Effect = nature switch
            {
                UnitNature.SnapshotRead => ToolEffect.Read,
                UnitNature.LiveRead => ToolEffect.LiveRead,
                UnitNature.Write => ToolEffect.Write,
                _ => throw new ArgumentOutOfRangeException(nameof(examples)),
            },
            Write = nature == UnitNature.Write && !examples.Any(static example => example.Touched.ReadsWhatItWrites) ? WriteKind.Blind : WriteKind.ReadModifyWrite,
            Reads = _footprints.Entries(examples, parameters, static footprint => footprint.Reads),
            Writes = _footprints.Entries(examples, parameters, static footprint => footprint.Writes),
            Exec = [ExecOf(general)],
            State = nature == UnitNature.Write ? "files" : null,
            Examples = TrialExamples.Of(examples, parameters),
        };
    }

    // One command is run as it is. Several, or one with redirections, by bash: their values are variables, never words of its text.
    private static Step.Run ExecOf(Generalization general)
    {
        var parameters = general.Parameters;
        if (general.Stages is [var alone] && general.Files[0].IsEmpty)
        {
            return new Step.Run([.. alone.Select(word => TextTemplate.Parse(word.ToTemplate(parameters)))]);
        }

        var text = string.Join(" | ", general.Stages.Zip(general.Files, (words, files) => string.Join(
            ' ', words.Select(word => word.ToWord(parameters)).Concat(files.Select(file => file.Sign + file.File.ToWord(parameters))))));
        return new Step.Run([TextTemplate.Parse("bash"), TextTemplate.Parse("-c"), TextTemplate.Parse(LineText.Plain(text))])
        {
            Environment = parameters.ToImmutableSortedDictionary(
                static one => one.Name, static one => TextTemplate.Parse($"{{{one.Name}}}"), StringComparer.Ordinal),
        };
    }

    // What an example touches must be what the manifest says for its arguments.
    private string? Missing(ImmutableArray<SeenUnit> examples, ImmutableArray<ToolParameter> parameters, ToolManifest manifest)
    {
        var binder = new FootprintBinder(manifest);
        foreach (var (at, example) in examples.Index())
        {
            var values = new TemplateValues(ArgumentsOf(parameters, at), paths, [root]);
            if (binder.Bind(values) is not BindResult.Bound { Footprint: var bound })
            {
                return "its objects cannot be named";
            }

            var missing = example.Touched.Writes.Where(write => !bound.Writes.Any(one => one.Covers(write)))
                .Concat(example.Touched.Reads.Where(read => !bound.Reads.Concat(bound.Writes).Any(one => one.Covers(read)))).ToArray();
            if (missing.Length > 0)
            {
                return $"\"{LineText.Of(example.Unit)}\" touches {missing[0]}";
            }
        }

        return null;
    }

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
