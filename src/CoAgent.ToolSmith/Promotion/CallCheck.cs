using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Binding;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Drafting;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>Whether a call of a grown tool stays within what the tool declares: its command is read by the rules once more, with the values that it is given.</summary>
/// <remarks>
/// A value may mean more than the values that were seen: a script for <c>sed</c> that writes a file, a path that is an option. What
/// the rules say of the command must be within the manifest's footprint. A tool that a person has approved is that person's word.
/// </remarks>
/// <param name="ground">The rules, and the tree.</param>
internal sealed class CallCheck(GrowthGround ground)
{
    private const string Instead = "run it with bash";

    /// <summary>Why a call is not made; null where it may be.</summary>
    internal string? Refuse(CatalogedTool tool, JsonElement arguments)
    {
        if (tool.Manifest.Input is { } schema && InputRules.Complaint(schema, arguments) is { } wrong)
        {
            return wrong;
        }

        if (tool.Trust == TrustLevel.Approved)
        {
            return null;
        }

        var values = new TemplateValues(arguments, ground.Paths, [ground.Root]);
        return new FootprintBinder(tool.Manifest).Bind(values) is BindResult.Bound { Footprint: var declared }
            ? tool.Manifest.Exec.OfType<Step.Run>().Select(step => Refuse(step, values, declared)).FirstOrDefault(static refusal => refusal is not null)
            : null; // Its objects are named by the profile's values, too: the manifest alone says what it touches.
    }

    private string? Refuse(Step.Run step, TemplateValues values, Footprint declared)
    {
        var words = Fill(step.Arguments, values);
        var variables = step.Environment.ToDictionary(static one => one.Key, one => Fill([one.Value], values), StringComparer.Ordinal);
        if (words is null || variables.Values.Any(static value => value is not [_]))
        {
            return null; // As above.
        }

        var environment = ground.Environment.SetItems(variables.Select(static one => KeyValuePair.Create(one.Key, one.Value![0])));
        return ground.Analyst.Analyse(new ShellLine(LineText.Of(words), ground.Root, environment), ground.Files) switch
        {
            CommandAnalysis.Known { IsIrreversible: true } => $"nothing would take it back; {Instead}",
            CommandAnalysis.Known known => Beyond(known.Touched, declared) is { } beyond ? $"with these values it touches {beyond}, which the tool does not declare; {Instead}" : null,
            CommandAnalysis.Unseen unseen => $"what it touches with these values shows only when it runs ({unseen.Reason}); {Instead}",
            CommandAnalysis.Opaque opaque => $"with these values it does what no tool may ({opaque.Reason}); {Instead}",
            var other => throw new InvalidOperationException($"There is no analysis {other}."),
        };
    }

    private static ObjectPattern? Beyond(Footprint touched, Footprint declared)
    {
        foreach (var write in touched.Writes.Where(write => FileIds.IsFile(write) && !declared.Writes.Any(one => one.Covers(write))))
        {
            return write;
        }

        foreach (var read in touched.Reads.Where(read => FileIds.IsFile(read) && !declared.Reads.Concat(declared.Writes).Any(one => one.Covers(read))))
        {
            return read;
        }

        return null;
    }

    // Null where it cannot be filled in from arguments alone.
    private static string[]? Fill(IEnumerable<TextTemplate> templates, TemplateValues values)
    {
        var texts = new List<string>();
        foreach (var template in templates)
        {
            if (template.FillForProgram(values) is not TextResult.Filled filled)
            {
                return null;
            }

            texts.AddRange(filled.Texts);
        }

        return [.. texts];
    }
}
