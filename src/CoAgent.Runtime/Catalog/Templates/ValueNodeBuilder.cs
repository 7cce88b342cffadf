using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>Makes the parts of a <see cref="ValueTemplate"/> of its JSON.</summary>
internal sealed class ValueNodeBuilder(LoopPlanBuilder loops)
{
    private readonly List<string> _names = [];

    /// <summary>What is wrong; null while nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The names that placeholders begin with.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>The part that a value is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="entered">The lists that an element around it goes through.</param>
    public ValueNode Build(JsonElement value, ImmutableHashSet<int> entered) => value.ValueKind switch
    {
        JsonValueKind.Object => new ValueNode.Members(
            [.. value.EnumerateObject().Select(member => (JsonLiteral.NameOf(member), Build(member.Value, entered)))]),
        JsonValueKind.Array => new ValueNode.List([.. value.EnumerateArray().Select(item => BuildItem(item, entered))]),
        JsonValueKind.String => BuildText(value, entered),
        _ => new ValueNode.Literal(value.GetRawText()),
    };

    private (ValueNode Node, ImmutableArray<int> Loops) BuildItem(JsonElement item, ImmutableHashSet<int> entered)
    {
        var own = OwnTexts(item).SelectMany(LoopsOf).Where(loop => !entered.Contains(loop)).Distinct().Order().ToImmutableArray();
        return (Build(item, entered.Union(own)), own);
    }

    private ValueNode BuildText(JsonElement value, ImmutableHashSet<int> entered)
    {
        var parts = Parse(value);
        if (!parts.Any(static part => part is TemplatePart.Hole))
        {
            return new ValueNode.Literal(JsonLiteral.Quote(string.Concat(parts.OfType<TemplatePart.Literal>().Select(static part => part.Text))));
        }

        var text = new TemplateText(parts, loops);
        _names.AddRange(parts.OfType<TemplatePart.Hole>().Select(static part => part.Placeholder.Root));
        return new ValueNode.Leaf(text, [.. LoopsOf(text).Where(loop => !entered.Contains(loop)).Distinct().Order()]);
    }

    private IEnumerable<int> LoopsOf(JsonElement text) => LoopsOf(new TemplateText(Parse(text), loops));

    // A list comes to be known after the one that it lies in: their order is that of their numbers.
    private IEnumerable<int> LoopsOf(TemplateText text) => text.Expressions.SelectMany(loops.LoopsOf);

    private ImmutableArray<TemplatePart> Parse(JsonElement value)
    {
        var source = JsonLiteral.TextOf(value);
        var reader = new TemplateReader(source);
        var parts = reader.ReadParts();
        Fault ??= reader.Fault is { } fault ? $"\"{Spelling.Shown(source)}\" {fault}" : null;
        return parts;
    }

    /// <summary>The texts of an element that lie in no list inside of it.</summary>
    private static IEnumerable<JsonElement> OwnTexts(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => [item],
        JsonValueKind.Object => item.EnumerateObject().SelectMany(static member => OwnTexts(member.Value)),
        _ => [],
    };
}
