using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoAgent.Workspace.Databases;

/// <summary>A change that a tool takes apart into table, condition and data, as the SQL that comes to the same.</summary>
internal static class TableChange
{
    /// <summary>The SQL and its parameters; null where it has none.</summary>
    internal static (string Sql, JsonElement Parameters)? ToSql(string table, string change, JsonElement? where, JsonElement? data)
    {
        var parameters = new JsonArray();
        var text = change switch
        {
            "read" => $"SELECT * FROM {Quote(table)}{Where(where, parameters)}",
            "delete" => $"DELETE FROM {Quote(table)}{Where(where, parameters)}",
            "update" when data is { ValueKind: JsonValueKind.Object } values =>
                $"UPDATE {Quote(table)} SET {Assignments(values, parameters)}{Where(where, parameters)}",
            "insert" when data is { } rows => Insert(table, rows, parameters),
            _ => null,
        };
        return text is null ? null : (text, JsonSerializer.SerializeToElement(parameters));
    }

    /// <summary>A name as SQL writes it, whatever it holds.</summary>
    internal static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Where(JsonElement? where, JsonArray parameters) => where switch
    {
        { ValueKind: JsonValueKind.String } text when text.GetString()!.Trim().Length > 0 => $" WHERE {text.GetString()}",
        { ValueKind: JsonValueKind.Object } members when members.EnumerateObject().Any() =>
            " WHERE " + string.Join(" AND ", members.EnumerateObject().Select(member => Equality(member, parameters))),
        _ => "",
    };

    private static string Equality(JsonProperty member, JsonArray parameters)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            return $"{Quote(member.Name)} IS NULL";
        }

        parameters.Add(JsonNode.Parse(member.Value.GetRawText()));
        return $"{Quote(member.Name)} = ?";
    }

    private static string Assignments(JsonElement values, JsonArray parameters) => string.Join(", ", values.EnumerateObject().Select(member =>
    {
        parameters.Add(JsonNode.Parse(member.Value.GetRawText()));
        return $"{Quote(member.Name)} = ?";
    }));

    private static string? Insert(string table, JsonElement data, JsonArray parameters)
    {
        var rows = data.ValueKind == JsonValueKind.Array ? [.. data.EnumerateArray()] : ImmutableArray.Create(data);
        if (rows.IsEmpty || rows.Any(static row => row.ValueKind != JsonValueKind.Object))
        {
            return null;
        }

        var columns = rows[0].EnumerateObject().Select(static member => member.Name).ToImmutableArray();
        if (columns.IsEmpty || rows.Any(row => !row.EnumerateObject().Select(static member => member.Name).SequenceEqual(columns)))
        {
            return null;
        }

        foreach (var value in rows.SelectMany(static row => row.EnumerateObject()))
        {
            parameters.Add(JsonNode.Parse(value.Value.GetRawText()));
        }

        var places = $"({string.Join(", ", columns.Select(static _ => "?"))})";
        return $"INSERT INTO {Quote(table)} ({string.Join(", ", columns.Select(Quote))}) VALUES {string.Join(", ", rows.Select(_ => places))}";
    }
}
