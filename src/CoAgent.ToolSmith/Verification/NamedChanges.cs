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
/// any change that its other names agree with. An object that is named as one element of a list is called is about no other
/// element that happens to hold that name. A listing is about what came and went in its collection, a subtree about both.
/// </remarks>
internal sealed class NamedChanges
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _identities = new(StringComparer.Ordinal);
    private readonly ImmutableArray<(ObjectPattern Entry, ImmutableArray<string> Segments)> _writes;

    internal NamedChanges(IEnumerable<ObjectPattern> writes, IEnumerable<StateAnswer> answers)
    {
        foreach (var answer in answers)
        {
            AddNames(answer.Json, _names);
            AddIdentities(answer.Json);
        }

        _writes = [.. writes.Select(static entry => (entry, SegmentsOf(entry)))];
    }

    internal Naming Find(StateChange change)
    {
        var own = new HashSet<string>(change.Keys, StringComparer.Ordinal);
        AddNames(change.Before, own);
        AddNames(change.After, own);
        var found = _writes.Select(write => (write.Entry.Extent, Naming: Names(write.Entry, write.Segments, change, own))).ToArray();
        var content = Best(found.Where(static one => one.Extent != Extent.Children).Select(static one => one.Naming));
        // An object that may be about anything may be about the listing; one with a name is not.
        var listing = Best(found
            .Where(static one => one.Extent != Extent.Node || one.Naming == Naming.NotMatched).Select(static one => one.Naming));
        return change.ChangesListing && listing > content ? listing : content;
    }

    private static Naming Best(IEnumerable<Naming> found) => found.DefaultIfEmpty(Naming.NotNamed).Min();

    private Naming Names(ObjectPattern entry, ImmutableArray<string> segments, StateChange change, HashSet<string> own)
    {
        var known = segments.Where(segment => NamesIn(segment, _names)).ToArray();
        if (!known.All(segment => NamesIn(segment, own)) || (entry.Extent != Extent.Children && IsAboutAnother(segments, change)))
        {
            return Naming.NotNamed;
        }

        var isOwnNameKnown = entry.Extent != Extent.Node || (segments.Length > 0 && NamesIn(segments[^1], _names));
        return isOwnNameKnown ? Naming.Named : Naming.NotMatched;
    }

    private bool IsAboutAnother(ImmutableArray<string> segments, StateChange change) =>
        segments.Length > 0
        && NamesIn(segments[^1], _identities)
        && !change.Keys.Contains(segments[^1])
        && (StateIdentity.Of(change.After) ?? StateIdentity.Of(change.Before)) is { } identity
        && !NamesIn(segments[^1], [identity]);

    private static bool NamesIn(string segment, HashSet<string> names) =>
        names.Contains(segment) || (segment.IndexOf('=', StringComparison.Ordinal) is var at and > 0 && names.Contains(segment[(at + 1)..]));

    private void AddIdentities(JsonElement? value)
    {
        if (StateIdentity.Of(value) is { } identity)
        {
            _identities.Add(identity);
        }

        switch (value)
        {
            case { ValueKind: JsonValueKind.Object } node:
                foreach (var member in node.EnumerateObject())
                {
                    AddIdentities(member.Value);
                }

                break;
            case { ValueKind: JsonValueKind.Array } list:
                foreach (var element in list.EnumerateArray())
                {
                    AddIdentities(element);
                }

                break;
        }
    }

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
