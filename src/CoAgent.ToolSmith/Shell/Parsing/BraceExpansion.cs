using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>Finds the braces of a word that stand for several words. bash looks for them before anything else is expanded.</summary>
internal sealed partial class BraceExpansion
{
    private readonly List<Frame> _open = [new Frame(null)];
    private bool _isUsed;

    /// <summary>The parts with such braces as parts; the action is told when there are any.</summary>
    internal static ImmutableArray<WordPart> Apply(ImmutableArray<WordPart> parts, Action onUse)
    {
        var expansion = new BraceExpansion();
        foreach (var part in parts)
        {
            expansion.Take(part);
        }

        while (expansion._open.Count > 1)
        {
            expansion.Abandon();
        }

        if (!expansion._isUsed)
        {
            return parts;
        }

        onUse();
        return [.. expansion._open[0].Current];
    }

    private void Take(WordPart part)
    {
        if (part is not WordPart.Literal literal)
        {
            _open[^1].Current.Add(part);
            return;
        }

        var start = 0;
        for (var at = 0; at < literal.Text.Length; at++)
        {
            if (literal.Text[at] is '{' or ',' or '}')
            {
                AddText(literal, start, at);
                start = at + 1;
                TakeSign(literal, at);
            }
        }

        AddText(literal, start, literal.Text.Length);
    }

    private void AddText(WordPart.Literal literal, int start, int end)
    {
        if (end > start)
        {
            _open[^1].Current.Add(Part(literal, start, end));
        }
    }

    /// <summary>A line continuation within makes the text shorter than its span; then the span stays that of the whole.</summary>
    private static WordPart.Literal Part(WordPart.Literal literal, int start, int end) =>
        literal.Span.End - literal.Span.Start != literal.Text.Length
            ? literal with { Text = literal.Text[start..end] }
            : new(literal.Text[start..end], new SourceSpan(literal.Span.Start + start, literal.Span.Start + end));

    private void TakeSign(WordPart.Literal literal, int at)
    {
        var sign = Part(literal, at, at + 1);
        switch (sign.Text[0])
        {
            case '{':
                _open.Add(new Frame(sign));
                break;
            case ',' when _open.Count > 1:
                _open[^1].Separators.Add(sign);
                _open[^1].Choices.Add([]);
                break;
            case '}' when _open.Count > 1:
                Close(sign);
                break;
            default:
                _open[^1].Current.Add(sign);
                break;
        }
    }

    private void Close(WordPart.Literal sign)
    {
        var frame = _open[^1];
        var span = new SourceSpan(frame.Open!.Span.Start, sign.Span.End);
        WordPart? expanded = frame.Choices.Count > 1
            ? new WordPart.Alternatives([.. frame.Choices.Select(static choice => choice.ToImmutableArray())], span)
            : Sequence(frame.Current, span);
        if (expanded is null)
        {
            Abandon();
            _open[^1].Current.Add(sign);
            return;
        }

        _isUsed = true;
        _open.RemoveAt(_open.Count - 1);
        _open[^1].Current.Add(expanded);
    }

    /// <summary>A brace that is not closed, or holds one thing only, is text.</summary>
    private void Abandon()
    {
        var frame = _open[^1];
        _open.RemoveAt(_open.Count - 1);
        var outer = _open[^1].Current;
        outer.Add(frame.Open!);
        for (var index = 0; index < frame.Choices.Count; index++)
        {
            if (index > 0)
            {
                outer.Add(frame.Separators[index - 1]);
            }

            outer.AddRange(frame.Choices[index]);
        }
    }

    private static WordPart.Sequence? Sequence(List<WordPart> parts, SourceSpan span)
    {
        if (parts is not [WordPart.Literal { Text: var text }])
        {
            return null;
        }

        var match = SequenceForm().Match(text);
        return match.Success && char.IsAsciiLetter(match.Groups["from"].ValueSpan[0]) == char.IsAsciiLetter(match.Groups["to"].ValueSpan[0])
            ? new WordPart.Sequence(match.Groups["from"].Value, match.Groups["to"].Value, match.Groups["step"].Success ? match.Groups["step"].Value : null, span)
            : null;
    }

    [GeneratedRegex(@"^(?<from>[+-]?[0-9]{1,18}|[a-zA-Z])\.\.(?<to>[+-]?[0-9]{1,18}|[a-zA-Z])(\.\.(?<step>[+-]?[0-9]{1,18}))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SequenceForm();

    /// <summary>A brace that is open, and what stands between its commas so far.</summary>
    private sealed class Frame(WordPart.Literal? open)
    {
        public WordPart.Literal? Open { get; } = open;

        public List<List<WordPart>> Choices { get; } = [[]];

        public List<WordPart.Literal> Separators { get; } = [];

        public List<WordPart> Current => Choices[^1];
    }
}
