using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace CoAgent.Workspace.Databases;

/// <summary>Reads only the plainest statements: no parentheses in conditions, no OR, no second table.</summary>
internal sealed class KeyedReader(DatabaseCall call, TableShape table)
{
    private readonly ImmutableArray<SqlToken> _tokens = [.. new SqlTokens(call.Sql)];
    private readonly Dictionary<int, int> _places = [];
    private int _at;

    internal KeyedStatement? Read()
    {
        NumberParameters();
        if (table.Key.IsEmpty || _tokens.Any(static token => token.IsWord("SELECT")) != Peek().IsWord("SELECT")
            || _tokens.Count(static token => token.IsWord("SELECT")) > 1)
        {
            return null;
        }

        return Take() switch
        {
            { } first when first.IsWord("DELETE") => TakeWord("FROM") && TakeTable() ? Where(KeyedKind.Delete) : null,
            { } first when first.IsWord("UPDATE") => TakeTable() && TakeWord("SET") && SkipAssignments() ? Where(KeyedKind.Update) : null,
            { } first when first.IsWord("SELECT") => SkipToFrom() && TakeTable() ? Where(KeyedKind.Read) : null,
            { } first when first.IsWord("INSERT") => TakeWord("INTO") && TakeTable() ? Insert() : null,
            _ => null,
        };
    }

    // "?" counts on from the highest before it, in the order of the text.
    private void NumberParameters()
    {
        var highest = 0;
        var named = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < _tokens.Length; at++)
        {
            if (_tokens[at] is { Kind: SqlTokenKind.Parameter, Source: var source })
            {
                var place = source == "?" ? highest + 1
                    : source[0] == '?' ? int.Parse(source.AsSpan(1), CultureInfo.InvariantCulture)
                    : named.TryGetValue(source, out var known) ? known
                    : named[source] = highest + 1;
                highest = Math.Max(highest, place);
                _places[at] = place;
            }
        }
    }

    private KeyedStatement? Where(KeyedKind kind)
    {
        if (!TakeWord("WHERE"))
        {
            return null;
        }

        var found = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        do
        {
            if (!Term(found))
            {
                return null;
            }
        }
        while (TakeWord("AND"));
        return IsAtEnd(mayLimit: kind == KeyedKind.Read) ? Keyed(kind, found) : null;
    }

    // A column, a comparison and a value; equality with a key's column says the key.
    private bool Term(Dictionary<string, object> found)
    {
        if (Take().Name is not { } column)
        {
            return false;
        }

        var sign = Take();
        var isEqual = sign.Is("=") || sign.Is("==");
        if (!isEqual && !sign.Is("<") && !sign.Is(">") && !sign.Is("<=") && !sign.Is(">=") && !sign.Is("<>") && !sign.Is("!="))
        {
            return false;
        }

        var key = table.Key.FirstOrDefault(one => one.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
        if (key is null || !isEqual)
        {
            return TakeAnyValue();
        }

        return Value(key) is { } value && found.TryAdd(key.Name, value);
    }

    private KeyedStatement? Insert()
    {
        var columns = new List<string>();
        if (!Take().Is("("))
        {
            return null;
        }

        do
        {
            if (Take().Name is not { } column)
            {
                return null;
            }

            columns.Add(column);
        }
        while (TakeSign(","));
        if (!Take().Is(")") || !TakeWord("VALUES") || !Take().Is("("))
        {
            return null;
        }

        var found = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, column) in columns.Index())
        {
            var key = table.Key.FirstOrDefault(one => one.Name.Equals(column, StringComparison.OrdinalIgnoreCase));
            var isTaken = key is null ? TakeAnyValue() : Value(key) is { } value && found.TryAdd(key.Name, value);
            if (!isTaken || !(index == columns.Count - 1 || TakeSign(",")))
            {
                return null;
            }
        }

        return Take().Is(")") && IsAtEnd(mayLimit: false) ? Keyed(KeyedKind.Insert, found) : null;
    }

    private KeyedStatement? Keyed(KeyedKind kind, Dictionary<string, object> found) => table.Key.All(key => found.ContainsKey(key.Name))
        ? new KeyedStatement(kind, [.. table.Key.Select(key => found[key.Name])])
        : null;

    // No column of the key is assigned, and nothing is looked up elsewhere.
    private bool SkipAssignments()
    {
        var isFirst = true;
        for (var depth = 0; _at < _tokens.Length; _at++)
        {
            var token = Peek();
            if (isFirst && token.Is("("))
            {
                // Several columns at once.
                return false;
            }

            isFirst = depth == 0 && token.Is(",");
            if (depth == 0 && token.IsWord("WHERE"))
            {
                return true;
            }

            depth += token.Is("(") ? 1 : token.Is(")") ? -1 : 0;
            var isAssigned = Peek(1).Is("=") && table.Key.Any(key => key.Name.Equals(token.Name, StringComparison.OrdinalIgnoreCase));
            if (isAssigned || token.Is(";") || token.IsWord("FROM") || IsRowNumber(token))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsRowNumber(SqlToken token) => token.Name?.ToUpperInvariant() is "ROWID" or "_ROWID_" or "OID";

    private bool SkipToFrom()
    {
        while (_at < _tokens.Length && !Peek().IsWord("FROM"))
        {
            _at++;
        }

        return TakeWord("FROM");
    }

    private object? Value(KeyColumn key)
    {
        var isNegative = TakeSign("-");
        var place = _places.GetValueOrDefault(_at);
        var token = Take();
        if (token.Kind == SqlTokenKind.Parameter)
        {
            return !isNegative && StatementParameters.Find(call.Parameters, place, token.Source) is { } given ? Given(key, given) : null;
        }

        return key.IsWhole && token.Whole is { } whole ? isNegative ? -whole : whole
            : key.IsText && !isNegative && token.Text is { } text ? text
            : null;
    }

    private static object? Given(KeyColumn key, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when key.IsWhole && value.TryGetInt64(out var whole) => whole,
        JsonValueKind.String when key.IsText && value.GetString() is { } text && !text.Contains('\0', StringComparison.Ordinal) => text,
        _ => null,
    };

    private bool TakeAnyValue()
    {
        TakeSign("-");
        var token = Take();
        return token.Kind is SqlTokenKind.Number or SqlTokenKind.Text or SqlTokenKind.Parameter || token.IsWord("NULL");
    }

    private bool IsAtEnd(bool mayLimit)
    {
        if (mayLimit && TakeWord("LIMIT") && Take().Kind is not (SqlTokenKind.Number or SqlTokenKind.Parameter))
        {
            return false;
        }

        TakeSign(";");
        return _at >= _tokens.Length;
    }

    private bool TakeTable() => table.Name.Equals(Take().Name, StringComparison.OrdinalIgnoreCase);

    private bool TakeWord(string word)
    {
        var isThere = Peek().IsWord(word);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private bool TakeSign(string sign)
    {
        var isThere = Peek().Is(sign);
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private SqlToken Take() => _at < _tokens.Length ? _tokens[_at++] : s_end;

    private SqlToken Peek(int ahead = 0) => _at + ahead < _tokens.Length ? _tokens[_at + ahead] : s_end;

    private static readonly SqlToken s_end = new(SqlTokenKind.Blank, "");
}
