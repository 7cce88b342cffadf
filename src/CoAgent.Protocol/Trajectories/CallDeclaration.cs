using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Trajectories;

/// <summary>What is known of a call before it is made (protocol.md, sections 1 to 4).</summary>
/// <param name="Footprint">
/// The objects that it reads and writes. A write is blind on what it does not read as well; a read-modify-write reads
/// all that it writes.
/// </param>
public sealed record CallDeclaration(Footprint Footprint)
{
    /// <summary>How a read is answered at its position.</summary>
    public ReadView View { get; init; } = ReadView.Version;

    /// <summary>Whether a read is cheap enough to be made again when something below it changed.</summary>
    public bool CanReread { get; init; } = true;

    /// <summary>Whether a write has no inverse: it waits until every lower rank has finished.</summary>
    public bool IsIrreversible { get; init; }

    /// <summary>Whether a write may be executed again after something was put before it.</summary>
    public bool IsReplaySafe { get; init; } = true;

    /// <summary>Whether the inverse restores a captured state, so that it may run whether or not the call happened.</summary>
    public bool IsInverseIdempotent { get; init; } = true;

    /// <summary>Whether the tool can be asked if a call happened.</summary>
    public bool HasProbe { get; init; }

    /// <summary>Whether the call changes nothing.</summary>
    public bool IsRead => Footprint.IsRead;
}

/// <summary>How a read gets the value that the lower positions leave (section 4).</summary>
public enum ReadView
{
    /// <summary>From captured versions of what later calls wrote.</summary>
    Version,

    /// <summary>In place, with the later calls unwound meanwhile.</summary>
    Rewind,

    /// <summary>In place as things are; the answer says so.</summary>
    Live,
}
