using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>Files with several names: a layer parts the name that is written from the others, a live tree does not.</summary>
internal static class LinkedFiles
{
    /// <summary>Whether a command has written a file that has another name too.</summary>
    /// <param name="upper">The folder of what it wrote.</param>
    /// <param name="live">What the folder lies over.</param>
    internal static bool IsWritten(string upper, string live)
    {
        foreach (var entry in Entries(upper))
        {
            var (above, below) = (PathWalk.Join(upper, entry.Name), PathWalk.Join(live, entry.Name));
            if (entry.IsDirectory ? FileKinds.Of(below) == FileKind.Directory && IsWritten(above, below)
                : FileKinds.Of(above) == FileKind.File && FileKinds.Of(below) == FileKind.File && SystemCalls.IdentityOf(below).Names > 1)
            {
                return true;
            }
        }

        return false;
    }

    // What the command has closed to itself shows its fault when changes are read.
    private static List<DirectoryEntry> Entries(string directory)
    {
        try
        {
            return DirectoryListing.Of(directory);
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }
}
