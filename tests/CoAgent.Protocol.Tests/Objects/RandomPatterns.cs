using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

/// <summary>Patterns over so few names that they often meet.</summary>
internal static class RandomPatterns
{
    // "x:" and "x:/" begin alike, and so do "a", "a-" and "ab": what merely begins alike is not above.
    private static readonly string[] Roots = ["x:", "x:/", "file:/"];
    private static readonly string[] Steps = ["a", "a-", "ab", "b"];

    internal static ObjectId NextObjectId(this Random random)
    {
        var value = Roots[random.Next(Roots.Length)];
        var depth = random.Next(5);
        for (var step = 0; step < depth; step++)
        {
            value += (step > 0 ? "/" : "") + Steps[random.Next(Steps.Length)];
        }

        return ObjectId.Create(value);
    }

    internal static ObjectPattern NextPattern(this Random random) => random.Next(12) switch
    {
        0 => ObjectPattern.Everything,
        < 3 => ObjectPattern.Subtree(random.NextObjectId()),
        < 6 => ObjectPattern.Children(random.NextObjectId()),
        _ => ObjectPattern.Node(random.NextObjectId()),
    };

    internal static Access NextAccess(this Random random) => (Access)(1 << random.Next(4));

    /// <summary>Whether the id lies at or below the other, by its segments.</summary>
    internal static bool LiesUnder(ObjectId id, ObjectId top)
    {
        var above = SegmentsOf(top);
        return SegmentsOf(id).Take(above.Length).SequenceEqual(above);
    }

    /// <summary>The steps from the root down to the object; the first is the root itself.</summary>
    internal static string[] SegmentsOf(ObjectId id)
    {
        var colon = id.Value.IndexOf(':', StringComparison.Ordinal);
        var root = id.Value[..(id.Value.Length > colon + 1 && id.Value[colon + 1] == '/' ? colon + 2 : colon + 1)];
        return [root, .. id.Value[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>Overlap as section 2 has it: both name some content or listing. Regions meet at one's top.</summary>
    internal static bool Meet(ObjectPattern left, ObjectPattern right) => Reaches(left, right) || Reaches(right, left);

    /// <summary>Whether the left names all that the right does: its top, and below it if it reaches so far.</summary>
    internal static bool Holds(ObjectPattern left, ObjectPattern right) =>
        (right.Extent == Extent.Children || NamesContent(left, right.Id))
        && (right.Extent == Extent.Node || NamesListing(left, right.Id))
        && (right.Extent != Extent.Subtree || left.Extent == Extent.Subtree);

    /// <summary>Whether the right names what the left names of its own object.</summary>
    private static bool Reaches(ObjectPattern left, ObjectPattern right) =>
        (left.Extent != Extent.Children && NamesContent(right, left.Id))
        || (left.Extent != Extent.Node && NamesListing(right, left.Id));

    private static bool NamesContent(ObjectPattern pattern, ObjectId? id) => Names(pattern, id, Extent.Node);

    private static bool NamesListing(ObjectPattern pattern, ObjectId? id) => Names(pattern, id, Extent.Children);

    private static bool Names(ObjectPattern pattern, ObjectId? id, Extent alone)
    {
        if (pattern.Id is null || id is null)
        {
            return pattern.Id is null;
        }

        return pattern.Extent == Extent.Subtree
            ? LiesUnder(id, pattern.Id)
            : pattern.Extent == alone && id.Value == pattern.Id.Value;
    }
}
