using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Proxy.Configuration;

/// <summary>One object of the file, read member by member with a finding for each that is not as it must be.</summary>
/// <remarks>A getter answers null when the member is absent and when it is wrong: in the second case a fault is noted, so
/// that the caller can go on and find the rest.</remarks>
internal sealed partial class Section
{
    private readonly Dictionary<string, ConfigurationNode> _members = [];
    private readonly HashSet<string> _asked = [];
    private readonly ConfigurationNode.Members _node;
    private readonly Findings _findings;

    public Section(ConfigurationNode.Members node, string key, Findings findings)
    {
        _node = node;
        _findings = findings;
        Key = key;
        foreach (var member in node.Items)
        {
            if (!_members.TryAdd(member.Name, member.Value))
            {
                findings.Fault(KeyOf(member.Name), member.Value.Line, "is there twice; keep one of the two.");
            }
        }
    }

    public string Key { get; }

    public int Line => _node.Line;

    public IReadOnlyDictionary<string, ConfigurationNode> Members => _members;

    public string KeyOf(string name) => Findings.Key(Key, name);

    public bool Has(string name) => _members.ContainsKey(name);

    public int LineOf(string name) => _members.TryGetValue(name, out var node) ? node.Line : Line;

    public void Fault(string name, string message) => _findings.Fault(KeyOf(name), LineOf(name), message);

    public Section? Object(string name) =>
        Typed<ConfigurationNode.Members>(name, "an object") is { } node ? new Section(node, KeyOf(name), _findings) : null;

    public bool? Flag(string name) => Typed<ConfigurationNode.Flag>(name, "true or false")?.Value;

    /// <summary>A string without NUL; empty only where that means something.</summary>
    public string? Text(string name, bool mayBeEmpty = false)
    {
        if (Typed<ConfigurationNode.Text>(name, "a string") is not { Value: var value })
        {
            return null;
        }

        if (value.Length == 0 && !mayBeEmpty)
        {
            Fault(name, "is empty; fill it in or leave it out.");
            return null;
        }

        return IsClean(value, KeyOf(name), LineOf(name)) ? value : null;
    }

    /// <summary>A string that is a name: for files, folders and tools.</summary>
    public string? Name(string name, int charsMax, bool mayBeEmpty = false)
    {
        var value = Text(name, mayBeEmpty);
        if (value is null or "" || IsName(value, charsMax))
        {
            return value;
        }

        Fault(name, $"must be 1 to {charsMax} of the characters A-Z, a-z, 0-9, _, . and -.");
        return null;
    }

    public ImmutableArray<string>? Texts(string name)
    {
        if (Typed<ConfigurationNode.List>(name, "an array of strings") is not { } list)
        {
            return null;
        }

        var texts = ImmutableArray.CreateBuilder<string>(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var key = $"{KeyOf(name)}[{i}]";
            if (list.Items[i] is ConfigurationNode.Text { Value: var value } && IsClean(value, key, list.Items[i].Line))
            {
                texts.Add(value);
            }
            else if (list.Items[i] is not ConfigurationNode.Text)
            {
                _findings.Fault(key, list.Items[i].Line, $"must be a string and is {list.Items[i].TypeName}.");
            }
        }

        return texts.Count == list.Items.Count ? texts.DrainToImmutable() : null;
    }

    /// <summary>The elements of an array, for a caller that reads them itself.</summary>
    public IReadOnlyList<ConfigurationNode> Items(string name) =>
        Typed<ConfigurationNode.List>(name, "an array")?.Items ?? [];

    public TimeSpan? Duration(string name, TimeSpan min, TimeSpan max)
    {
        TimeSpan? duration = Find(name) switch
        {
            null => null,
            ConfigurationNode.Text { Value: var text } when Clock().Match(text) is { Success: true } clock => Spell(clock),
            ConfigurationNode.Number { Value: >= 0 and <= int.MaxValue and var seconds } => TimeSpan.FromSeconds(seconds),
            ConfigurationNode.Number => TimeSpan.MaxValue,
            var other => Wrong(name, other),
        };
        if (duration is null || (duration >= min && duration <= max))
        {
            return duration;
        }

        Fault(name, $"must be from {min:c} to {max:c}.");
        return null;

        TimeSpan? Wrong(string at, ConfigurationNode node)
        {
            Fault(at, $"must be a duration: \"hh:mm:ss\" or a number of seconds{(node is ConfigurationNode.Text ? "." : $"; it is {node.TypeName}.")}");
            return null;
        }
    }

    public int? Integer(string name, int min, int max)
    {
        if (Typed<ConfigurationNode.Number>(name, "a number") is not { Value: var value })
        {
            return null;
        }

        if (value >= min && value <= max && Math.Truncate(value) == value)
        {
            return (int)value;
        }

        Fault(name, $"must be a whole number from {min} to {max}.");
        return null;
    }

    public T? Choice<T>(string name, ImmutableArray<(string Word, T Value)> choices)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        foreach (var (word, value) in choices)
        {
            if (word == text)
            {
                return value;
            }
        }

        var words = choices.Select(choice => choice.Word).ToArray();
        Fault(name, $"must be one of {string.Join(", ", words)}.{Spelling.Guess(text, words)}");
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

    /// <summary>Whether a text is 1 to <paramref name="charsMax"/> of the characters that every file system and client takes.</summary>
    public static bool IsName(string text, int charsMax) =>
        text.Length <= charsMax && text is not ("." or "..") && NameText().IsMatch(text);

    private static TimeSpan Spell(Match clock) => new(
        int.Parse(clock.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
        int.Parse(clock.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
        int.Parse(clock.Groups[3].ValueSpan, CultureInfo.InvariantCulture));

    private bool IsClean(string value, string key, int line)
    {
        if (!value.Contains('\0'))
        {
            return true;
        }

        _findings.Fault(key, line, "holds a NUL character; remove it.");
        return false;
    }

    private T? Typed<T>(string name, string wanted)
        where T : ConfigurationNode
    {
        var node = Find(name);
        if (node is not null and not T)
        {
            Fault(name, $"must be {wanted} and is {node.TypeName}.");
        }

        return node as T;
    }

    private ConfigurationNode? Find(string name)
    {
        _asked.Add(name);
        return _members.GetValueOrDefault(name);
    }

    [GeneratedRegex(@"^([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])\z")]
    private static partial Regex Clock();

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+\z")]
    private static partial Regex NameText();
}
