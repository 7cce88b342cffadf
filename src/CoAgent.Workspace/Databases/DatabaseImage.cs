using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CoAgent.Workspace.Databases;

/// <summary>Tells two databases apart by all that statements can see of them: schema, rows, and the numbers that applications keep in the file.</summary>
internal static class DatabaseImage
{
    /// <summary>The digest of a database.</summary>
    internal static string DigestOf(DatabaseFile database)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(object what) => digest.AppendData([.. JsonSerializer.SerializeToUtf8Bytes(what), (byte)'\n']);

        foreach (var row in database.Query(
            "SELECT u.user_version, a.application_id, e.encoding FROM pragma_user_version u, pragma_application_id a, pragma_encoding e"))
        {
            Add(new object[] { row.GetInt64(0), row.GetInt64(1), row.GetString(2) });
        }

        foreach (var row in database.Query("SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY type, name"))
        {
            Add(new[] { row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3) });
        }

        foreach (var table in DatabaseSchema.Read(database).Tables.Where(static table => table.IsOrdinary || table.IsShadow))
        {
            Add(table.Name);
            var selected = string.Join(", ", table.Stored.Select(StoredRow.Selected));
            var ordered = string.Join(", ", table.Identity.IsEmpty ? table.Stored : table.Identity);
            foreach (var row in database.Query($"SELECT {selected} FROM main.{TableChange.Quote(table.Name)} ORDER BY {ordered}"))
            {
                digest.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(StoredRow.Read(row, 0, table.Stored.Length).Values)));
            }
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 16));
    }
}
