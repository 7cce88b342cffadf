namespace CoAgent.Protocol.Objects;

/// <summary>
/// The canonical name of one piece of shared state: a path of segments under a scheme, as
/// <c>file:/repo/src/a.cs</c>, <c>k8s:prod/default/deployments/geo</c> (protocol, section 2).
/// </summary>
/// <remarks>
/// <para>
/// The first segment is the root: <c>file:/</c> where the paths of the scheme are absolute, <c>k8s:</c> where they are
/// not. A scheme keeps to one of the two: <c>x:</c> and <c>x:/</c> are different roots, and nothing below the one is
/// below the other.
/// </para>
/// <para>
/// Names are compared character by character. Whoever makes them keeps the scheme's own case rule, resolves symbolic
/// links, and writes what a segment cannot hold as <see cref="SegmentText"/> does.
/// </para>
/// </remarks>
public sealed class ObjectId : IEquatable<ObjectId>
{
    /// <summary>The longest id, in characters.</summary>
    public const int CharsMax = 8192;

    /// <summary>The deepest id, in segments, the root counted.</summary>
    public const int SegmentsMax = 256;

    /// <summary>What an id is, in words for a message.</summary>
    public const string Rule =
        "a scheme (a letter, then letters, digits, \"+\", \".\" or \"-\"), \":\", and segments parted by \"/\" (one "
        + "\"/\" may come first), none of them empty, \".\" or \"..\", without control characters, lone surrogates and "
        + "\"*\" (which is \"%2A\"); at most 8192 characters and 256 segments";

    private readonly int _rootLength;
    private int _hash; // 0 until it is first asked for

    private ObjectId(string value, int rootLength)
    {
        Value = value;
        _rootLength = rootLength;
    }

    /// <summary>The whole name, in its only spelling.</summary>
    public string Value { get; }

    /// <summary>Whether this is the root of its scheme.</summary>
    public bool IsRoot => _rootLength == Value.Length;

    /// <summary>The id of that name; null when it breaks <see cref="Rule"/>.</summary>
    public static ObjectId? TryCreate(string value) =>
        ObjectIdSyntax.RootLengthOf(value) is { } rootLength ? new ObjectId(value, rootLength) : null;

    /// <summary>The id of a name that is known to be good.</summary>
    /// <exception cref="ArgumentException">The name breaks <see cref="Rule"/>.</exception>
    public static ObjectId Create(string value) =>
        TryCreate(value) ?? throw new ArgumentException($"An object's id is {Rule}.", nameof(value));

    /// <summary>Whether the other one is this object or lies below it.</summary>
    public bool IsPrefixOf(ObjectId other)
    {
        if (!other.Value.StartsWith(Value, StringComparison.Ordinal))
        {
            return false;
        }

        // "k8s:" begins the text of "k8s:/a" and "a/b" that of "a/bc", but neither lies above the other.
        return other.Value.Length == Value.Length
            || (IsRoot ? other._rootLength == _rootLength : other.Value[Value.Length] == ObjectIdSyntax.Separator);
    }

    /// <inheritdoc/>
    public bool Equals(ObjectId? other) => other is not null && other.Value == Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ObjectId);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash != 0 ? _hash : _hash = string.GetHashCode(Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Orders ids so that each is followed at once by all that lies below it.</summary>
    internal int ComparePreOrder(ObjectId other)
    {
        var byRoot = Value.AsSpan(0, _rootLength).SequenceCompareTo(other.Value.AsSpan(0, other._rootLength));
        if (byRoot != 0)
        {
            return byRoot;
        }

        var same = Value.AsSpan().CommonPrefixLength(other.Value);
        return Weight(Value, same).CompareTo(Weight(other.Value, same));

        // The end comes first, then what goes on below, then what goes on in the same segment.
        static int Weight(string value, int at) =>
            at == value.Length ? -2 : value[at] == ObjectIdSyntax.Separator ? -1 : value[at];
    }
}
