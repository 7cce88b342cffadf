using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>What templates are filled from: what steps saved, then a call's arguments, then the profile's values.</summary>
/// <remarks>
/// Made anew for each stage of a call: it remembers where paths lead, so that all templates of one stage see the same files. One thread at a time.
/// </remarks>
/// <param name="arguments">The call's arguments; of another kind than an object there are none.</param>
/// <param name="paths">Where paths lead.</param>
/// <param name="directories">What relative paths start from.</param>
public sealed class TemplateValues(JsonElement arguments, IFilePaths paths, ImmutableArray<string> directories)
{
    private readonly Dictionary<string, FilePath?> _led = new(StringComparer.Ordinal);

    /// <summary>What steps have saved, by name.</summary>
    /// <value>Nothing.</value>
    public ImmutableDictionary<string, JsonElement> Captures { get; init; } = ImmutableDictionary<string, JsonElement>.Empty;

    /// <summary>What the profile gives beside arguments, by name.</summary>
    /// <value>Nothing.</value>
    public ImmutableDictionary<string, JsonElement> Profile { get; init; } = ImmutableDictionary<string, JsonElement>.Empty;

    /// <summary>The names of the arguments that the tool takes; others are not looked at, so that none stands for a value of the profile.</summary>
    /// <value>Null: nobody knows, and all are.</value>
    public ImmutableHashSet<string>? ArgumentNames { get; init; }

    /// <summary>The same with one more thing saved; where paths lead is looked at anew.</summary>
    /// <param name="name">What it is saved as.</param>
    /// <param name="value">What it is.</param>
    public TemplateValues With(string name, JsonElement value) => new(arguments, paths, directories)
    {
        Captures = Captures.SetItem(name, value),
        Profile = Profile,
        ArgumentNames = ArgumentNames,
    };

    /// <summary>The value of that name; null where there is none.</summary>
    internal JsonElement? Find(string name)
    {
        if (Captures.TryGetValue(name, out var saved))
        {
            return saved;
        }

        if (arguments.ValueKind == JsonValueKind.Object && ArgumentNames?.Contains(name) is not false
            && ResultText.TryGetMember(arguments, name, out var argument))
        {
            return argument;
        }

        return Profile.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>Where a path leads; null for one that no server takes.</summary>
    internal FilePath? Lead(string given)
    {
        if (!_led.TryGetValue(given, out var path))
        {
            // No file's name holds a NUL or half of a character.
            path = given.Contains('\0', StringComparison.Ordinal) || !TemplateText.IsWhole(given) ? null : paths.Resolve(directories, given);
            _led.Add(given, path);
        }

        return path;
    }
}
