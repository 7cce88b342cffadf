using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>The objects that a file of YAML or JSON describes.</summary>
internal static class KubernetesObjects
{
    private const int ObjectsMax = 50;

    /// <summary>Kind, name and namespace of each; null where one is not known, or is of a kind that not every cluster has.</summary>
    internal static IReadOnlyList<(string Kind, string Name, string? Namespace)>? In(string text)
    {
        var objects = new List<(string, string, string?)>();
        foreach (var document in Documents(text))
        {
            if (ManifestText.Parse(document, new ManifestFindings("objects")) is not { } map
                || KubernetesPlace.TextOf(map, "kind") is not { } kind || KubernetesNames.Resource(kind) is null
                || map.Members.FirstOrDefault(static member => member.Name == "metadata")?.Value is not ManifestNode.Map metadata
                || KubernetesPlace.TextOf(metadata, "name") is not { } name || objects.Count == ObjectsMax)
            {
                return null;
            }

            objects.Add((kind, name, KubernetesPlace.TextOf(metadata, "namespace")));
        }

        return objects.Count > 0 ? objects : null;
    }

    private static IEnumerable<string> Documents(string text)
    {
        var lines = new List<string>();
        foreach (var line in text.Split('\n').Append("---"))
        {
            if (line.TrimEnd() != "---")
            {
                lines.Add(line);
                continue;
            }

            if (lines.Exists(static one => one.Trim().Length > 0 && !one.TrimStart().StartsWith('#')))
            {
                yield return string.Join('\n', lines);
            }

            lines.Clear();
        }
    }
}
