using System.Collections.Immutable;
using SQLitePCL;

namespace CoAgent.Workspace.Databases;

/// <summary>What statements touch, as SQLite itself tells it when it compiles them.</summary>
internal sealed record StatementFacts
{
    // Answer what the clock, chance or the connection says.
    private static readonly ImmutableHashSet<string> s_unforeseeable = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "random", "randomblob", "date", "time", "datetime", "julianday", "strftime", "unixepoch", "timediff",
        "current_time", "current_date", "current_timestamp");

    private static readonly ImmutableHashSet<string> s_ofConnection =
        ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "changes", "total_changes", "last_insert_rowid", "load_extension");

    private static readonly ImmutableHashSet<string> s_schemaPragmas = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list");

    private static readonly ImmutableHashSet<string> s_freePragmas = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "database_list", "compile_options", "function_list", "collation_list", "pragma_list", "module_list");

    private static readonly ImmutableHashSet<string> s_readingPragmas = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "user_version", "application_id", "page_count", "page_size", "freelist_count", "encoding", "schema_version",
        "integrity_check", "quick_check", "foreign_key_check");

    /// <summary>The tables that are read, in the database itself.</summary>
    internal ImmutableSortedSet<string> Reads { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The tables that are written.</summary>
    internal ImmutableSortedSet<string> Writes { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the schema is changed, or something that nobody can follow row by row.</summary>
    internal bool WritesWhole { get; private init; }

    /// <summary>Whether all of the database may be looked at.</summary>
    internal bool ReadsWhole { get; private init; }

    /// <summary>Whether the schema is looked at by name.</summary>
    internal bool ReadsSchema { get; private init; }

    /// <summary>Whether it acts on the connection (transactions, settings, other databases), which nobody but the server has.</summary>
    internal bool IsOfConnection { get; private init; }

    /// <summary>Whether triggers write too.</summary>
    internal bool HasTriggers { get; private init; }

    /// <summary>Whether it does the same whenever it is executed over the same rows.</summary>
    internal bool IsForeseeable { get; private init; } = true;

    /// <summary>How many statements there are.</summary>
    internal int StatementCount { get; private init; }

    /// <summary>Whether nothing is written.</summary>
    internal bool IsRead => Writes.IsEmpty && !WritesWhole;

    /// <summary>Compiles statements.</summary>
    internal static StatementFacts Of(DatabaseFile database, string sql)
    {
        var facts = new StatementFacts();
        raw.sqlite3_set_authorizer(
            database.Handle,
            (_, action, first, second, schema, within) =>
            {
                facts = facts.With(action, first.utf8_to_string(), second.utf8_to_string(), schema.utf8_to_string(), within.utf8_to_string());
                return raw.SQLITE_OK;
            },
            null);
        try
        {
            for (var rest = sql; !string.IsNullOrWhiteSpace(rest);)
            {
                var begin = rest;
                // SQLite says nothing of what this does: it may even write another file.
                if (new SqlTokens(rest).FirstOrDefault() is { } first && first.IsWord("VACUUM"))
                {
                    return facts with { IsOfConnection = true };
                }

                if (raw.sqlite3_prepare_v2(database.Handle, rest, out var statement, out rest) != raw.SQLITE_OK)
                {
                    return facts.Unintelligible(begin);
                }

                using (statement)
                {
                    facts = statement is { IsInvalid: false } ? facts with { StatementCount = facts.StatementCount + 1 } : facts;
                }
            }

            return facts;
        }
        finally
        {
            raw.sqlite3_set_authorizer(database.Handle, (delegate_authorizer?)null, null);
        }
    }

    // It may be right for the server's SQLite, or for the schema at the call's position.
    private StatementFacts Unintelligible(string sql) => new SqlTokens(sql).FirstOrDefault() is { } first && first.IsWord("SELECT")
        ? this with { ReadsWhole = true }
        : this with { WritesWhole = true, ReadsWhole = true, IsForeseeable = false };

    private StatementFacts With(int action, string? first, string? second, string? schema, string? within)
    {
        var facts = within is not null && action is raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE
            ? this with { HasTriggers = true }
            : this;
        return action switch
        {
            // Changes of the schema look for temporary objects, too; making one is an action of its own.
            _ when first is "sqlite_temp_master" or "sqlite_temp_schema" => facts,
            raw.SQLITE_SELECT or raw.SQLITE_RECURSIVE => facts,
            raw.SQLITE_FUNCTION => facts.WithFunction(second!),
            raw.SQLITE_READ when schema is not (null or "main") => facts with { IsOfConnection = true },
            raw.SQLITE_READ => facts.WithRead(first!),
            raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE when schema is not (null or "main") => facts with { IsOfConnection = true },
            raw.SQLITE_INSERT or raw.SQLITE_UPDATE or raw.SQLITE_DELETE => facts.WithWrite(first!),
            raw.SQLITE_PRAGMA => facts.WithPragma(first!, second),
            raw.SQLITE_CREATE_INDEX or raw.SQLITE_CREATE_TABLE or raw.SQLITE_CREATE_TRIGGER or raw.SQLITE_CREATE_VIEW
                or raw.SQLITE_DROP_INDEX or raw.SQLITE_DROP_TABLE or raw.SQLITE_DROP_TRIGGER or raw.SQLITE_DROP_VIEW
                or raw.SQLITE_ALTER_TABLE or raw.SQLITE_REINDEX or raw.SQLITE_ANALYZE
                or raw.SQLITE_CREATE_VTABLE or raw.SQLITE_DROP_VTABLE => facts with { WritesWhole = true, ReadsWhole = true },
            // Transactions, other databases, temporary objects: they live in the server's connection.
            _ => facts with { IsOfConnection = true },
        };
    }

    private StatementFacts WithFunction(string name) =>
        s_ofConnection.Contains(name) ? this with { IsOfConnection = true }
        : s_unforeseeable.Contains(name) ? this with { IsForeseeable = false }
        : this;

    private StatementFacts WithRead(string table) => IsSchema(table) ? this with { ReadsSchema = true }
        : IsInternal(table) ? this with { ReadsWhole = true }
        : this with { Reads = Reads.Add(table) };

    // Statements about the schema write its table, and are told by themselves.
    private StatementFacts WithWrite(string table) =>
        IsInternal(table) ? this with { WritesWhole = true, ReadsWhole = true } : this with { Writes = Writes.Add(table) };

    private StatementFacts WithPragma(string name, string? argument) =>
        s_schemaPragmas.Contains(name) ? this with { ReadsSchema = true }
        : s_freePragmas.Contains(name) ? this
        : s_readingPragmas.Contains(name) && (argument is null || name.EndsWith("_check", StringComparison.OrdinalIgnoreCase))
            ? this with { ReadsWhole = true }
        : this with { IsOfConnection = true };

    private static bool IsSchema(string table) => table is "sqlite_master" or "sqlite_schema";

    // Sequences and statistics: of all tables in one.
    private static bool IsInternal(string table) => table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);
}
