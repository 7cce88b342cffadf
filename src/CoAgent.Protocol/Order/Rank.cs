namespace CoAgent.Protocol.Order;

/// <summary>A transaction's place in the serial order: positive, unique in the workspace, fixed when it begins.</summary>
public readonly record struct Rank : IComparable<Rank>
{
    /// <summary>The highest rank: the largest number that every JSON reader keeps exactly.</summary>
    public const long ValueMax = (1L << 53) - 1;

    /// <summary>A rank of that number.</summary>
    public Rank(long value)
    {
        if (value is < 1 or > ValueMax)
        {
            throw new ArgumentOutOfRangeException(nameof(value), $"A rank is from 1 to {ValueMax}.");
        }

        Value = value;
    }

    /// <summary>The number.</summary>
    public long Value { get; }

    /// <summary>The rank of that number; null when no rank has it.</summary>
    public static Rank? TryCreate(long value) => value is >= 1 and <= ValueMax ? new Rank(value) : null;

    /// <inheritdoc/>
    public int CompareTo(Rank other) => Value.CompareTo(other.Value);

    /// <summary>Whether the left one comes earlier in the serial order.</summary>
    public static bool operator <(Rank left, Rank right) => left.Value < right.Value;

    /// <summary>Whether the left one comes later in the serial order.</summary>
    public static bool operator >(Rank left, Rank right) => left.Value > right.Value;

    /// <summary>Whether the left one comes earlier or is the same.</summary>
    public static bool operator <=(Rank left, Rank right) => left.Value <= right.Value;

    /// <summary>Whether the left one comes later or is the same.</summary>
    public static bool operator >=(Rank left, Rank right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
