using System.Text.Json;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>What filters make of values.</summary>
internal static class ValueFiltering
{
    /// <summary>What one filter makes of one value; of nothing, nothing.</summary>
    public static Found Apply(ValueFilter filter, Found value, TemplateValues values, string source)
    {
        if (value is Found.Misfit || (value.IsNothing && filter != ValueFilter.Json))
        {
            return value.IsNothing ? Found.Absent.It : value;
        }

        return filter switch
        {
            ValueFilter.Json => ToJson(value),
            ValueFilter.Keys => KeysOf(value, source),
            ValueFilter.Text => value.ToText(source),
            ValueFilter.Lower => value.ToText(source) is Found.Text text ? new Found.Text(text.Value.ToLowerInvariant()) : value.ToText(source),
            ValueFilter.Resource or ValueFilter.Namespaced or ValueFilter.Clusterwide =>
                value.ToText(source) is Found.Text given ? OfKubernetes(filter, given.Value) : value.ToText(source),
            _ => value.ToText(source) is Found.Text path ? OfPath(filter, path.Value, values, source) : value.ToText(source),
        };
    }

    private static Found OfKubernetes(ValueFilter filter, string given) => (filter switch
    {
        ValueFilter.Resource => KubernetesNames.Resource(given),
        ValueFilter.Namespaced => KubernetesNames.Namespaced(given),
        _ => KubernetesNames.Clusterwide(given),
    }) is { } name ? new Found.Text(name) : Found.Absent.It;

    private static Found OfPath(ValueFilter filter, string given, TemplateValues values, string source)
    {
        if (values.Lead(given) is not { } path)
        {
            return new Found.Misfit($"{source} is a path that no server takes.");
        }

        return filter switch
        {
            ValueFilter.Parent => new Found.Text(ParentOf(path.Canonical)),
            ValueFilter.Name => new Found.Text(path.Canonical[(path.Canonical.LastIndexOf('/') + 1)..]),
            ValueFilter.Exists => new Found.Truth(path.Exists),
            ValueFilter.Directory => new Found.Truth(path.IsDirectory),
            ValueFilter.Missing => new Found.Texts(path.Exists ? [] : [path.Canonical, .. path.Missing]),
            _ => throw new InvalidOperationException($"{filter} is no filter of paths."),
        };
    }

    private static string ParentOf(string absolute) => absolute.LastIndexOf('/') is > 0 and var cut ? absolute[..cut] : "/";

    private static Found ToJson(Found value) => value switch
    {
        Found.Json json => new Found.Text(json.Value.GetRawText()),
        Found.Text text => new Found.Text(JsonLiteral.Quote(text.Value)),
        Found.Truth truth => new Found.Text(truth.Value ? "true" : "false"),
        Found.Texts texts => new Found.Text($"[{string.Join(',', texts.Values.Select(JsonLiteral.Quote))}]"),
        _ => value,
    };

    private static Found KeysOf(Found value, string source) => value is Found.Json { Value.ValueKind: JsonValueKind.Object } json
        ? new Found.Texts([.. json.Value.EnumerateObject().Select(JsonLiteral.NameOf).Distinct(StringComparer.Ordinal)])
        : new Found.Misfit($"{source} is no object and has no keys.");
}
