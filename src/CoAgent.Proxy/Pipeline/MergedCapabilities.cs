using System.Text.Json.Nodes;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What several servers can do together.</summary>
internal static class MergedCapabilities
{
    /// <summary>Every capability that one of them has; a flag is set when one of them sets it.</summary>
    public static JsonObject Of(IEnumerable<ReadOnlyMemory<byte>> capabilities)
    {
        var merged = new JsonObject();
        foreach (var json in capabilities)
        {
            if (JsonNode.Parse(json.Span) is JsonObject one)
            {
                Merge(merged, one);
            }
        }

        return merged;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject existing && value is JsonObject more)
            {
                Merge(existing, more);
            }
            else if (value is not null && IsUnset(into[name]))
            {
                into[name] = value.DeepClone();
            }
        }
    }

    // What one server can do stays, whatever another one can't.
    private static bool IsUnset(JsonNode? value) =>
        value is null || (value is JsonValue set && set.TryGetValue(out bool flag) && !flag);
}
