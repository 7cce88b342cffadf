using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Catalog.Texts;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>Reads the templates of a manifest.</summary>
internal static class TemplateTexts
{
    public static TextTemplate? Text(ManifestSection at, ManifestNode node, string key)
    {
        if (node is not ManifestNode.Scalar scalar)
        {
            at.Findings.Fault(key, node.Line, $"must be a text and is {node.TypeName}.");
            return null;
        }

        var template = TextTemplate.TryParse(scalar.Text, out var fault);
        if (template is null)
        {
            at.Findings.Fault(key, node.Line, fault ?? "is no template.");
        }

        at.Findings.Use(key, node.Line, template?.Names ?? []);
        return template;
    }

    public static TextTemplate? Text(ManifestSection at, string name) =>
        at.Any(name) is { } node ? Text(at, node, at.KeyOf(name)) : null;

    public static ImmutableArray<TextTemplate> Texts(ManifestSection at, string name) =>
        [.. at.Items(name, ManifestReader.EntriesMax).Select(item => Text(at, item.Node, item.Key)).OfType<TextTemplate>()];

    public static ImmutableSortedDictionary<string, TextTemplate> Named(ManifestSection at, string name) =>
        at.Members(name, ManifestReader.EntriesMax, (node, key) => Text(at, node, key));

    public static ValueTemplate? Value(ManifestSection at, ManifestNode node, string key)
    {
        var template = ValueTemplate.TryParse(node.ToJson(), out var fault);
        if (template is null)
        {
            at.Findings.Fault(key, node.Line, fault ?? "is no template.");
        }

        at.Findings.Use(key, node.Line, template?.Names ?? []);
        return template;
    }

    public static Condition? Condition(ManifestSection at, string name)
    {
        if (at.Text(name) is not { } text)
        {
            return null;
        }

        var condition = Templates.Condition.TryParse(text, out var fault);
        if (condition is null)
        {
            at.Fault(name, fault ?? "is no condition.");
        }

        at.Findings.Use(at.KeyOf(name), at.LineOf(name), condition is null ? [] : [condition.Name]);
        return condition;
    }

    public static ImmutableArray<ValuePath> Paths(ManifestSection at, string name)
    {
        var paths = ImmutableArray.CreateBuilder<ValuePath>();
        foreach (var (node, key) in at.Items(name, ManifestReader.EntriesMax))
        {
            string? fault = "must be a text.";
            if (node is ManifestNode.Scalar scalar && ValuePath.TryParse(scalar.Text, out fault) is { } path)
            {
                paths.Add(path);
            }
            else
            {
                at.Findings.Fault(key, node.Line, fault ?? "is no way to a member.");
            }
        }

        return paths.ToImmutable();
    }
}
