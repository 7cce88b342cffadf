namespace CoAgent.Workspace.Files;

/// <summary>A tree of files to look at: the one that is there, or one as it was earlier. Paths are canonical.</summary>
/// <remarks>Whatever a view shows, it fails as the file system does: with the same exceptions for the same reasons.</remarks>
internal interface IFileView
{
    /// <summary>What a path names, links not followed.</summary>
    FileKind KindOf(string absolute);

    /// <summary>Where a link leads; null when there is no link.</summary>
    string? LinkTargetOf(string absolute);

    /// <summary>The names in a directory, reserved ones left out, in ordinal order of what listings show.</summary>
    List<DirectoryEntry> List(string absolute);

    /// <summary>The bytes of a file; null when there are more than that.</summary>
    byte[]? Read(string absolute, int bytesMax);
}
