using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Execution;

/// <summary>An answer without the members that are no state (docs/catalog.md, <c>normalize</c>): what is compared, never what is shown.</summary>
public static class NormalizedResult
{
    private const string Structured = "structuredContent";

    /// <summary>The answer without those members: of its structured content, and of its text blocks where they are JSON.</summary>
    public static ToolResult Of(ToolResult result, ImmutableArray<ValuePath> members)
    {
        if (members.IsEmpty || result.Kind != ToolResultKind.Answer || TryParse(Encoding.UTF8.GetString(result.Utf8.Span)) is not JsonObject answer)
        {
            return result;
        }

        Drop(answer[Structured], members);
        foreach (var block in (answer["content"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (block["text"] is JsonValue text && text.TryGetValue<string>(out var json) && TryParse(json) is { } value)
            {
                Drop(value, members);
                block["text"] = value.ToJsonString();
            }
        }

        return result with { Utf8 = Encoding.UTF8.GetBytes(answer.ToJsonString()) };
    }

    private static void Drop(JsonNode? value, ImmutableArray<ValuePath> members)
    {
        foreach (var path in members)
        {
            Drop(value, path.Segments.AsSpan());
        }
    }

    private static void Drop(JsonNode? value, ReadOnlySpan<PathSegment> path)
    {
        switch (value, path[0])
        {
            case (JsonObject members, PathSegment.Member member) when path.Length == 1:
                members.Remove(member.Name);
                break;
            case (JsonObject members, PathSegment.Member member):
                Drop(members[member.Name], path[1..]);
                break;
            case (JsonArray elements, PathSegment.Each) when path.Length > 1:
                foreach (var element in elements)
                {
                    Drop(element, path[1..]);
                }

                break;
            case (JsonArray elements, PathSegment.Each):
                elements.Clear();
                break;
            case (JsonArray elements, PathSegment.At at) when at.Index < elements.Count && path.Length > 1:
                Drop(elements[at.Index], path[1..]);
                break;
            case (JsonArray elements, PathSegment.At at) when at.Index < elements.Count:
                elements[at.Index] = null; // What follows keeps its place.
                break;
        }
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
