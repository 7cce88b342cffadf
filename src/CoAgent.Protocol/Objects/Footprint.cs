using System.Collections.Immutable;

namespace CoAgent.Protocol.Objects;

/// <summary>
/// What a call reads and writes, known before it is executed (protocol, section 2). Two footprints that name the same
/// state by the same entries are equal, in whatever order and however often those were given.
/// </summary>
public sealed class Footprint : IEquatable<Footprint>
{
    /// <summary>The most entries, of reads and writes together, that are left when covered ones are dropped.</summary>
    public const int EntriesMax = 4096;

    private Footprint(ImmutableArray<ObjectPattern> reads, ImmutableArray<ObjectPattern> writes)
    {
        Reads = reads;
        Writes = writes;
    }

    /// <summary>R: what the call reads; in order, none covered by another.</summary>
    public ImmutableArray<ObjectPattern> Reads { get; }

    /// <summary>W: what the call writes; in order, none covered by another.</summary>
    public ImmutableArray<ObjectPattern> Writes { get; }

    /// <summary>Whether the call writes nothing.</summary>
    public bool IsRead => Writes.IsEmpty;

    /// <summary>The footprint of those; null when more than <see cref="EntriesMax"/> entries are left.</summary>
    public static Footprint? TryCreate(IEnumerable<ObjectPattern> reads, IEnumerable<ObjectPattern> writes)
    {
        var footprint = new Footprint(CanonicalPatterns.Of(reads), CanonicalPatterns.Of(writes));
        return footprint.Reads.Length + footprint.Writes.Length <= EntriesMax ? footprint : null;
    }

    /// <summary>The footprint of reads and writes that are known to be few enough.</summary>
    /// <exception cref="ArgumentException">More than <see cref="EntriesMax"/> entries are left.</exception>
    public static Footprint Create(IEnumerable<ObjectPattern> reads, IEnumerable<ObjectPattern> writes) =>
        TryCreate(reads, writes)
        ?? throw new ArgumentException($"A footprint has at most {EntriesMax} entries.", nameof(reads));

    /// <summary>Whether an entry that it reads overlaps one that it writes: what it leaves may depend on what was there.</summary>
    public bool ReadsWhatItWrites => CanonicalPatterns.Overlap(Reads, Writes);

    /// <inheritdoc/>
    public bool Equals(Footprint? other) =>
        other is not null && Reads.AsSpan().SequenceEqual(other.Reads.AsSpan())
        && Writes.AsSpan().SequenceEqual(other.Writes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Footprint);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Reads.Length);
        foreach (var pattern in Reads)
        {
            hash.Add(pattern);
        }

        foreach (var pattern in Writes)
        {
            hash.Add(pattern);
        }

        return hash.ToHashCode();
    }

    /// <summary>Reads and writes as they are written, for a person.</summary>
    public override string ToString() => $"reads [{string.Join(", ", Reads)}], writes [{string.Join(", ", Writes)}]";
}
