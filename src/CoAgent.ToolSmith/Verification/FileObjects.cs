using CoAgent.Protocol.Objects;

namespace CoAgent.ToolSmith.Verification;

/// <summary>The objects that paths name.</summary>
internal static class FileObjects
{
    internal const string Scheme = "file:";

    /// <summary>The object of a path; null for one that no id can name.</summary>
    internal static ObjectId? Of(string path) =>
        ObjectId.TryCreate($"{Scheme}/{string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(SegmentText.Of))}");

    /// <summary>Whether a pattern names files.</summary>
    internal static bool IsFile(ObjectPattern pattern) =>
        pattern.Id is null || pattern.Id.Value.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Whether an entry names the content of a path.</summary>
    internal static bool CoverContent(this IEnumerable<ObjectPattern> entries, string path) =>
        Of(path) is { } id && entries.Any(entry => entry.Covers(ObjectPattern.Node(id)));

    /// <summary>Whether an entry names which children a folder has.</summary>
    internal static bool CoverListing(this IEnumerable<ObjectPattern> entries, string? folder) =>
        folder is not null && Of(folder) is { } id && entries.Any(entry => entry.Covers(ObjectPattern.Children(id)));

    /// <summary>Whether an entry names something at a path or below it.</summary>
    internal static bool LieBelow(this IEnumerable<ObjectPattern> entries, string path) =>
        Of(path) is { } id && entries.Any(entry => entry.Id is { } named && id.IsPrefixOf(named));
}
