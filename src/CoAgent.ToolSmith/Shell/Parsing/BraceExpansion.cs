using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>Finds the braces of a word that stand for several words, as bash does before it expands anything else.</summary>
/// <remarks>
/// An open brace is closed by the first closing one on its level after a comma or two dots on its level; where there is none, it is text
/// and the next open brace is tried.
/// </remarks>
internal sealed partial class BraceExpansion
{
    /// <summary>How many open braces one word may have: looking for each one's end goes over the word again.</summary>
    private const int BracesMax = 64;

    private readonly List<WordPart> _tokens = [];
    private bool _isUsed;

    /// <summary>The parts with such braces as parts; the action is told when there are any.</summary>
    internal static ImmutableArray<WordPart> Apply(ImmutableArray<WordPart> parts, Action onUse)
    {
        var expansion = new BraceExpansion();
        foreach (var part in parts)
        {
            expansion.Split(part);
        }

        if (expansion._tokens.Count(static token => IsSign(token, '{')) > BracesMax)
        {
            return [new WordPart.Opaque($"a word has more than {BracesMax} braces", parts[0].Span)];
        }

        var expanded = expansion.Expand(0, expansion._tokens.Count);
        if (!expansion._isUsed)
        {
            return parts;
        }

        onUse();
        return [.. expanded];
    }

    /// <summary>Signs become tokens of their own, and two dots too.</summary>
    private void Split(WordPart part)
    {
        if (part is not WordPart.Literal literal)
        {
            _tokens.Add(part);
            return;
        }

        var start = 0;
        for (var at = 0; at < literal.Text.Length; at++)
        {
            var length = literal.Text[at] is '{' or ',' or '}' ? 1 : literal.Text.AsSpan(at).StartsWith("..") ? 2 : 0;
            if (length > 0)
            {
                AddText(literal, start, at);
                AddText(literal, at, at + length);
                start = at + length;
                at = start - 1;
            }
        }

        AddText(literal, start, literal.Text.Length);
    }

    private void AddText(WordPart.Literal literal, int start, int end)
    {
        if (end > start)
        {
            // A line continuation within makes the text shorter than its span; then the span stays that of the whole.
            _tokens.Add(literal.Span.End - literal.Span.Start != literal.Text.Length
                ? literal with { Text = literal.Text[start..end] }
                : new WordPart.Literal(literal.Text[start..end], new SourceSpan(literal.Span.Start + start, literal.Span.Start + end)));
        }
    }

    private static bool IsSign(WordPart token, char sign) => token is WordPart.Literal { Text: [var only] } && only == sign;

    private List<WordPart> Expand(int from, int to)
    {
        var parts = new List<WordPart>();
        for (var at = from; at < to; at++)
        {
            var isEmptyPair = at == from && at + 1 < to && IsSign(_tokens[at + 1], '}');
            if (!IsSign(_tokens[at], '{') || isEmptyPair || End(at + 1, to) is not (var end and >= 0))
            {
                parts.Add(_tokens[at]);
                continue;
            }

            var span = new SourceSpan(_tokens[at].Span.Start, _tokens[end].Span.End);
            var hasComma = _tokens.Skip(at).Take(end - at).Any(static token => IsSign(token, ','));
            if (hasComma)
            {
                parts.Add(new WordPart.Alternatives([.. Choices(at + 1, end)], span));
                _isUsed = true;
            }
            else if (Sequence(at + 1, end, span) is { } sequence)
            {
                parts.Add(sequence);
                _isUsed = true;
            }
            else
            {
                parts.AddRange(_tokens.Skip(at).Take(end - at + 1));
            }

            parts.AddRange(Expand(end + 1, to));
            return parts;
        }

        return parts;
    }

    /// <summary>Where the brace before a position is closed; -1: nowhere.</summary>
    private int End(int from, int to)
    {
        var (depth, hasSeparator) = (0, false);
        for (var at = from; at < to; at++)
        {
            if (IsSign(_tokens[at], '}') && depth == 0 && hasSeparator)
            {
                return at;
            }

            depth += IsSign(_tokens[at], '{') ? 1 : IsSign(_tokens[at], '}') && depth > 0 ? -1 : 0;
            hasSeparator |= depth == 0 && (IsSign(_tokens[at], ',')
                || (_tokens[at] is WordPart.Literal { Text: ".." } && !(at + 1 < to && IsSign(_tokens[at + 1], '}'))));
        }

        return -1;
    }

    private IEnumerable<ImmutableArray<WordPart>> Choices(int from, int to)
    {
        var (depth, start) = (0, from);
        for (var at = from; at < to; at++)
        {
            depth += IsSign(_tokens[at], '{') ? 1 : IsSign(_tokens[at], '}') && depth > 0 ? -1 : 0;
            if (depth == 0 && IsSign(_tokens[at], ','))
            {
                yield return [.. Expand(start, at)];
                start = at + 1;
            }
        }

        yield return [.. Expand(start, to)];
    }

    private WordPart.Sequence? Sequence(int from, int to, SourceSpan span)
    {
        if (!_tokens.Skip(from).Take(to - from).All(static token => token is WordPart.Literal))
        {
            return null;
        }

        var match = SequenceForm().Match(string.Concat(_tokens.Skip(from).Take(to - from).Select(static token => ((WordPart.Literal)token).Text)));
        return match.Success && char.IsAsciiLetter(match.Groups["from"].ValueSpan[0]) == char.IsAsciiLetter(match.Groups["to"].ValueSpan[0])
            ? new WordPart.Sequence(
                match.Groups["from"].Value, match.Groups["to"].Value, match.Groups["step"].Success ? match.Groups["step"].Value : null, span)
            : null;
    }

    [GeneratedRegex(
        @"^(?<from>[+-]?[0-9]{1,18}|[a-zA-Z])\.\.(?<to>[+-]?[0-9]{1,18}|[a-zA-Z])(\.\.(?<step>[+-]?[0-9]{1,18}))?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SequenceForm();
}
