using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>A drafted tool in words, for models and people: its description and the schema of its arguments.</summary>
internal static class ToolWords
{
    private static readonly ImmutableDictionary<string, string> s_tasks = new Dictionary<string, string>
    {
        ["cat"] = "Shows files", ["head"] = "Shows the beginning of a file", ["tail"] = "Shows the end of a file", ["wc"] = "Counts lines, words and bytes",
        ["grep"] = "Searches files", ["rg"] = "Searches files", ["ls"] = "Lists a directory", ["find"] = "Finds files", ["sort"] = "Sorts lines",
        ["cut"] = "Shows fields of lines", ["diff"] = "Compares files", ["cp"] = "Copies files", ["mv"] = "Moves files", ["rm"] = "Removes files",
        ["mkdir"] = "Makes directories", ["touch"] = "Makes empty files", ["sed"] = "Edits text by a script", ["awk"] = "Works on fields by a program",
        ["jq"] = "Asks JSON", ["chmod"] = "Sets modes", ["stat"] = "Shows what a file is", ["du"] = "Shows sizes", ["tree"] = "Shows a tree of files",
        ["sqlite3"] = "Asks or changes a database", ["git status"] = "Shows what has changed in the repository", ["git log"] = "Shows commits",
        ["git diff"] = "Shows changes", ["git show"] = "Shows a commit", ["git add"] = "Takes changes into the index", ["git commit"] = "Commits what the index holds",
        ["git branch"] = "Makes or lists branches", ["git checkout"] = "Switches branches or restores files", ["git switch"] = "Switches branches",
        ["git tag"] = "Makes or lists tags", ["kubectl get"] = "Shows resources of the cluster", ["kubectl describe"] = "Describes resources of the cluster",
        ["kubectl set image"] = "Sets the image of a container", ["kubectl scale"] = "Sets the number of replicas", ["date"] = "Tells the time",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>What a tool does, what it runs, and what is promised of it.</summary>
    internal static string DescriptionOf(SeenUnit example, Generalization general, UnitNature nature)
    {
        var line = string.Join(" | ", general.Stages.Zip(general.Files, (words, files) => string.Join(
            ' ', words.Select(word => word.ToShown(general.Parameters)).Concat(files.Select(file => file.Sign + file.File.ToShown(general.Parameters))))));
        var promise = nature switch
        {
            UnitNature.SnapshotRead => "",
            UnitNature.LiveRead => " As things are now.",
            UnitNature.Write => " Can be taken back.",
            _ => throw new ArgumentOutOfRangeException(nameof(nature)),
        };
        return $"{TaskOf(example.Stages[0])}: {line}.{promise}";
    }

    /// <summary>The JSON Schema of the arguments.</summary>
    internal static JsonElement SchemaOf(SeenUnit example, ImmutableArray<ToolParameter> parameters)
    {
        var properties = new JsonObject();
        foreach (var parameter in parameters)
        {
            properties[parameter.Name] = PropertyOf(parameter);
        }

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray([.. parameters.Select(static one => JsonValue.Create(one.Name))]),
            ["properties"] = properties,
            ["additionalProperties"] = false,
        });
    }

    private static string TaskOf(CommandWords words) =>
        s_tasks.GetValueOrDefault(string.Join(' ', [words.Program, .. words.Verbs])) ?? s_tasks.GetValueOrDefault(words.Program)
        ?? $"Runs {string.Join(' ', [words.Program, .. words.Verbs])}";

    private static JsonObject PropertyOf(ToolParameter parameter)
    {
        if (parameter.Kind == ParameterKind.Count)
        {
            return new JsonObject { ["type"] = "integer", ["minimum"] = 0 };
        }

        var text = new JsonObject { ["type"] = "string" };
        if (parameter.Kind is ParameterKind.Path or ParameterKind.Paths)
        {
            text["minLength"] = 1;
        }

        if (parameter.MayNotBeginWithDash)
        {
            text["pattern"] = InputRules.NoDash;
        }

        return parameter.Kind == ParameterKind.Paths
            ? new JsonObject { ["type"] = "array", ["items"] = text, ["minItems"] = 1 }
            : text;
    }
}
