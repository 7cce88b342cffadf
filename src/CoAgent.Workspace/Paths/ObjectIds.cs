using System.Text;
using CoAgent.Protocol.Objects;

namespace CoAgent.Workspace.Paths;

/// <summary>The object ids of files and directories: <c>file:</c> and the canonical path.</summary>
internal static class ObjectIds
{
    private const string Scheme = "file:/";

    /// <summary>The object itself: a file's content, a directory's being there.</summary>
    internal static string Node(string absolute) => "file:" + Encode(absolute);

    /// <summary>Which children a directory has.</summary>
    internal static string Listing(string absolute) => absolute == "/" ? "file:/*" : Node(absolute) + "/*";

    /// <summary>The object and everything below it.</summary>
    internal static string Subtree(string absolute) => absolute == "/" ? "file:/**" : Node(absolute) + "/**";

    /// <summary>The path that an object id is made of; null when it is not a file's.</summary>
    internal static string? PathOf(ObjectId? id) =>
        id is null || !id.Value.StartsWith(Scheme, StringComparison.Ordinal) || id.Value.Length == Scheme.Length - 1
            ? null
            : Uri.UnescapeDataString(id.Value[(Scheme.Length - 1)..]);

    private static string Encode(string path)
    {
        if (!path.AsSpan().ContainsAny('%', '*') && !path.Any(char.IsControl))
        {
            return path;
        }

        var encoded = new StringBuilder(path.Length + 8);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.Value is not ('%' or '*') && !Rune.IsControl(rune))
            {
                encoded.Append(rune);
                continue;
            }

            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
            {
                encoded.Append('%').Append(one.ToString("X2"));
            }
        }

        return encoded.ToString();
    }
}
