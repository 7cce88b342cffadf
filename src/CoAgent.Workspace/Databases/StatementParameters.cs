using System.Text.Json;
using SQLitePCL;

namespace CoAgent.Workspace.Databases;

/// <summary>The parameters of a statement, from JSON.</summary>
internal static class StatementParameters
{
    /// <summary>Gives a statement its parameters; what is not there stays NULL, as in most drivers.</summary>
    internal static void Bind(sqlite3_stmt statement, JsonElement parameters)
    {
        for (var place = 1; place <= raw.sqlite3_bind_parameter_count(statement); place++)
        {
            if (Find(parameters, place, raw.sqlite3_bind_parameter_name(statement, place).utf8_to_string()) is { } value)
            {
                Bind(statement, place, value);
            }
        }
    }

    /// <summary>The value for a parameter, by its place (1 is the first) or its name; null when there is none.</summary>
    internal static JsonElement? Find(JsonElement parameters, int place, string? name) => parameters.ValueKind switch
    {
        JsonValueKind.Array => place <= parameters.GetArrayLength() ? parameters[place - 1] : null,
        JsonValueKind.Object when name is { Length: > 1 } =>
            parameters.TryGetProperty(name, out var full) ? full : parameters.TryGetProperty(name[1..], out var bare) ? bare : null,
        _ => null,
    };

    private static void Bind(sqlite3_stmt statement, int place, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                raw.sqlite3_bind_int64(statement, place, whole);
                break;
            case JsonValueKind.Number:
                raw.sqlite3_bind_double(statement, place, value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                raw.sqlite3_bind_int64(statement, place, value.GetBoolean() ? 1 : 0);
                break;
            case JsonValueKind.String:
                raw.sqlite3_bind_text(statement, place, value.GetString()!);
                break;
            case JsonValueKind.Object or JsonValueKind.Array:
                raw.sqlite3_bind_text(statement, place, value.GetRawText());
                break;
        }
    }
}
