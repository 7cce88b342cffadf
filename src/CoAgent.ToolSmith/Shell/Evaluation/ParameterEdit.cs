using System.Globalization;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Evaluation;

/// <summary>What <c>${x%p}</c>, <c>${x/p/r}</c> and the like make of a known value.</summary>
internal static class ParameterEdit
{
    /// <summary>null: not followed.</summary>
    internal static string? Apply(string value, ParameterOperation operation, Func<Word, string?> globOf) => operation switch
    {
        ParameterOperation.Count => value.Length.ToString(CultureInfo.InvariantCulture),
        ParameterOperation.Trim trim => Pattern(trim.Pattern, globOf)?.Trim(value, trim.AtEnd, trim.IsLongest),
        ParameterOperation.Replace replace => Replaced(value, replace, globOf),
        ParameterOperation.Substring substring => Part(value, substring),
        ParameterOperation.ChangeCase change => InCase(value, change),
        _ => null,
    };

    private static SimplePattern? Pattern(Word word, Func<Word, string?> globOf) => globOf(word) is { } glob ? SimplePattern.Read(glob) : null;

    private static string? Replaced(string value, ParameterOperation.Replace replace, Func<Word, string?> globOf)
    {
        var found = Pattern(replace.Pattern, globOf)?.Plain;
        var put = replace.Replacement is { } word ? Pattern(word, globOf)?.Plain : "";
        if (string.IsNullOrEmpty(found) || put is null || put.Contains('&', StringComparison.Ordinal) || put.Contains('\\', StringComparison.Ordinal))
        {
            return null;
        }

        var first = value.IndexOf(found, StringComparison.Ordinal);
        return replace.Where switch
        {
            '/' => value.Length * (long)Math.Max(1, put.Length) > ShellKnowledge.ValueLengthMax
                ? null
                : value.Replace(found, put, StringComparison.Ordinal),
            '#' => value.StartsWith(found, StringComparison.Ordinal) ? put + value[found.Length..] : value,
            '%' => value.EndsWith(found, StringComparison.Ordinal) ? value[..^found.Length] + put : value,
            _ => first < 0 ? value : string.Concat(value.AsSpan(0, first), put, value.AsSpan(first + found.Length)),
        };
    }

    private static string? Part(string value, ParameterOperation.Substring substring)
    {
        var offset = Number(substring.Offset);
        var length = substring.Length is { } word ? Number(word) : int.MaxValue;
        return offset is not { } start || length is not { } count ? null
            : start >= value.Length ? ""
            : value.Substring(start, Math.Min(count, value.Length - start));
    }

    /// <summary>A plain decimal number. One that begins with 0 is octal, so it is not followed.</summary>
    private static int? Number(Word word) =>
        word.Plain is { Length: > 0 and < 9 } text && (text == "0" || text[0] != '0') && text.All(char.IsAsciiDigit)
            ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : null;

    private static string? InCase(string value, ParameterOperation.ChangeCase change)
    {
        if (!change.Pattern.Parts.IsEmpty || change.Sign == '~')
        {
            return null;
        }

        var count = change.IsForAll ? value.Length : Math.Min(1, value.Length);
        var changed = change.Sign == '^' ? value[..count].ToUpperInvariant() : value[..count].ToLowerInvariant();
        return changed + value[count..];
    }
}
