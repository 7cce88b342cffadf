using System.Collections.Immutable;

namespace CoAgent.Workspace;

/// <summary>The objects that a call reads and writes, known before it is executed.</summary>
/// <param name="Reads">Object id patterns: a node, <c>node/*</c> for its listing, <c>node/**</c> for its subtree.</param>
/// <param name="Writes">The same, for what the call changes.</param>
/// <param name="Reversible">Whether what the call writes can be restored from captures of <paramref name="Writes"/>.</param>
public sealed record Footprint(ImmutableArray<string> Reads, ImmutableArray<string> Writes, bool Reversible)
{
    /// <summary>The footprint of a call that is refused whatever the state of the workspace.</summary>
    public static Footprint None { get; } = new([], [], Reversible: true);

    /// <summary>Whether the call changes nothing.</summary>
    public bool IsRead => Writes.IsEmpty;

    internal static Footprint Read(IEnumerable<string> reads) => Write(reads, []);

    internal static Footprint Write(IEnumerable<string> reads, IEnumerable<string> writes) =>
        new([.. reads.Distinct()], [.. writes.Distinct()], Reversible: true);

    /// <summary>
    /// A call whose effect or answer depends on what was there: everything it writes is read too, but for listings, for what else is in a
    /// directory is nothing to a call that adds or removes one name.
    /// </summary>
    internal static Footprint ReadModifyWrite(IEnumerable<string> reads, IReadOnlyCollection<string> writes) =>
        Write(reads.Concat(writes.Where(static pattern => !pattern.EndsWith("/*", StringComparison.Ordinal))), writes);
}
