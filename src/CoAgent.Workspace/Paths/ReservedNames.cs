using System.Security.Cryptography;
using System.Text;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Paths;

/// <summary>The names that belong to CoAgent itself and that no tool shows or touches, in any directory.</summary>
/// <remarks>
/// <c>.coagent</c> holds the coordinator's own state, also that of a workspace nested in this one. Names that begin with <c>.coagent~</c> are
/// files in the making: they are written beside their destination and then renamed, so no listing ever shows half a file.
/// Both are compared without case, and without the trailing dots and spaces that some file systems drop.
/// </remarks>
internal static class ReservedNames
{
    internal const string State = ".coagent";
    private const string TemporaryPrefix = ".coagent~";

    internal static bool IsReserved(ReadOnlySpan<char> name) => IsState(name) || IsTemporary(name);

    internal static bool IsState(ReadOnlySpan<char> name) =>
        name.TrimEnd(". ").Equals(State, StringComparison.OrdinalIgnoreCase);

    internal static bool IsTemporary(ReadOnlySpan<char> name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name, in the same directory, of what is to become the given path.</summary>
    /// <remarks>
    /// Always the same: what a process that died left in the making is found and removed when the path is made or restored again. Changes of one
    /// path never overlap in time, so nobody else uses it.
    /// </remarks>
    internal static string TemporaryFor(string absolute) => PathWalk.Join(
        PathWalk.ParentOf(absolute),
        TemporaryPrefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(absolute)).AsSpan(0, 8)));

    /// <summary>Removes what is in the making for a path.</summary>
    internal static void RemoveTemporaryFor(string absolute) => Remove(TemporaryFor(absolute));

    /// <summary>Removes whatever is in the making in a directory.</summary>
    internal static void RemoveTemporariesIn(string directory)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(directory, TemporaryPrefix + "*"))
        {
            Remove(entry);
        }
    }

    private static void Remove(string temporary)
    {
        switch (FileKinds.Of(temporary))
        {
            case FileKind.Directory:
                Directory.Delete(temporary, recursive: true);
                break;
            case not FileKind.Absent:
                File.Delete(temporary);
                break;
        }
    }
}
