using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Objects;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Whether a change is named by a declared write.</summary>
internal enum Naming
{
    /// <summary>It is.</summary>
    Named,

    /// <summary>A declared write may be about it: its name is nowhere in the state.</summary>
    NotMatched,

    /// <summary>None is about it.</summary>
    NotNamed,
}

/// <summary>Matches what changed in answers to state reads with declared ids, by the names that both use.</summary>
/// <remarks>
/// A segment of an id is a name of the state where it is the name of a member or a value in one of the answers: <c>entities</c> and
/// <c>Alice</c> of <c>mcp:memory/entities/Alice</c>, the 7 of <c>id=7</c>. The first segment is the server's and names nothing. An entry is
/// about a change when all its names occur in the change or on the way to it; an object whose own name is nowhere in the state may be about
/// any change that its other names agree with. A listing is about what came and went in its collection, a subtree about both.
/// </remarks>
internal sealed class NamedChanges
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly ImmutableArray<(ObjectPattern Entry, ImmutableArray<string> Segments)> _writes;

    internal NamedChanges(IEnumerable<ObjectPattern> writes, IEnumerable<StateAnswer> answers)
    {
        foreach (var answer in answers)
        {
            AddNames(answer.Json, _names);
        }

        _writes = [.. writes.Select(static entry => (entry, SegmentsOf(entry)))];
    }

    internal Naming Find(StateChange change)
    {
        var own = new HashSet<string>(change.Keys, StringComparer.Ordinal);
        AddNames(change.Before, own);
        AddNames(change.After, own);
        var found = _writes.Select(write => (write.Entry.Extent, Naming: Names(write.Entry, write.Segments, own))).ToArray();
        var content = Best(found.Where(static one => one.Extent != Extent.Children).Select(static one => one.Naming));
        // An object that may be about anything may be about the listing; one with a name is not.
        var listing = Best(found
            .Where(static one => one.Extent != Extent.Node || one.Naming == Naming.NotMatched).Select(static one => one.Naming));
        return change.ChangesListing && listing > content ? listing : content;
    }

    private static Naming Best(IEnumerable<Naming> found) => found.DefaultIfEmpty(Naming.NotNamed).Min();

    private Naming Names(ObjectPattern entry, ImmutableArray<string> segments, HashSet<string> change)
    {
        var known = segments.Where(segment => NamesIn(segment, _names)).ToArray();
        if (!known.All(segment => NamesIn(segment, change)))
        {
            return Naming.NotNamed;
        }

        var isOwnNameKnown = entry.Extent != Extent.Node || (segments.Length > 0 && NamesIn(segments[^1], _names));
        return isOwnNameKnown ? Naming.Named : Naming.NotMatched;
    }

    private static bool NamesIn(string segment, HashSet<string> names) =>
        names.Contains(segment) || (segment.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && names.Contains(segment[(at + 1)..]));

    private static ImmutableArray<string> SegmentsOf(ObjectPattern entry)
    {
        if (entry.Id is not { } id)
        {
            return [];
        }

        var segments = id.Value[(id.Value.IndexOf(':', StringComparison.Ordinal) + 1)..]
            .Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToImmutableArray();
        return segments.Length > 1 ? segments.RemoveAt(0) : segments;
    }

    private static void AddNames(JsonElement? value, HashSet<string> names)
    {
        switch (value)
        {
            case { ValueKind: JsonValueKind.Object } node:
                foreach (var member in node.EnumerateObject())
                {
                    names.Add(member.Name);
                    AddNames(member.Value, names);
                }

                break;
            case { ValueKind: JsonValueKind.Array } list:
                foreach (var element in list.EnumerateArray())
                {
                    AddNames(element, names);
                }

                break;
            case { ValueKind: JsonValueKind.String } text:
                names.Add(text.GetString()!);
                break;
            case { ValueKind: JsonValueKind.Number } number:
                names.Add(number.GetRawText());
                break;
        }
    }
}
