using System.Collections;
using System.Globalization;

namespace CoAgent.Workspace.Databases;

/// <summary>SQL taken apart, without comments and blanks.</summary>
internal sealed class SqlTokens(string sql) : IEnumerable<SqlToken>
{
    public IEnumerator<SqlToken> GetEnumerator()
    {
        for (var at = 0; at < sql.Length;)
        {
            var (kind, length) = Next(at);
            if (kind != SqlTokenKind.Blank)
            {
                yield return new SqlToken(kind, sql.Substring(at, length));
            }

            at += length;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private (SqlTokenKind Kind, int Length) Next(int at)
    {
        var first = sql[at];
        var second = at + 1 < sql.Length ? sql[at + 1] : '\0';
        return (first, second) switch
        {
            _ when char.IsWhiteSpace(first) => (SqlTokenKind.Blank, 1),
            ('-', '-') => (SqlTokenKind.Blank, Until(at, "\n")),
            ('/', '*') => (SqlTokenKind.Blank, Until(at + 2, "*/") + 2),
            ('\'', _) => (SqlTokenKind.Text, Quoted(at, '\'')),
            ('"', _) => (SqlTokenKind.Name, Quoted(at, '"')),
            ('`', _) => (SqlTokenKind.Name, Quoted(at, '`')),
            ('[', _) => (SqlTokenKind.Name, Until(at, "]")),
            ('x' or 'X', '\'') => (SqlTokenKind.Other, 1 + Quoted(at + 1, '\'')),
            ('?', _) => (SqlTokenKind.Parameter, 1 + Run(at + 1, char.IsAsciiDigit)),
            (':' or '@' or '$', _) when IsWordPart(second) => (SqlTokenKind.Parameter, 1 + Run(at + 1, IsWordPart)),
            _ when char.IsAsciiDigit(first) => (SqlTokenKind.Number, Run(at, static one => char.IsAsciiLetterOrDigit(one) || one is '.' or '_')),
            _ when IsWordPart(first) => (SqlTokenKind.Word, Run(at, IsWordPart)),
            ('=', '=') or ('<', '=' or '>') or ('>', '=') or ('!', '=') or ('|', '|') => (SqlTokenKind.Other, 2),
            _ => (SqlTokenKind.Other, 1),
        };
    }

    private int Until(int at, string end)
    {
        var found = at < sql.Length ? sql.IndexOf(end, at, StringComparison.Ordinal) : -1;
        return found < 0 ? sql.Length - at : found + end.Length - at;
    }

    private int Quoted(int at, char quote)
    {
        for (var end = at + 1; end < sql.Length; end++)
        {
            if (sql[end] == quote)
            {
                if (end + 1 == sql.Length || sql[end + 1] != quote)
                {
                    return end + 1 - at;
                }

                end++;
            }
        }

        return sql.Length - at;
    }

    private int Run(int at, Func<char, bool> isPart)
    {
        var end = at;
        while (end < sql.Length && isPart(sql[end]))
        {
            end++;
        }

        return end - at;
    }

    private static bool IsWordPart(char one) => char.IsLetterOrDigit(one) || one is '_' or '$' || one >= 0x80;
}

/// <summary>One piece of SQL.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">As it is written.</param>
internal sealed record SqlToken(SqlTokenKind Kind, string Source)
{
    /// <summary>Whether it is that keyword.</summary>
    internal bool IsWord(string keyword) => Kind == SqlTokenKind.Word && Source.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is that sign.</summary>
    internal bool Is(string sign) => Kind == SqlTokenKind.Other && Source == sign;

    /// <summary>The name that it is, or may be; null when it is none.</summary>
    internal string? Name => Kind switch
    {
        SqlTokenKind.Word => Source,
        SqlTokenKind.Name when Source.Length >= 2 && Source[0] == '[' => Source[1..^1],
        SqlTokenKind.Name when Source.Length >= 2 => Unquoted,
        _ => null,
    };

    /// <summary>The text that it is; null when it is none.</summary>
    internal string? Text => Kind == SqlTokenKind.Text && Source.Length >= 2 ? Unquoted : null;

    /// <summary>The whole number that it is; null when it is none.</summary>
    internal long? Whole =>
        Kind == SqlTokenKind.Number && long.TryParse(Source, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : null;

    private string Unquoted => Source[1..^1].Replace(new string(Source[0], 2), Source[..1], StringComparison.Ordinal);
}

/// <summary>The kinds of pieces that SQL has.</summary>
internal enum SqlTokenKind
{
    /// <summary>Blanks and comments.</summary>
    Blank,

    /// <summary>A keyword or a name as it is.</summary>
    Word,

    /// <summary>A name in quotes.</summary>
    Name,

    /// <summary>A text.</summary>
    Text,

    /// <summary>A number without sign.</summary>
    Number,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A sign, or something else.</summary>
    Other,
}
