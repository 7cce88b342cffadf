using System.Collections.Immutable;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>The parts of a text with placeholders, ready to be filled in.</summary>
internal sealed class TemplateText
{
    private readonly ImmutableArray<(string? Literal, Expression? Hole)> _parts;

    public TemplateText(ImmutableArray<TemplatePart> parts, LoopPlanBuilder loops)
    {
        _parts = [.. parts.Select(part => part switch
        {
            TemplatePart.Literal literal => ((string?)literal.Text, (Expression?)null),
            TemplatePart.Hole hole => (null, loops.Add(hole.Placeholder)),
            _ => throw new InvalidOperationException("A part is text or a placeholder."),
        })];
    }

    /// <summary>What is looked up for it.</summary>
    public IEnumerable<Expression> Expressions => _parts.Select(static part => part.Hole).OfType<Expression>();

    /// <summary>The placeholder that is all of it; null where there is text around or none.</summary>
    public Expression? Only => _parts is [{ Hole: { } hole }] ? hole : null;

    /// <summary>The text of this round.</summary>
    /// <returns><see cref="Found.Text"/>, <see cref="Found.Absent"/> where it is left out, else a <see cref="Found.Misfit"/>.</returns>
    public Found Fill(Rounds rounds)
    {
        var text = "";
        foreach (var (literal, hole) in _parts)
        {
            var filled = literal is null ? Fill(hole!, rounds) : new Found.Text(literal);
            if (filled is not Found.Text { Value: var more })
            {
                return filled;
            }

            if (rounds.Count(more.Length) is { } reason)
            {
                return new Found.Misfit(reason);
            }

            text = text.Length == 0 ? more : text + more;
        }

        return new Found.Text(text);
    }

    /// <summary>Whether a text holds no half of a surrogate pair, which UTF-8 cannot say.</summary>
    public static bool IsWhole(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && !(at + 1 < text.Length && char.IsSurrogatePair(text, at++)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The text of one placeholder in this round; results as of <see cref="Fill(Rounds)"/>.</summary>
    internal static Found Fill(Expression hole, Rounds rounds)
    {
        var found = hole.LookOrDefault(rounds);
        return !found.IsNothing ? found.ToText(hole.Source)
            : hole.Absence is Absence.LeftOut ? Found.Absent.It
            : new Found.Misfit(hole.Missing);
    }
}
