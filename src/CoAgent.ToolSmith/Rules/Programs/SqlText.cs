using System.Collections.Frozen;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>What statements of SQL do, as far as their words tell.</summary>
internal static class SqlText
{
    private static readonly FrozenSet<string> s_changes = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "TRUNCATE", "MERGE", "COPY", "CALL", "DO", "GRANT", "REVOKE", "VACUUM", "REINDEX",
        "ANALYZE", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "INTO", "LOCK", "NOTIFY", "LISTEN", "NEXTVAL", "SETVAL", "SET", "REFRESH");

    /// <summary>Whether every statement begins with a word of reading, and none has a word of changing.</summary>
    internal static bool IsRead(string sql, out IReadOnlyList<string> words)
    {
        var statements = Statements(sql);
        words = [.. statements.SelectMany(static statement => statement)];
        return statements.TrueForAll(static statement =>
            statement is [] || (statement[0].ToUpperInvariant() is "SELECT" or "WITH" or "VALUES" or "EXPLAIN" or "TABLE" or "SHOW" && !statement.Exists(s_changes.Contains)));
    }

    /// <summary>The words of each statement, without texts, quoted names and comments.</summary>
    internal static List<List<string>> Statements(string sql)
    {
        var statements = new List<List<string>> { new() };
        for (var at = 0; at < sql.Length; at++)
        {
            switch (sql[at])
            {
                case '\'' or '"' or '`':
                    at = sql.IndexOf(sql[at], at + 1) is >= 0 and var quote ? quote : sql.Length;
                    break;
                case '-' when at + 1 < sql.Length && sql[at + 1] == '-':
                    at = sql.IndexOf('\n', at) is >= 0 and var line ? line : sql.Length;
                    break;
                case '/' when at + 1 < sql.Length && sql[at + 1] == '*':
                    at = sql.IndexOf("*/", at + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 1 : sql.Length;
                    break;
                case ';':
                    statements.Add([]);
                    break;
                case var letter when char.IsLetter(letter) || letter == '_':
                    var start = at;
                    while (at + 1 < sql.Length && (char.IsLetterOrDigit(sql[at + 1]) || sql[at + 1] is '_' or '$'))
                    {
                        at++;
                    }

                    statements[^1].Add(sql[start..(at + 1)]);
                    break;
            }
        }

        return statements;
    }
}
