using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>The way to members of a JSON value: <c>items[].id</c>, <c>lines[0]</c>, <c>metadata["a.b/c"]</c>.</summary>
public sealed record ValuePath
{
    private ValuePath(string source, ImmutableArray<PathSegment> segments)
    {
        Source = source;
        Segments = segments;
    }

    /// <summary>As it is written.</summary>
    public string Source { get; }

    /// <summary>Its steps; not empty.</summary>
    public ImmutableArray<PathSegment> Segments { get; }

    /// <summary>The path that is written so; null where it is none.</summary>
    /// <param name="source">As it is written.</param>
    /// <param name="fault">What is wrong and what would be right; null where nothing is.</param>
    public static ValuePath? TryParse(string source, out string? fault)
    {
        var reader = new TemplateReader(source);
        var segments = reader.ReadPath(mayBeginWithList: true);
        if (segments.IsEmpty || reader.Fault is not null || !reader.IsAtEnd)
        {
            fault = reader.Fault ?? $"has something that is no part of a path at character {reader.At + 1}; a path is like \"items[].id\".";
            return null;
        }

        fault = null;
        return new ValuePath(source, segments);
    }

    /// <summary>What is found there, in order; nothing where the value is of another shape.</summary>
    public ImmutableArray<JsonElement> Select(JsonElement value)
    {
        var found = ImmutableArray.Create(value);
        foreach (var segment in Segments)
        {
            found = [.. found.SelectMany(at => Step(at, segment))];
        }

        return found;
    }

    /// <inheritdoc/>
    public bool Equals(ValuePath? other) => other?.Source == Source;

    /// <inheritdoc/>
    public override int GetHashCode() => Source.GetHashCode(StringComparison.Ordinal);

    private static ImmutableArray<JsonElement> Step(JsonElement value, PathSegment segment) => (segment, value.ValueKind) switch
    {
        (PathSegment.Member member, JsonValueKind.Object) => ResultText.TryGetMember(value, member.Name, out var found) ? [found] : [],
        (PathSegment.Each, JsonValueKind.Array) => [.. value.EnumerateArray()],
        (PathSegment.At at, JsonValueKind.Array) => at.Index < value.GetArrayLength() ? [value[at.Index]] : [],
        _ => [],
    };
}
