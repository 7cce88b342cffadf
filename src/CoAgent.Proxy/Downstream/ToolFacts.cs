using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Downstream;

/// <summary>What one tool's definition says that matters to a relay.</summary>
/// <param name="IsReadOnlyHinted">Whether its server marks it <c>readOnlyHint</c>: a hint, from a party that may be wrong.</param>
/// <param name="ParameterHeaders">The arguments that are told again in headers: header name and path of the property.</param>
/// <param name="HasOutputSchema">Whether its results keep to an <c>outputSchema</c>.</param>
/// <param name="Definition">The digest of the whole.</param>
internal sealed record ToolFact(
    bool IsReadOnlyHinted, IReadOnlyList<(string Header, string[] Path)> ParameterHeaders, bool HasOutputSchema, ContentId Definition)
{
    /// <summary>Which of the server's lists said so, counted by how often the server has changed its list.</summary>
    public int Edition { get; init; }
}

/// <summary>What a server's tool lists have told so far.</summary>
internal sealed class ToolFacts
{
    private const int ToolsMax = 10_000;
    private const int PathDepthMax = 16;

    private readonly ConcurrentDictionary<string, ToolFact> _facts = new(StringComparer.Ordinal);
    private int _edition;

    /// <summary>How often the server has changed its list, or was opened anew.</summary>
    public int Edition => Volatile.Read(ref _edition);

    /// <summary>The digest of a tool's definition by the server's present list; null when that has not told it.</summary>
    public ContentId? DefinitionOf(string tool) => Of(tool) is { } fact && fact.Edition == Edition ? fact.Definition : null;

    /// <summary>The tools of the server's present list, as far as it has passed by.</summary>
    public IEnumerable<ListedTool> Listed => _facts
        .Where(fact => fact.Value.Edition == Edition)
        .Select(static fact => new ListedTool(fact.Key, fact.Value.Definition));

    /// <summary>What was told may no longer be so; what a relay goes by stays until the list is told again.</summary>
    public void Expire() => Interlocked.Increment(ref _edition);

    /// <summary>The fact of a tool by its server's own name; null when it was never listed.</summary>
    public ToolFact? Of(string tool) => _facts.GetValueOrDefault(tool);

    /// <summary>Takes note of a tool list that passes by.</summary>
    public void Note(ListItems tools)
    {
        foreach (var item in tools.Items)
        {
            if (_facts.Count < ToolsMax || _facts.ContainsKey(item.Name))
            {
                using var tool = JsonDocument.Parse(tools.Answer.Memory(item.Item), new JsonDocumentOptions { MaxDepth = 1_000 });
                _facts[item.Name] = Read(tool.RootElement) with { Edition = Edition };
            }
        }
    }

    private static ToolFact Read(JsonElement tool)
    {
        var isReadOnly = tool.TryGetProperty("annotations", out var annotations)
            && annotations.ValueKind == JsonValueKind.Object
            && annotations.TryGetProperty("readOnlyHint", out var hint)
            && hint.ValueKind == JsonValueKind.True;
        var headers = new List<(string, string[])>();
        if (tool.TryGetProperty("inputSchema", out var schema))
        {
            FindHeaders(schema, [], headers);
        }

        return new ToolFact(isReadOnly, headers, tool.TryGetProperty("outputSchema", out _), ToolDefinition.DigestOf(tool));
    }

    private static void FindHeaders(JsonElement schema, string[] path, List<(string Header, string[] Path)> headers)
    {
        if (path.Length > PathDepthMax || schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            string[] at = [.. path, property.Name];
            if (property.Value.ValueKind == JsonValueKind.Object
                && property.Value.TryGetProperty("x-mcp-header", out var header)
                && header.ValueKind == JsonValueKind.String)
            {
                headers.Add((header.GetString()!, at));
            }

            FindHeaders(property.Value, at, headers);
        }
    }
}
