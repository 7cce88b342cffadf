using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Manifests;

namespace CoAgent.Runtime.Catalog.Folder;

/// <summary>All that the described tools of a server may touch: what a tool of the same server may touch that nobody has described.</summary>
/// <remarks>Each entry of each footprint up to its first placeholder, and everything below that.</remarks>
internal static class ProfileScope
{
    private const string Files = "file:";

    /// <summary>The scope, without entries that lie in others.</summary>
    public static ImmutableArray<ObjectPattern> Of(IEnumerable<ToolManifest> manifests)
    {
        var all = manifests.SelectMany(static manifest => manifest.Reads.Concat(manifest.Writes)
                .Select(static entry => Widest(entry.Id.Source))
                .Concat(StateOf(manifest)))
            .Distinct()
            .Order()
            .ToArray();
        return [.. all.Where(pattern => !all.Any(other => other != pattern && other.Covers(pattern)))];
    }

    private static ObjectPattern Widest(string template)
    {
        // Where a relative path begins is the server's affair.
        if (template.StartsWith(Files, StringComparison.Ordinal))
        {
            return ObjectPattern.Parse(Files + "/**");
        }

        var literal = template.AsSpan(0, template.AsSpan().IndexOfAny('{', '*') is >= 0 and var at ? at : template.Length);
        var root = literal.IndexOf(':') + 1;
        var end = Math.Max(literal.LastIndexOf('/'), root);
        var prefix = literal[..end].TrimEnd('/').ToString();
        return ObjectPattern.TryParse(prefix.Length <= root ? $"{prefix}**" : $"{prefix}/**")
            ?? ObjectPattern.TryParse($"{literal[..root]}/**")
            ?? ObjectPattern.Everything;
    }

    private static IEnumerable<ObjectPattern> StateOf(ToolManifest manifest) => manifest.State switch
    {
        null => [],
        "files" => [ObjectPattern.Parse("file:/**")],
        var state => [ObjectPattern.TryParse($"{state}:/**") ?? ObjectPattern.Everything],
    };
}
