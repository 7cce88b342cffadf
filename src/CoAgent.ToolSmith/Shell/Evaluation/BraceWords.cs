using System.Collections.Immutable;
using System.Globalization;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>The words that one word with braces stands for, in bash's order.</summary>
internal static class BraceWords
{
    /// <summary>How many words one word may become and still be followed.</summary>
    internal const int WordsMax = 512;

    /// <summary>One list of parts for each word; null when they are too many, or bash's answer is peculiar.</summary>
    internal static ImmutableArray<ImmutableArray<WordPart>>? Of(ImmutableArray<WordPart> parts)
    {
        if (!parts.Any(static part => part is WordPart.Alternatives or WordPart.Sequence))
        {
            return [parts];
        }

        ImmutableArray<ImmutableArray<WordPart>> words = [[]];
        foreach (var part in parts)
        {
            if (Choices(part) is not { } choices || (long)words.Length * choices.Length > WordsMax)
            {
                return null;
            }

            words = [.. words.SelectMany(_ => choices, static (word, choice) => word.AddRange(choice))];
        }

        return words;
    }

    private static ImmutableArray<ImmutableArray<WordPart>>? Choices(WordPart part)
    {
        switch (part)
        {
            case WordPart.Sequence sequence:
                return Texts(sequence) is { } texts
                    ? [.. texts.Select(text => ImmutableArray.Create<WordPart>(new WordPart.Literal(text, sequence.Span)))]
                    : null;
            case WordPart.Alternatives alternatives:
                var choices = ImmutableArray.CreateBuilder<ImmutableArray<WordPart>>();
                foreach (var choice in alternatives.Choices)
                {
                    if (Of(choice) is not { } words || choices.Count + words.Length > WordsMax)
                    {
                        return null;
                    }

                    choices.AddRange(words);
                }

                return choices.ToImmutable();
            default:
                return [[part]];
        }
    }

    private static List<string>? Texts(WordPart.Sequence sequence)
    {
        var isNumbers = char.IsAsciiDigit(sequence.From[^1]);
        if (!isNumbers && char.IsAsciiLetterUpper(sequence.From[0]) != char.IsAsciiLetterUpper(sequence.To[0]))
        {
            // Between the two cases lie signs that are then read as quotes and patterns.
            return null;
        }

        var from = isNumbers ? long.Parse(sequence.From, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : sequence.From[0];
        var to = isNumbers ? long.Parse(sequence.To, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : sequence.To[0];
        var step = sequence.Step is null ? 1 : Math.Abs(long.Parse(sequence.Step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        step = step == 0 ? 1 : step;
        if (Math.Abs(to - from) / step >= WordsMax)
        {
            return null;
        }

        var width = isNumbers && (IsPadded(sequence.From) || IsPadded(sequence.To)) ? Math.Max(sequence.From.Length, sequence.To.Length) : 0;
        var texts = new List<string>();
        for (var value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step)
        {
            texts.Add(isNumbers ? Padded(value, width) : ((char)value).ToString());
        }

        return texts;
    }

    private static bool IsPadded(string number) => number is ['0', _, ..] or ['-' or '+', '0', _, ..];

    private static string Padded(long value, int width) =>
        value < 0 ? "-" + (-value).ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(0, width - 1), '0')
            : value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
}
