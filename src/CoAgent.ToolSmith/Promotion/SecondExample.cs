using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.ToolSmith.Promotion;

/// <summary>Where one command alone was seen: the same on files of other names, so that what is tried is not what was written down.</summary>
internal static class SecondExample
{
    private const string Mark = "other-";

    /// <summary>Another example beside a single one; the manifest as it is where none can be made.</summary>
    internal static ToolManifest AddTo(ToolManifest manifest)
    {
        if (manifest.Examples is not [var only] || Renamed(manifest, only) is not { } other)
        {
            return manifest;
        }

        return manifest with { Examples = [only, other] };
    }

    private static ManifestExample? Renamed(ToolManifest manifest, ManifestExample example)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var arguments = JsonNode.Parse(example.Arguments.GetRawText())!.AsObject();
        foreach (var (name, value) in arguments.ToArray())
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var path) && IsPath(manifest, name))
            {
                names[path] = Rename(path);
                arguments[name] = names[path];
            }
        }

        return names.Count == 0 ? null : example with
        {
            Name = $"{example.Name}, with other names",
            Arguments = JsonSerializer.SerializeToElement(arguments),
            Files = example.Files.ToImmutableSortedDictionary(
                file => names.GetValueOrDefault(file.Key, file.Key), static file => file.Value, StringComparer.Ordinal),
        };
    }

    private static bool IsPath(ToolManifest manifest, string name) => manifest.Reads.Concat(manifest.Writes)
        .Any(entry => entry.Id.Source == $"file:{{{name}}}");

    private static string Rename(string path) => path.LastIndexOf('/') is >= 0 and var cut ? $"{path[..(cut + 1)]}{Mark}{path[(cut + 1)..]}" : Mark + path;
}
