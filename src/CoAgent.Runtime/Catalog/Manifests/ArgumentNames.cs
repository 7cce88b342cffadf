using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Which arguments a JSON Schema names.</summary>
public static class ArgumentNames
{
    // What may name arguments elsewhere than in `properties`: then those there are not all.
    private static readonly ImmutableHashSet<string> s_open =
    [
        "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "dependencies", "patternProperties",
    ];

    /// <summary>The names; null where the schema may take arguments that it does not name.</summary>
    /// <param name="members">The schema's members.</param>
    /// <param name="properties">The names in its <c>properties</c>; null where it has none.</param>
    public static ImmutableHashSet<string>? Of(IEnumerable<string> members, IEnumerable<string>? properties) =>
        properties is null || members.Any(s_open.Contains) ? null : [.. properties];

    /// <summary>The same of a schema.</summary>
    /// <param name="schema">The schema.</param>
    public static ImmutableHashSet<string>? Of(JsonElement schema) => schema.ValueKind != JsonValueKind.Object ? null : Of(
        schema.EnumerateObject().Select(ResultText.NameOf),
        schema.TryGetProperty("properties"u8, out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Select(ResultText.NameOf)
            : null);
}
