using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.ToolSmith.Verification;

/// <summary>What a state read has answered.</summary>
/// <param name="Read">Which read: its tool.</param>
/// <param name="Text">The answer as text.</param>
/// <param name="Json">The same taken apart; null where it is no JSON.</param>
internal sealed record StateAnswer(string Read, string Text, JsonElement? Json)
{
    /// <summary>What has changed from this answer to a later one.</summary>
    internal StateDifference DifferenceTo(StateAnswer later)
    {
        if (Json is { } before && later.Json is { } after)
        {
            var changes = ImmutableArray.CreateBuilder<StateChange>();
            var finder = new StateChangeFinder(changes);
            finder.Compare([], before, after);
            return new StateDifference(changes.ToImmutable(), finder.HasOrderChanged);
        }

        return Text == later.Text
            ? new StateDifference([], IsOrderOther: false)
            : new StateDifference([new StateChange([], Quote(Text), Quote(later.Text), ChangesListing: false)], IsOrderOther: false);
    }

    private static JsonElement Quote(string text) => JsonSerializer.SerializeToElement(text);
}

/// <summary>What differs between two answers.</summary>
/// <param name="Changes">The members that came, went or changed.</param>
/// <param name="IsOrderOther">Whether elements of a list stand in another order.</param>
internal sealed record StateDifference(ImmutableArray<StateChange> Changes, bool IsOrderOther);

/// <summary>A member of an answer that came, went or changed.</summary>
/// <param name="Keys">The names of the members on the way to it.</param>
/// <param name="Before">What it was; null when it came.</param>
/// <param name="After">What it is; null when it went.</param>
/// <param name="ChangesListing">Whether it came or went: the collection's listing changed.</param>
internal sealed record StateChange(ImmutableArray<string> Keys, JsonElement? Before, JsonElement? After, bool ChangesListing)
{
    private const int CharsShown = 200;

    /// <inheritdoc/>
    public override string ToString() => $"{(Keys.IsEmpty ? "answer" : string.Join('.', Keys))}: {Show(Before)} → {Show(After)}";

    private static string Show(JsonElement? value) => value?.GetRawText() is not { } text ? "nothing"
        : text.Length <= CharsShown ? text : string.Concat(text.AsSpan(0, CharsShown), "…");
}

/// <summary>Compares two answers: members by name, elements of lists by what names them, else by all that they are.</summary>
internal sealed class StateChangeFinder(ImmutableArray<StateChange>.Builder changes)
{
    /// <summary>Whether a list holds the same in another order.</summary>
    internal bool HasOrderChanged { get; private set; }

    internal void Compare(ImmutableArray<string> keys, JsonElement before, JsonElement after)
    {
        switch (before.ValueKind, after.ValueKind)
        {
            case (JsonValueKind.Object, JsonValueKind.Object):
                CompareMembers(keys, Members(before), Members(after));
                break;
            case (JsonValueKind.Array, JsonValueKind.Array):
                CompareElements(keys, [.. before.EnumerateArray()], [.. after.EnumerateArray()]);
                break;
            case var _ when !JsonElement.DeepEquals(before, after):
                changes.Add(new StateChange(keys, before, after, ChangesListing: false));
                break;
        }
    }

    private static Dictionary<string, JsonElement> Members(JsonElement value)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    private void CompareMembers(ImmutableArray<string> keys, Dictionary<string, JsonElement> before, Dictionary<string, JsonElement> after)
    {
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            switch (before.TryGetValue(name, out var was), after.TryGetValue(name, out var now))
            {
                case (true, true):
                    Compare(keys.Add(name), was, now);
                    break;
                case (var hadIt, _):
                    changes.Add(new StateChange(keys.Add(name), hadIt ? was : null, hadIt ? null : now, ChangesListing: true));
                    break;
            }
        }
    }

    private void CompareElements(ImmutableArray<string> keys, JsonElement[] before, JsonElement[] after)
    {
        var identity = StateIdentity.Members.FirstOrDefault(name => Names(before, name) && Names(after, name));
        var named = before.GroupBy(Name, StringComparer.Ordinal).ToDictionary(
            static group => group.Key, static group => new Queue<JsonElement>(group), StringComparer.Ordinal);
        var isInOrder = before.Length == after.Length;
        for (var at = 0; at < after.Length; at++)
        {
            isInOrder = isInOrder && Name(before[at]) == Name(after[at]);
            if (!named.TryGetValue(Name(after[at]), out var same) || !same.TryDequeue(out var was))
            {
                changes.Add(new StateChange(keys, Before: null, after[at], ChangesListing: true));
            }
            else if (!JsonElement.DeepEquals(was, after[at]))
            {
                changes.Add(new StateChange(keys, was, after[at], ChangesListing: false));
            }
        }

        var gone = named.Values.SelectMany(static left => left).ToArray();
        changes.AddRange(gone.Select(one => new StateChange(keys, one, After: null, ChangesListing: true)));
        HasOrderChanged |= !isInOrder && gone.Length == 0 && before.Length == after.Length;

        string Name(JsonElement element) => identity is null ? Canonical(element) : element.GetProperty(identity).GetRawText();
    }

    private static bool Names(JsonElement[] elements, string name) =>
        elements.All(element => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
        && elements.Select(element => element.GetProperty(name).GetRawText()).Distinct(StringComparer.Ordinal).Count() == elements.Length;

    // The same for two elements that hold the same, in whatever order their members stand.
    private static string Canonical(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', element.EnumerateObject().Select(Member).Order(StringComparer.Ordinal))}}}",
        JsonValueKind.Array => $"[{string.Join(',', element.EnumerateArray().Select(Canonical))}]",
        _ => element.GetRawText(),
    };

    private static string Member(JsonProperty member) => $"{member.Name}:{Canonical(member.Value)}";
}

/// <summary>What an element of a list is usually known by.</summary>
internal static class StateIdentity
{
    /// <summary>The members that hold it, the likeliest first.</summary>
    internal static ImmutableArray<string> Members { get; } = ["name", "id", "key", "uri", "path", "number", "sha"];

    /// <summary>What an element is known by; null for what is none, or has no such member.</summary>
    internal static string? Of(JsonElement? element) => element is not { ValueKind: JsonValueKind.Object } node ? null
        : Members.Select(name => node.TryGetProperty(name, out var value) ? Text(value) : null).FirstOrDefault(static text => text is not null);

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
