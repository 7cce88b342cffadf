using System.Runtime.Versioning;
using CoAgent.Workspace.Files;

namespace CoAgent.Tests.Workspace.Effects;

/// <summary>All that is state below a directory, as text, so that two trees can be compared and a difference can be read.</summary>
[UnsupportedOSPlatform("windows")]
internal static class TreeImage
{
    /// <summary>The image of a tree: a line for each entry.</summary>
    public static string Of(string directory) =>
        string.Join('\n', Entries(directory, "").Order(StringComparer.Ordinal));

    /// <summary>Copies a tree as it is, modes and links included.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            switch (entry)
            {
                case { LinkTarget: { } link }:
                    File.CreateSymbolicLink(target, link);
                    break;
                case DirectoryInfo:
                    Copy(entry.FullName, target);
                    break;
                default:
                    File.Copy(entry.FullName, target);
                    break;
            }
        }

        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
    }

    private static IEnumerable<string> Entries(string directory, string shown)
    {
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            var path = $"{shown}/{entry.Name}";
            if (entry.LinkTarget is { } target)
            {
                yield return $"{path} -> {target}";
                continue;
            }

            var mode = Convert.ToString((int)File.GetUnixFileMode(entry.FullName), 8);
            if (entry is not DirectoryInfo)
            {
                yield return $"{path} {mode} {(FileKinds.Of(entry.FullName) == FileKind.File ? Convert.ToHexString(File.ReadAllBytes(entry.FullName)) : "special")}";
                continue;
            }

            yield return $"{path}/ {mode}";
            foreach (var below in Entries(entry.FullName, path))
            {
                yield return below;
            }
        }
    }
}
