using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Order;

/// <summary>A call's place in the serial order: its transaction's rank, then its number in the transaction.</summary>
/// <param name="Rank">The transaction's rank.</param>
/// <param name="Number">The call's number in the transaction, counted from 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Position(Rank Rank, long Number) : IComparable<Position>
{
    /// <inheritdoc/>
    public int CompareTo(Position other)
    {
        var byRank = Rank.CompareTo(other.Rank);
        return byRank != 0 ? byRank : Number.CompareTo(other.Number);
    }

    /// <summary>Whether the left one comes earlier in the serial order.</summary>
    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one comes later in the serial order.</summary>
    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one comes earlier or is the same.</summary>
    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one comes later or is the same.</summary>
    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => $"({Rank}, {Number})";
}
