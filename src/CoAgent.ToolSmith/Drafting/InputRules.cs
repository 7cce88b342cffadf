using System.Text.Json;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>Whether arguments are what a drafted tool's schema says: as much of JSON Schema as drafts use.</summary>
/// <remarks>What is not understood of a schema is not checked here: what a call may do is read from its command anyway.</remarks>
internal static class InputRules
{
    /// <summary>The pattern of a text that no program takes for an option.</summary>
    internal const string NoDash = "^(?!-)";

    /// <summary>What is wrong with the arguments of a call, for the agent; null where nothing is.</summary>
    internal static string? Complaint(JsonElement schema, JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return "the arguments are an object";
        }

        if (!schema.TryGetProperty("properties"u8, out var properties))
        {
            return null;
        }

        if (schema.TryGetProperty("required"u8, out var required)
            && required.EnumerateArray().Select(static one => one.GetString()!).FirstOrDefault(name => !arguments.TryGetProperty(name, out _)) is { } missing)
        {
            return $"\"{missing}\" is missing";
        }

        var isClosed = schema.TryGetProperty("additionalProperties"u8, out var additional) && additional.ValueKind == JsonValueKind.False;
        foreach (var argument in arguments.EnumerateObject())
        {
            if (!properties.TryGetProperty(argument.Name, out var property))
            {
                if (isClosed)
                {
                    return $"there is no argument \"{argument.Name}\"";
                }
            }
            else if (Complaint(argument.Name, property, argument.Value) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? Complaint(string name, JsonElement property, JsonElement value)
    {
        var type = property.TryGetProperty("type"u8, out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        return type switch
        {
            "string" when value.ValueKind != JsonValueKind.String => $"\"{name}\" is a text",
            "string" => OfText(name, property, value.GetString()!),
            "integer" when value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out _) => $"\"{name}\" is a whole number",
            "integer" when property.TryGetProperty("minimum"u8, out var least) && value.GetInt64() < least.GetInt64() => $"\"{name}\" is {least} or more",
            "array" when value.ValueKind != JsonValueKind.Array => $"\"{name}\" is a list",
            "array" when property.TryGetProperty("minItems"u8, out var items) && value.GetArrayLength() < items.GetInt32() => $"\"{name}\" has {items} or more elements",
            "array" when property.TryGetProperty("items"u8, out var element) =>
                value.EnumerateArray().Select(one => Complaint(name, element, one)).FirstOrDefault(static wrong => wrong is not null),
            "boolean" when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => $"\"{name}\" is true or false",
            _ => null,
        };
    }

    private static string? OfText(string name, JsonElement property, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return $"\"{name}\" holds a character that no program can be given";
        }

        if (property.TryGetProperty("minLength"u8, out var least) && text.Length < least.GetInt32())
        {
            return $"\"{name}\" may not be empty";
        }

        return property.TryGetProperty("pattern"u8, out var pattern) && pattern.ValueEquals(NoDash) && text.StartsWith('-')
            ? $"\"{name}\" may not begin with a dash"
            : null;
    }
}
