using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Binding;

/// <summary>A template of object ids: a scheme, segments, and how much of the object.</summary>
/// <param name="Scheme">The scheme, without its colon; empty for everything of every scheme.</param>
/// <param name="IsAbsolute">Whether a separator follows the scheme.</param>
/// <param name="Segments">The segments; of <c>file:</c> ids joined by separators they are a path.</param>
/// <param name="Extent">How much of the object.</param>
internal sealed record IdTemplate(string Scheme, bool IsAbsolute, ImmutableArray<ImmutableArray<TemplatePart>> Segments, Extent Extent)
{
    private const string FileScheme = "file";

    /// <summary>Everything of every scheme.</summary>
    public bool IsEverything => Scheme.Length == 0;

    /// <summary>Whether the ids are those of files: their first placeholder is a path.</summary>
    public bool IsFile => Scheme == FileScheme;

    /// <summary>The ids that are written so; null where it is none.</summary>
    /// <param name="template">The text.</param>
    /// <param name="fault">What is wrong and what would be right; null where nothing is.</param>
    public static IdTemplate? TryParse(TextTemplate template, out string? fault)
    {
        fault = null;
        if (template.Source == "**")
        {
            return new IdTemplate("", IsAbsolute: false, [], Extent.Subtree);
        }

        if (template.Parts is not [TemplatePart.Literal first, ..] || first.Text.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon)
            || ObjectId.TryCreate(first.Text[..(colon + 1)]) is null)
        {
            fault = "is no object id; it begins with a scheme, as \"file:{path}\" or \"mcp:memory/entities/{name}\" do (or is \"**\", everything).";
            return null;
        }

        var segments = Split(first.Text[(colon + 1)..], template.Parts.Skip(1));
        var isAbsolute = segments.Count > 1 && segments[0].IsEmpty;
        segments.RemoveRange(0, isAbsolute ? 1 : 0);
        var extent = TakeMark(segments);
        fault = FaultOf(segments);
        return fault is null ? new IdTemplate(first.Text[..colon], isAbsolute, [.. segments], extent) : null;
    }

    private static List<ImmutableArray<TemplatePart>> Split(string rest, IEnumerable<TemplatePart> others)
    {
        var segments = new List<ImmutableArray<TemplatePart>> { ImmutableArray<TemplatePart>.Empty };
        foreach (var part in others.Prepend(new TemplatePart.Literal(rest)))
        {
            if (part is not TemplatePart.Literal literal)
            {
                segments[^1] = segments[^1].Add(part);
                continue;
            }

            foreach (var (index, text) in literal.Text.Split('/').Index())
            {
                if (index > 0)
                {
                    segments.Add([]);
                }

                segments[^1] = text.Length > 0 ? segments[^1].Add(new TemplatePart.Literal(text)) : segments[^1];
            }
        }

        return segments;
    }

    /// <summary>Takes the mark off the end: which children, or all below.</summary>
    private static Extent TakeMark(List<ImmutableArray<TemplatePart>> segments)
    {
        var extent = segments[^1] switch
        {
            [TemplatePart.Literal { Text: "*" }] => Extent.Children,
            [TemplatePart.Literal { Text: "**" }] => Extent.Subtree,
            _ => Extent.Node,
        };
        // The root alone is written as one empty segment.
        if (extent != Extent.Node || (segments.Count == 1 && segments[0].IsEmpty))
        {
            segments.RemoveAt(segments.Count - 1);
        }

        return extent;
    }

    private static string? FaultOf(List<ImmutableArray<TemplatePart>> segments)
    {
        for (var at = 0; at < segments.Count; at++)
        {
            var segment = segments[at];
            if (segment.IsEmpty)
            {
                return "has an empty segment; segments are parted by one \"/\", and none stands at the end.";
            }

            foreach (var literal in segment.OfType<TemplatePart.Literal>())
            {
                if (literal.Text.Contains('*', StringComparison.Ordinal))
                {
                    return "has a \"*\" within its segments; it ends in \"/*\" (which children there are) or \"/**\" (all below), and a star as such is \"%2A\".";
                }

                if (SegmentName.TryDecode(literal.Text) is null || literal.Text.Any(char.IsControl) || !TemplateText.IsWhole(literal.Text))
                {
                    return $"has a segment that no id holds; a \"%\" as such is \"%25\".";
                }
            }

            if (segment is [TemplatePart.Literal { Text: "." or ".." }])
            {
                return "has a segment \".\" or \"..\"; ids are absolute.";
            }
        }

        return null;
    }
}
