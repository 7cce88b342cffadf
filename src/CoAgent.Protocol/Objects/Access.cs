namespace CoAgent.Protocol.Objects;

/// <summary>What the owner of an entry does with the state that it names. A question asks for one or several.</summary>
[Flags]
internal enum Access : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It changes the state.</summary>
    Write = 1,

    /// <summary>It adds children to a listing or takes some away.</summary>
    Enlist = 2,

    /// <summary>It reads the state for what it writes.</summary>
    Input = 4,

    /// <summary>It reads the state and writes nothing.</summary>
    Read = 8,
}

/// <summary>Which accesses meet (protocol, section 2; docs/decisions/0008).</summary>
internal static class Accesses
{
    /// <summary>Every change, as a reader sees it.</summary>
    internal const Access Writes = Access.Write | Access.Enlist;

    /// <summary>What an entry of W does.</summary>
    internal static Access OfWrite(ObjectPattern pattern) =>
        pattern.Extent == Extent.Children ? Access.Enlist : Access.Write;

    /// <summary>
    /// The changes that an entry of W conflicts with. Two writes of one listing alone do not: they add or take away
    /// different children, in whatever order. The same child is an object of its own.
    /// </summary>
    internal static Access WritesMetBy(ObjectPattern written) =>
        written.Extent == Extent.Children ? Access.Write : Writes;
}
