namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>What keeps a trial from the world, best last.</summary>
public enum SandboxKind
{
    /// <summary>Nothing but a folder of its own: no isolation is promised.</summary>
    Copy,

    /// <summary>
    /// Namespaces of its own: no network, no other processes, everything but the trial folder for reading only, and what it writes into
    /// the home directory goes into a layer that is thrown away.
    /// </summary>
    Walls,

    /// <summary>The same, and what it looks at is known.</summary>
    WallsAndTrace,
}
