namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>What may be at a path at one point of a line.</summary>
[Flags]
internal enum PathKinds
{
    /// <summary>Not thought about.</summary>
    None = 0,

    /// <summary>Nothing.</summary>
    Absent = 1,

    /// <summary>A file.</summary>
    File = 2,

    /// <summary>A directory.</summary>
    Directory = 4,

    /// <summary>What the line itself has put there, and nobody knows what that is: a link, or anything in a tree that was moved there.</summary>
    Anything = 8,
}
