using System.Collections.Immutable;

namespace CoAgent.Workspace.Layers;

/// <summary>A mount of this process.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Type">The type of its file system.</param>
internal readonly record struct Mount(string Path, string Type);

/// <summary>The mounts of this process.</summary>
internal static class MountTable
{
    internal static ImmutableArray<Mount> Read() => [.. File.ReadLines("/proc/self/mountinfo").Select(Parse)];

    // "id parent device root path options [more…] - type source options"
    private static Mount Parse(string line)
    {
        var fields = line.Split(' ');
        var path = fields[4].Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
        return new Mount(path, fields[Array.IndexOf(fields, "-") + 1]);
    }
}
