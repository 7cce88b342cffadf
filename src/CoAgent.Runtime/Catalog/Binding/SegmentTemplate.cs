using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Binding;

/// <summary>One segment of an id: whatever its placeholders hold, it stays one segment.</summary>
internal sealed class SegmentTemplate
{
    private readonly TemplateText _text;
    private readonly bool _isPath;
    private readonly string _source;

    /// <summary>A segment.</summary>
    /// <param name="parts">Its parts; literals as ids write them.</param>
    /// <param name="loops">The lists of the entry.</param>
    /// <param name="isPath">Whether it is a path, which may hold separators.</param>
    public SegmentTemplate(ImmutableArray<TemplatePart> parts, LoopPlanBuilder loops, bool isPath)
    {
        _text = new TemplateText(
            [.. parts.Select(static part => part is TemplatePart.Literal literal ? new TemplatePart.Literal(SegmentName.TryDecode(literal.Text)!) : part)], loops);
        _isPath = isPath && parts[0] is TemplatePart.Hole;
        _source = string.Concat(parts.Select(static part => part is TemplatePart.Hole hole ? hole.Placeholder.Source : ((TemplatePart.Literal)part).Text));
    }

    /// <summary>The name that the segment stands for in this round, not yet encoded.</summary>
    /// <returns><see cref="Found.Text"/>, <see cref="Found.Absent"/> where the entry is left out, else a <see cref="Found.Misfit"/>.</returns>
    public Found Name(Rounds rounds)
    {
        var found = _text.Fill(rounds);
        // Servers take an empty name for "all", for a default or for a fault: nobody can tell which object is meant.
        return found is Found.Text { Value.Length: 0 } ? new Found.Misfit($"{_source} is empty.") : found;
    }

    /// <summary>The same for a segment of a path: what would be several segments, or none, is refused.</summary>
    public Found PathName(Rounds rounds)
    {
        var found = Name(rounds);
        return !_isPath && found is Found.Text text && (text.Value is "." or ".." || text.Value.Contains('/', StringComparison.Ordinal))
            ? new Found.Misfit($"{_source} is no name of a file.")
            : found;
    }
}
