using System.Runtime.InteropServices;

namespace CoAgent.Protocol.Objects;

/// <summary>How much of an object an entry of a footprint names.</summary>
public enum Extent : byte
{
    /// <summary>The object itself: its content.</summary>
    Node,

    /// <summary>Which children it has: a listing.</summary>
    Children,

    /// <summary>Content and listing of the object and of all that lies below it.</summary>
    Subtree,
}

/// <summary>
/// One entry of a footprint: an object and how much of it (protocol, section 2). Written <c>a/b</c>, <c>a/b/*</c>,
/// <c>a/b/**</c>.
/// </summary>
/// <remarks>
/// The patterns of a root are written without a second separator: <c>file:/*</c> and <c>file:/**</c> for <c>file:/</c>,
/// <c>k8s:*</c> and <c>k8s:**</c> for <c>k8s:</c>. <c>**</c> alone is everything of every scheme, and so is the default
/// value: a forgotten pattern conflicts with all rather than with nothing.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ObjectPattern : IComparable<ObjectPattern>
{
    private const string SubtreeMark = "**";
    private const string ChildrenMark = "*";

    private readonly Extent _extent;

    private ObjectPattern(ObjectId id, Extent extent)
    {
        Id = id;
        _extent = extent;
    }

    /// <summary>Everything of every scheme.</summary>
    public static ObjectPattern Everything => default;

    /// <summary>The object; null for <see cref="Everything"/>.</summary>
    public ObjectId? Id { get; }

    /// <summary>How much of the object; <see cref="Everything"/> is a subtree.</summary>
    public Extent Extent => Id is null ? Extent.Subtree : _extent;

    /// <summary>The object's content.</summary>
    public static ObjectPattern Node(ObjectId id) => new(id, Extent.Node);

    /// <summary>The object's listing.</summary>
    public static ObjectPattern Children(ObjectId id) => new(id, Extent.Children);

    /// <summary>The object and all that lies below it.</summary>
    public static ObjectPattern Subtree(ObjectId id) => new(id, Extent.Subtree);

    /// <summary>The pattern written so; null when it is none.</summary>
    public static ObjectPattern? TryParse(string text)
    {
        if (text == SubtreeMark)
        {
            return Everything;
        }

        if (text.EndsWith(SubtreeMark, StringComparison.Ordinal))
        {
            return TryCreateMarked(text[..^SubtreeMark.Length]) is { } top ? Subtree(top) : null;
        }

        if (text.EndsWith(ChildrenMark, StringComparison.Ordinal))
        {
            return TryCreateMarked(text[..^ChildrenMark.Length]) is { } parent ? Children(parent) : null;
        }

        return ObjectId.TryCreate(text) is { } id ? Node(id) : null;
    }

    /// <summary>The pattern of a text that is known to be good.</summary>
    /// <exception cref="ArgumentException">The text is no pattern.</exception>
    public static ObjectPattern Parse(string text) =>
        TryParse(text) ?? throw new ArgumentException(
            $"A pattern is \"**\" (everything), or an object's id, alone or followed by \"/*\" or \"/**\" (a root by "
            + $"\"*\" or \"**\"). An id is {ObjectId.Rule}.",
            nameof(text));

    /// <summary>Whether both name some state in common.</summary>
    public bool Overlaps(ObjectPattern other)
    {
        if (Id is null || other.Id is null)
        {
            return true;
        }

        return (Extent == Extent.Subtree && Id.IsPrefixOf(other.Id))
            || (other.Extent == Extent.Subtree && other.Id.IsPrefixOf(Id))
            || (Extent == other.Extent && Id.Equals(other.Id));
    }

    /// <summary>Whether all that the other one names is named by this one.</summary>
    public bool Covers(ObjectPattern other)
    {
        if (Id is null || other.Id is null)
        {
            return Id is null;
        }

        return Extent == Extent.Subtree
            ? Id.IsPrefixOf(other.Id)
            : Extent == other.Extent && Id.Equals(other.Id);
    }

    /// <summary>
    /// Orders patterns so that each comes before all that it covers, with nothing else in between: everything first,
    /// then each object before what lies below it, its subtree before its content before its listing.
    /// </summary>
    public int CompareTo(ObjectPattern other)
    {
        if (Id is null || other.Id is null)
        {
            return (Id is not null).CompareTo(other.Id is not null);
        }

        var byId = Id.ComparePreOrder(other.Id);
        return byId != 0 ? byId : Order(Extent).CompareTo(Order(other.Extent));
    }

    /// <summary>Whether the left one is ordered before the right one.</summary>
    public static bool operator <(ObjectPattern left, ObjectPattern right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is ordered after the right one.</summary>
    public static bool operator >(ObjectPattern left, ObjectPattern right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is ordered before the right one or is the same.</summary>
    public static bool operator <=(ObjectPattern left, ObjectPattern right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is ordered after the right one or is the same.</summary>
    public static bool operator >=(ObjectPattern left, ObjectPattern right) => left.CompareTo(right) >= 0;

    /// <summary>The pattern as it is written.</summary>
    public override string ToString() => Id is null ? SubtreeMark : Extent switch
    {
        Extent.Node => Id.Value,
        Extent.Children => Before(Id) + ChildrenMark,
        Extent.Subtree => Before(Id) + SubtreeMark,
        _ => throw new InvalidOperationException($"There is no extent {Extent}."),
    };

    private static string Before(ObjectId id) => id.IsRoot ? id.Value : id.Value + ObjectIdSyntax.Separator;

    private static int Order(Extent extent) => extent == Extent.Subtree ? -1 : (int)extent;

    /// <summary>The id before a mark: a root as it is, any other with one separator behind it.</summary>
    private static ObjectId? TryCreateMarked(string text)
    {
        if (ObjectId.TryCreate(text) is { } root)
        {
            return root.IsRoot ? root : null;
        }

        return text.EndsWith(ObjectIdSyntax.Separator) && ObjectId.TryCreate(text[..^1]) is { IsRoot: false } id
            ? id
            : null;
    }
}
