using CoAgent.Protocol.Objects;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>The ids of files, as the workspace server spells them.</summary>
internal static class FileIds
{
    private const string Scheme = "file:/";

    /// <summary>The id of a canonical path; null for one that no id holds.</summary>
    internal static ObjectId? Of(string canonical) => ObjectId.TryCreate(
        Scheme + string.Join('/', canonical.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(SegmentText.Of)));

    /// <summary>Whether an entry is about files.</summary>
    internal static bool IsFile(ObjectPattern pattern) => pattern.Id is { } id && id.Value.StartsWith("file:", StringComparison.Ordinal);

    /// <summary>The path of an id, as it is; null where it is no file's, or has a name that is encoded.</summary>
    internal static string? PathOf(ObjectPattern pattern) =>
        pattern.Id is { } id && id.Value.StartsWith(Scheme, StringComparison.Ordinal) && !id.Value.Contains('%', StringComparison.Ordinal)
            ? id.Value[(Scheme.Length - 1)..]
            : null;

    /// <summary>A path below a folder; null where it is not below it. The folder itself is empty.</summary>
    internal static string? Below(string root, string path) =>
        path == root ? "" : path.StartsWith(root == "/" ? root : root + "/", StringComparison.Ordinal) ? path[(root == "/" ? 1 : root.Length + 1)..] : null;

    /// <summary>The mark behind an id that says how much of it is meant.</summary>
    internal static string MarkOf(Extent extent) => extent switch
    {
        Extent.Node => "",
        Extent.Children => "/*",
        Extent.Subtree => "/**",
        _ => throw new ArgumentOutOfRangeException(nameof(extent)),
    };
}
