using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Workspace.Databases;

/// <summary>Rows that are otherwise after a call than before it.</summary>
/// <param name="Tables">Those of each table, in the order in which they are restored.</param>
internal sealed record ChangeSet(ImmutableArray<TableChanges> Tables)
{
    /// <summary>No row is otherwise.</summary>
    internal static ChangeSet None { get; } = new([]);

    /// <summary>Whether no row is otherwise.</summary>
    internal bool IsEmpty => Tables.All(static table => table.Rows.IsEmpty);

    public bool Equals(ChangeSet? other) => other is not null && Tables.AsSpan().SequenceEqual(other.Tables.AsSpan());

    public override int GetHashCode() => Tables.Length;

    /// <summary>The rows that only this one changes.</summary>
    internal ChangeSet Without(ChangeSet other) => new([.. Tables.Select(table => table with
    {
        Rows = [.. table.Rows.Except(other.Tables.Where(one => one.Table == table.Table).SelectMany(static one => one.Rows), SameRow.Instance)],
    })]);

    /// <summary>As the journal keeps it: <c>[{"table":…,"identity":[…],"stored":[…],"rows":[{"was":[…],"now":[…]}]}]</c>.</summary>
    internal byte[] ToUtf8()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (var table in Tables)
            {
                table.Write(json);
            }

            json.WriteEndArray();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToUtf8"/> wrote.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static ChangeSet Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return new ChangeSet([.. document.RootElement.EnumerateArray().Select(TableChanges.Read)]);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("What a call changed in a database cannot be read.", fault);
        }
    }
}

/// <summary>Rows of one table that are otherwise.</summary>
/// <param name="Table">The table.</param>
/// <param name="Identity">What names a row, as SQL: some of what is stored.</param>
/// <param name="Stored">What is stored of a row, as SQL.</param>
/// <param name="Rows">The rows.</param>
internal sealed record TableChanges(
    string Table, ImmutableArray<string> Identity, ImmutableArray<string> Stored, ImmutableArray<RowChange> Rows)
{
    public bool Equals(TableChanges? other) =>
        other is not null && Table == other.Table
        && Identity.AsSpan().SequenceEqual(other.Identity.AsSpan())
        && Stored.AsSpan().SequenceEqual(other.Stored.AsSpan())
        && Rows.AsSpan().SequenceEqual(other.Rows.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Table, Rows.Length);

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("table"u8, Table);
        WriteTexts(json, "identity", [.. Identity]);
        WriteTexts(json, "stored", [.. Stored]);
        json.WriteStartArray("rows"u8);
        foreach (var (was, now) in Rows)
        {
            json.WriteStartObject();
            WriteTexts(json, "was", was?.Values);
            WriteTexts(json, "now", now?.Values);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    internal static TableChanges Read(JsonElement json) => new(
        json.GetProperty("table").GetString()!,
        [.. json.GetProperty("identity").EnumerateArray().Select(static text => text.GetString()!)],
        [.. json.GetProperty("stored").EnumerateArray().Select(static text => text.GetString()!)],
        [.. json.GetProperty("rows").EnumerateArray().Select(static row => new RowChange(ReadRow(row, "was"), ReadRow(row, "now")))]);

    private static StoredRow? ReadRow(JsonElement row, string name) => row.TryGetProperty(name, out var values)
        ? new StoredRow([.. values.EnumerateArray().Select(static value => value.GetString())])
        : null;

    private static void WriteTexts(Utf8JsonWriter json, string name, ImmutableArray<string?>? texts)
    {
        if (texts is null)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

/// <summary>A row that is otherwise.</summary>
/// <param name="Was">Before the call; null when it was not there.</param>
/// <param name="Now">After it; null when it is not there.</param>
internal readonly record struct RowChange(StoredRow? Was, StoredRow? Now);

/// <summary>Finds changes of one row.</summary>
internal sealed class SameRow : IEqualityComparer<RowChange>
{
    internal static SameRow Instance { get; } = new();

    public bool Equals(RowChange x, RowChange y) => Equals(x.Was, y.Was) && (x.Was is not null || Equals(x.Now, y.Now));

    public int GetHashCode(RowChange obj) => (obj.Was ?? obj.Now)?.GetHashCode() ?? 0;
}
