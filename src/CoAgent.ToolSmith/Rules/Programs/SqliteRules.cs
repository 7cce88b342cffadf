using System.Collections.Frozen;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>sqlite3</c>: a database in one file, with its journals beside it.</summary>
internal static class SqliteRules
{
    private static readonly FrozenSet<string> s_shows = FrozenSet.Create(
        StringComparer.Ordinal,
        ".tables", ".schema", ".dump", ".indexes", ".indices", ".mode", ".header", ".headers", ".width", ".nullvalue", ".databases", ".separator", ".show",
        ".help", ".fullschema", ".print", ".timer", ".stats", ".eqp", ".explain", ".changes", ".bail", ".echo", ".quit", ".exit", ".timeout", ".version");

    private static readonly FrozenSet<string> s_reach = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "attach", "writefile", "readfile", "load_extension", "edit", "fsdir", "zipfile", "temp_store_directory", "into_outfile");

    /// <summary>Says what it touches.</summary>
    internal static void Touch(RuledCommand command)
    {
        if (command.Operands is not [FieldValue.Text { Value: var database }, .. var statements])
        {
            command.Unseen("which database it is is not known");
            return;
        }

        var texts = command.Words.Values("-cmd").Concat(statements).Select(static each => (each as FieldValue.Text)?.Value).ToList();
        if (statements.IsEmpty)
        {
            texts.Add(command.Input());
        }

        var reads = true;
        foreach (var text in texts)
        {
            if (text is null || !Read(text, ref reads))
            {
                command.Unseen("what it is to do is not known, or reaches beyond its database");
                return;
            }
        }

        if (database is ":memory:" or "")
        {
            return;
        }

        if (database.StartsWith("file:", StringComparison.Ordinal) || database.StartsWith('|'))
        {
            command.Unseen("its database is named by more than a path");
            return;
        }

        foreach (var file in command.Tree.Find(new FieldValue.Text(database), followsLast: true, isRead: false))
        {
            Touch(command, file.Canonical, reads && !(command.Tree.KindsOf(file) != PathKinds.File));
        }
    }

    private static void Touch(RuledCommand command, string database, bool isRead)
    {
        command.Tree.Touch(isRead ? Role.Read : Role.Append, new FieldValue.Text(database));
        foreach (var ending in new[] { "-journal", "-wal", "-shm" })
        {
            foreach (var journal in command.Tree.Find(new FieldValue.Text(database + ending), followsLast: true, isRead: true))
            {
                // What a writer that was cut off has left is taken up by the next one, a reader too.
                var isLeft = command.Tree.KindsOf(journal) != PathKinds.Absent;
                command.Tree.Line.Read(journal.Canonical, Extent.Node);
                if (isLeft && isRead)
                {
                    Touch(command, database, isRead: false);
                    return;
                }

                if (!isRead)
                {
                    command.Tree.Line.Write(journal.Canonical, Extent.Node);
                    if (isLeft)
                    {
                        command.Tree.Line.Write(CommandTree.Parent(journal.Canonical), Extent.Children);
                    }
                }
            }
        }
    }

    /// <summary>One text of statements and commands of the shell; whether it is known.</summary>
    private static bool Read(string text, ref bool reads)
    {
        var sql = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith('.'))
            {
                sql.Add(line);
            }
            else if (!s_shows.Contains(line.Split(' ')[0].TrimEnd()))
            {
                return false;
            }
        }

        var all = string.Join('\n', sql);
        var isRead = SqlText.IsRead(all, out var words) || IsAskingPragma(all);
        reads &= isRead;
        return !words.Any(s_reach.Contains) && !(words.Contains("VACUUM", StringComparer.OrdinalIgnoreCase) && words.Contains("INTO", StringComparer.OrdinalIgnoreCase));
    }

    private static bool IsAskingPragma(string sql) => SqlText.Statements(sql).TrueForAll(static statement =>
        statement is [] || (statement.Count >= 2 && statement[0].Equals("PRAGMA", StringComparison.OrdinalIgnoreCase)
            && statement[1].ToLowerInvariant() is "table_info" or "table_xinfo" or "table_list" or "index_list" or "index_info" or "foreign_key_list"
                or "integrity_check" or "quick_check" or "database_list" or "compile_options"));
}
