using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>What a placeholder stands for, in one round through a template's lists.</summary>
internal abstract record Found
{
    private Found()
    {
    }

    /// <summary>Nothing.</summary>
    public sealed record Absent : Found
    {
        public static Absent It { get; } = new();
    }

    /// <summary>A value of JSON, as it came.</summary>
    public sealed record Json(JsonElement Value) : Found;

    /// <summary>Text that a filter made.</summary>
    public sealed record Text(string Value) : Found;

    /// <summary>What a filter found to be so or not.</summary>
    public sealed record Truth(bool Value) : Found;

    /// <summary>A list of texts that a filter made.</summary>
    public sealed record Texts(ImmutableArray<string> Values) : Found;

    /// <summary>It is of a kind that does not fit.</summary>
    public sealed record Misfit(string Reason) : Found;

    /// <summary>Whether there is nothing: absent, or <c>null</c>.</summary>
    public bool IsNothing => this is Absent or Json { Value.ValueKind: JsonValueKind.Null or JsonValueKind.Undefined };

    /// <summary>As text: strings, numbers and truth values have one.</summary>
    /// <param name="source">The placeholder, for a reason.</param>
    public Found ToText(string source) => this switch
    {
        Text or Misfit or Absent => this,
        Truth truth => new Text(truth.Value ? "true" : "false"),
        Texts => NoText(source, "a list", "[]"),
        Json json => json.Value.ValueKind switch
        {
            JsonValueKind.String => new Text(JsonLiteral.TextOf(json.Value)),
            JsonValueKind.Number => new Text(JsonLiteral.NumberOf(json.Value)),
            JsonValueKind.True => new Text("true"),
            JsonValueKind.False => new Text("false"),
            JsonValueKind.Array => NoText(source, "a list", "[]"),
            JsonValueKind.Object => NoText(source, "an object", "|json"),
            _ => Absent.It,
        },
        _ => throw new InvalidOperationException("Every kind of value is one of these."),
    };

    /// <summary>Whether a condition on it alone holds: it is there, and neither false nor null, 0 nor empty.</summary>
    public bool Counts() => this switch
    {
        Truth truth => truth.Value,
        Text text => text.Value.Length > 0,
        Texts texts => texts.Values.Length > 0,
        Json json => json.Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.String => JsonLiteral.TextOf(json.Value).Length > 0,
            JsonValueKind.Number => JsonLiteral.NumberOf(json.Value) != "0",
            JsonValueKind.Array => json.Value.GetArrayLength() > 0,
            JsonValueKind.Object => json.Value.GetPropertyCount() > 0,
            _ => false,
        },
        _ => false,
    };

    private static Misfit NoText(string source, string kind, string way) =>
        new($"{source} is {kind} where one text is needed; \"{way}\" in the template would take it apart.");
}
