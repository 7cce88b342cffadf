using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CoAgent.Tests.Catalog.Schemas;

/// <summary>Whether values are as a JSON Schema (2020-12) says; knows the keywords that the catalog's schemas use and refuses others.</summary>
internal sealed class JsonSchemaCheck(JsonElement root)
{
    private const string Definitions = "#/$defs/";

    private readonly HashSet<int> _visited = [];

    public bool Holds(JsonElement value) => Holds(root, value);

    /// <summary>Whether some value was held against a part of the schema.</summary>
    public bool HasVisited(JsonElement schema) => _visited.Contains(PlaceOf(schema));

    private int PlaceOf(JsonElement schema) => JsonMarshal.GetRawUtf8Value(root).Overlaps(JsonMarshal.GetRawUtf8Value(schema), out var place)
        ? place
        : throw new ArgumentException("It is no part of this schema.", nameof(schema));

    private bool Holds(JsonElement schema, JsonElement value)
    {
        _visited.Add(PlaceOf(schema));
        return schema.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => schema.EnumerateObject().ToArray().All(keyword => Holds(schema, keyword.Name, keyword.Value, value)),
        };
    }

    private bool Holds(JsonElement schema, string keyword, JsonElement says, JsonElement value) => keyword switch
    {
        "$schema" or "$defs" or "$comment" or "title" or "description" or "default" or "then" => true,
        "$ref" => Holds(root.GetProperty("$defs").GetProperty(says.GetString()![Definitions.Length..]), value),
        "type" => says.ValueKind == JsonValueKind.Array ? says.EnumerateArray().Any(type => IsOf(type.GetString()!, value)) : IsOf(says.GetString()!, value),
        "const" => JsonElement.DeepEquals(says, value),
        "enum" => says.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)),
        "oneOf" => says.EnumerateArray().Count(choice => Holds(choice, value)) == 1,
        "anyOf" => says.EnumerateArray().Any(choice => Holds(choice, value)),
        "allOf" => says.EnumerateArray().All(part => Holds(part, value)),
        "if" => !Holds(says, value) || Holds(schema.GetProperty("then"), value),
        _ => value.ValueKind switch
        {
            JsonValueKind.Object => HoldsOfObject(schema, keyword, says, value),
            JsonValueKind.Array => HoldsOfArray(keyword, says, value),
            _ => HoldsOfScalar(keyword, says, value),
        },
    };

    private bool HoldsOfObject(JsonElement schema, string keyword, JsonElement says, JsonElement value) => keyword switch
    {
        "required" => says.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "properties" => says.EnumerateObject().All(member => !value.TryGetProperty(member.Name, out var found) || Holds(member.Value, found)),
        "additionalProperties" => value.EnumerateObject()
            .Where(member => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(member.Name, out _))
            .All(member => Holds(says, member.Value)),
        "propertyNames" => value.EnumerateObject().All(member => Holds(says, JsonSerializer.SerializeToElement(member.Name))),
        "maxProperties" => value.GetPropertyCount() <= says.GetInt32(),
        "dependentRequired" => says.EnumerateObject().All(member => !value.TryGetProperty(member.Name, out _)
            || member.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _))),
        "dependentSchemas" => says.EnumerateObject().All(member => !value.TryGetProperty(member.Name, out _) || Holds(member.Value, value)),
        _ => IsKnown(keyword),
    };

    private bool HoldsOfArray(string keyword, JsonElement says, JsonElement value) => keyword switch
    {
        "items" => value.EnumerateArray().All(item => Holds(says, item)),
        "contains" => value.EnumerateArray().Any(item => Holds(says, item)),
        "minItems" => value.GetArrayLength() >= says.GetInt32(),
        "maxItems" => value.GetArrayLength() <= says.GetInt32(),
        _ => IsKnown(keyword),
    };

    private static bool HoldsOfScalar(string keyword, JsonElement says, JsonElement value) => (keyword, value.ValueKind) switch
    {
        ("pattern", JsonValueKind.String) => Regex.IsMatch(value.GetString()!, says.GetString()!),
        ("minLength", JsonValueKind.String) => value.GetString()!.Length >= says.GetInt32(),
        ("minimum", JsonValueKind.Number) => value.GetDouble() >= says.GetDouble(),
        ("maximum", JsonValueKind.Number) => value.GetDouble() <= says.GetDouble(),
        _ => IsKnown(keyword),
    };

    private static bool IsKnown(string keyword) => keyword is "required" or "properties" or "additionalProperties" or "propertyNames" or "maxProperties"
        or "dependentRequired" or "dependentSchemas" or "items" or "contains" or "minItems" or "maxItems" or "pattern" or "minLength" or "minimum" or "maximum"
        ? true
        : throw new NotSupportedException($"The keyword {keyword} is not checked here.");

    private static bool IsOf(string type, JsonElement value) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
        _ => false,
    };
}
