using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace CoAgent.Workspace.Databases;

/// <summary>The values of one row exactly as they are stored, each with its type.</summary>
/// <remarks>
/// <c>i5</c> a whole number, <c>r3FF8…</c> the bits of a real one, <c>tabc</c> a text, <c>u…</c> a text that is none in UTF-8, by its bytes,
/// <c>b…</c> bytes, null no value.
/// </remarks>
/// <param name="Values">In the order of the table's stored columns.</param>
internal sealed record StoredRow(ImmutableArray<string?> Values)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What to select of a column, so that <see cref="Read"/> finds its type and its bytes.</summary>
    internal static string Selected(string column) =>
        $"typeof({column}), CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) ELSE {column} END";

    /// <summary>Reads a row whose columns were selected so.</summary>
    internal static StoredRow Read(SqliteDataReader reader, int first, int count) =>
        new([.. Enumerable.Range(0, count).Select(at => ReadValue(reader, first + (2 * at)))]);

    /// <summary>A value as SQL with a parameter, and the parameter.</summary>
    internal static (string Sql, object Value) ToSql(string? value, string parameter) => value switch
    {
        null => (parameter, DBNull.Value),
        ['i', .. var whole] => (parameter, long.Parse(whole, CultureInfo.InvariantCulture)),
        ['r', .. var bits] => (parameter, BitConverter.Int64BitsToDouble(long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))),
        ['t', .. var text] => ($"CAST({parameter} AS TEXT)", s_strict.GetBytes(text)),
        ['u', .. var bytes] => ($"CAST({parameter} AS TEXT)", Convert.FromHexString(bytes)),
        ['b', .. var bytes] => (parameter, Convert.FromBase64String(bytes)),
        _ => throw new FormatException("A stored value is of no known type."),
    };

    public bool Equals(StoredRow? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode() => Values.Aggregate(Values.Length, static (hash, value) => HashCode.Combine(hash, value));

    private static string? ReadValue(SqliteDataReader reader, int at) => reader.GetString(at) switch
    {
        "null" => null,
        "integer" => "i" + reader.GetInt64(at + 1).ToString(CultureInfo.InvariantCulture),
        "real" => "r" + BitConverter.DoubleToInt64Bits(reader.GetDouble(at + 1)).ToString("X16", CultureInfo.InvariantCulture),
        "text" => TextOf(reader.GetFieldValue<byte[]>(at + 1)),
        "blob" => "b" + Convert.ToBase64String(reader.GetFieldValue<byte[]>(at + 1)),
        var type => throw new FormatException($"There is no type {type}."),
    };

    private static string TextOf(byte[] bytes)
    {
        try
        {
            return "t" + s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return "u" + Convert.ToHexString(bytes);
        }
    }
}
