using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>A placeholder, or the list of a loop, as it is looked up: from a name or from a loop's element, some steps on, filtered.</summary>
/// <param name="Source">The placeholder, for a reason.</param>
/// <param name="Root">The name that it begins with; not looked at within a loop.</param>
/// <param name="Loop">The loop from whose element it goes on; -1 for none.</param>
/// <param name="Segments">The steps, none of them <see cref="PathSegment.Each"/>.</param>
/// <param name="Filters">What is made of it.</param>
/// <param name="Absence">What becomes where it is absent.</param>
internal sealed record Expression(
    string Source, string Root, int Loop, ImmutableArray<PathSegment> Segments, ImmutableArray<ValueFilter> Filters, Absence Absence)
{
    /// <summary>What it stands for now, whatever becomes of it where it is absent.</summary>
    public Found Look(Rounds rounds)
    {
        var found = Loop >= 0 ? rounds.Current(Loop)
            : rounds.Values.Find(Root) is { } value ? new Found.Json(value)
            : Found.Absent.It;
        foreach (var segment in Segments)
        {
            found = Step(found, segment);
        }

        foreach (var filter in Filters)
        {
            found = ValueFiltering.Apply(filter, found, rounds.Values, Source);
        }

        return found;
    }

    /// <summary>The same, with its default where it is absent.</summary>
    public Found LookOrDefault(Rounds rounds)
    {
        var found = Look(rounds);
        return found.IsNothing && Absence is Absence.Default other ? new Found.Json(other.Value) : found;
    }

    /// <summary>Why nothing can be filled in where it is absent.</summary>
    public string Missing => $"{Source} is not given.";

    private Found Step(Found found, PathSegment segment) => found switch
    {
        Found.Absent or Found.Misfit => found,
        { IsNothing: true } => Found.Absent.It,
        Found.Json json => Step(json.Value, segment),
        _ => Misfit(segment),
    };

    private Found Step(JsonElement value, PathSegment segment) => (segment, value.ValueKind) switch
    {
        (PathSegment.Member member, JsonValueKind.Object) =>
            ResultText.TryGetMember(value, member.Name, out var found) ? new Found.Json(found) : Found.Absent.It,
        (PathSegment.At at, JsonValueKind.Array) =>
            at.Index < value.GetArrayLength() ? new Found.Json(value[at.Index]) : Found.Absent.It,
        _ => Misfit(segment),
    };

    private Found.Misfit Misfit(PathSegment segment) =>
        new($"{Source}: what is there has no \"{Faults.Spelling.Shown(segment.ToString()!)}\".");
}
