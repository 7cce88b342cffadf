using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Texts;

/// <summary>One map of a manifest, read member by member with a finding for each that is not as it must be.</summary>
/// <remarks>A getter answers null, or nothing, when the member is absent and when it is wrong: in the second case a fault is noted.</remarks>
internal sealed class ManifestSection(ManifestNode.Map map, string key, ManifestFindings findings)
{
    private readonly Dictionary<string, ManifestNode> _members = map.Members.ToDictionary(
        static member => member.Name, static member => member.Value, StringComparer.Ordinal);

    private readonly HashSet<string> _asked = [];

    public int Line => map.Line;

    public ManifestFindings Findings => findings;

    public string KeyOf(string name) => key.Length == 0 ? name : $"{key}.{name}";

    public bool Has(string name) => _members.ContainsKey(name);

    /// <summary>The line of a member; of the map where it has none of that name.</summary>
    public int LineOf(string name) => _members.TryGetValue(name, out var node) ? node.Line : Line;

    public void Fault(string name, string message) => findings.Fault(name.Length == 0 ? key : KeyOf(name), LineOf(name), message);

    /// <summary>The member, of whatever kind; null where it is absent.</summary>
    public ManifestNode? Any(string name)
    {
        _asked.Add(name);
        return _members.GetValueOrDefault(name);
    }

    /// <summary>A text that is not empty.</summary>
    public string? Text(string name)
    {
        switch (Any(name))
        {
            case null:
                return null;
            case ManifestNode.Scalar { Text: var text } scalar when text.Length > 0 && !(scalar.IsPlain && PlainScalar.IsNull(text)):
                return text;
            case var other:
                Fault(name, $"must be a text and is {other.TypeName}.");
                return null;
        }
    }

    /// <summary>The same, and a finding where it is absent.</summary>
    public string? RequiredText(string name)
    {
        if (!Has(name))
        {
            _asked.Add(name);
            Fault(name, "is missing.");
            return null;
        }

        return Text(name);
    }

    public bool? Flag(string name)
    {
        switch (Any(name))
        {
            case null:
                return null;
            case ManifestNode.Scalar { IsPlain: true, Text: var text } when PlainScalar.ToFlag(text) is { } flag:
                return flag;
            default:
                Fault(name, "must be true or false.");
                return null;
        }
    }

    public T? Choice<T>(string name, params (string Word, T Value)[] choices)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var (word, value) in choices.Where(choice => choice.Word == text))
        {
            return value;
        }

        var words = choices.Select(static choice => choice.Word).ToArray();
        Fault(name, $"must be one of {string.Join(", ", words)} and is {Spelling.Shown(text)}.");
        return null;
    }

    public ManifestSection? Map(string name)
    {
        switch (Any(name))
        {
            case null:
                return null;
            case ManifestNode.Map inner:
                return new ManifestSection(inner, KeyOf(name), findings);
            case var other:
                Fault(name, $"must be a map and is {other.TypeName}.");
                return null;
        }
    }

    /// <summary>The elements of a list, each with its key.</summary>
    /// <param name="name">The member.</param>
    /// <param name="countMax">How many there may be.</param>
    public ImmutableArray<(ManifestNode Node, string Key)> Items(string name, int countMax)
    {
        switch (Any(name))
        {
            case null:
                return [];
            case ManifestNode.List { Items.Length: var count } when count > countMax:
                Fault(name, $"has {count} elements; {countMax} is the most.");
                return [];
            case ManifestNode.List list:
                return [.. list.Items.Select((item, index) => (item, $"{KeyOf(name)}[{index}]"))];
            case var other:
                Fault(name, $"must be a list and is {other.TypeName}.");
                return [];
        }
    }

    /// <summary>The members of a map by name, each made of its node and key; those that cannot be made are left out.</summary>
    public ImmutableSortedDictionary<string, T> Members<T>(string name, int countMax, Func<ManifestNode, string, T?> make)
        where T : class
    {
        var made = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        if (Map(name) is not { } inner)
        {
            return made.ToImmutable();
        }

        if (inner._members.Count > countMax)
        {
            Fault(name, $"has {inner._members.Count} members; {countMax} is the most.");
            return made.ToImmutable();
        }

        foreach (var (member, node) in inner._members)
        {
            if (make(node, inner.KeyOf(member)) is { } value)
            {
                made[member] = value;
            }
        }

        return made.ToImmutable();
    }

    /// <summary>A JSON value.</summary>
    public JsonElement? Json(string name)
    {
        if (Any(name) is not { } node)
        {
            return null;
        }

        if (JsonLiteral.TryParse(node.ToJson()) is { } json)
        {
            return json;
        }

        Fault(name, "holds half of a character, which JSON cannot.");
        return null;
    }

    /// <summary>Notes a fault for every member that nobody asked for.</summary>
    public void RefuseTheRest()
    {
        foreach (var name in _members.Keys.Where(name => !_asked.Contains(name)))
        {
            Fault(name, $"is not known here.{Spelling.Hint(name, _asked)}");
        }
    }
}
