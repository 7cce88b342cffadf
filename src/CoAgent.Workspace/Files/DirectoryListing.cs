using System.IO.Enumeration;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Files;

/// <summary>One name in a directory. A link is itself here, whatever it leads to.</summary>
internal readonly record struct DirectoryEntry(string Name, bool IsDirectory, bool IsLink)
{
    /// <summary>The name as listings show it, which is also what they are ordered by.</summary>
    internal string Shown => IsDirectory ? Name + "/" : Name;
}

/// <summary>The names in one directory, reserved ones left out, in ordinal order.</summary>
internal static class DirectoryListing
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
        RecurseSubdirectories = false,
    };

    // Ordered by the shown name, so that walking a tree in this order gives its paths in ordinal order too ("a-b" < "a/b").
    internal static List<DirectoryEntry> Of(string absolute)
    {
        var entries = new FileSystemEnumerable<DirectoryEntry>(absolute, static (ref FileSystemEntry entry) => Describe(ref entry), Everything)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !ReservedNames.IsReserved(entry.FileName),
        }.ToList();
        entries.Sort(static (left, right) => string.CompareOrdinal(left.Shown, right.Shown));
        return entries;
    }

    private static DirectoryEntry Describe(ref FileSystemEntry entry)
    {
        var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
        return new DirectoryEntry(entry.FileName.ToString(), entry.IsDirectory && !isLink, isLink);
    }
}
