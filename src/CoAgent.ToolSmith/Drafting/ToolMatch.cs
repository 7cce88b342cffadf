using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>Whether a tool does what a pipeline does: its words are an instance of what the tool runs.</summary>
/// <remarks>Options may stand in any order where the program lets them. What a tool does beside what it runs (a `when`, a filter) is not matched.</remarks>
internal sealed partial class ToolMatch
{
    private const char Begin = '\u0001';
    private const char End = '\u0002';
    private const string ListMark = "[]";

    private readonly CommandUnit _pattern;
    private readonly ImmutableArray<CommandWords> _stages;
    private readonly ToolManifest _tool;

    private ToolMatch(ToolManifest tool, CommandUnit pattern)
    {
        _tool = tool;
        _pattern = pattern;
        _stages = [.. pattern.Stages.Select(static stage => CommandWords.Of(stage.Words))];
    }

    /// <summary>What a tool runs, as something to match; null where it cannot be said as one pipeline.</summary>
    internal static ToolMatch? Of(ToolManifest tool)
    {
        if (tool.Exec is not [Step.Run { When: null, Input: null } run])
        {
            return null;
        }

        var sources = run.Arguments.Select(static argument => argument.Source).ToArray();
        if (sources is ["bash", "-c", var text])
        {
            var marked = Variable().Replace(Unescape(text), static match => $"{Begin}{match.Groups[1].Value}{End}");
            return CommandUnit.Of(marked, new ParseLimits()) is [var unit] ? new ToolMatch(tool, unit) : null;
        }

        var words = sources.Select(Marked).ToArray();
        return words.Contains(null) || words.Length == 0 || !run.Environment.IsEmpty
            ? null
            : new ToolMatch(tool, new CommandUnit([new UnitStage([.. words.OfType<string>()], [])]));
    }

    /// <summary>The arguments by which the tool does what a pipeline does; null where it does not.</summary>
    internal JsonElement? ArgumentsFor(CommandUnit unit)
    {
        if (unit.Stages.Length != _pattern.Stages.Length)
        {
            return null;
        }

        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var at = 0; at < unit.Stages.Length; at++)
        {
            if (!Match(_stages[at], CommandWords.Of(unit.Stages[at].Words), found) || !Match(_pattern.Stages[at].Files, unit.Stages[at].Files, found))
            {
                return null;
            }
        }

        var arguments = ToJson(found);
        return _tool.Input is { } schema && InputRules.Complaint(schema, arguments) is not null ? null : arguments;
    }

    private static bool Match(CommandWords pattern, CommandWords words, Dictionary<string, List<string>> found)
    {
        if (pattern.Program != words.Program || pattern.IsSorted != words.IsSorted || !pattern.Verbs.SequenceEqual(words.Verbs, StringComparer.Ordinal)
            || pattern.HasSeparator != words.HasSeparator)
        {
            return false;
        }

        return (!pattern.IsSorted || Match(pattern.Options, words.Options, found)) && Match(pattern.Operands, words.Operands, found);
    }

    private static bool Match(ImmutableArray<CommandOption> pattern, ImmutableArray<CommandOption> options, Dictionary<string, List<string>> found) =>
        pattern.Length == options.Length
        && pattern.Zip(options).All(pair => pair.First.Name == pair.Second.Name && (pair.First.Value is null) == (pair.Second.Value is null)
            && (pair.First.Value is null || Match(pair.First.Value, pair.Second.Value!, found)));

    private static bool Match(ImmutableArray<string> pattern, ImmutableArray<string> words, Dictionary<string, List<string>> found)
    {
        if (pattern is [.., var last] && last.EndsWith($"{ListMark}{End}", StringComparison.Ordinal) && last[0] == Begin)
        {
            var front = pattern.Length - 1;
            return words.Length > front && Match(pattern[..front], words[..front], found)
                && found.TryAdd(last.Trim(Begin, End), [.. words[front..]]);
        }

        return pattern.Length == words.Length && pattern.Zip(words).All(pair => Match(pair.First, pair.Second, found));
    }

    private static bool Match(ImmutableArray<UnitFile> pattern, ImmutableArray<UnitFile> files, Dictionary<string, List<string>> found) =>
        pattern.Length == files.Length
        && pattern.Zip(files).All(pair => pair.First.Sign == pair.Second.Sign && pair.First.IsFile == pair.Second.IsFile && Match(pair.First.Path, pair.Second.Path, found));

    private static bool Match(string pattern, string word, Dictionary<string, List<string>> found)
    {
        if (!pattern.Contains(Begin, StringComparison.Ordinal))
        {
            return pattern == word;
        }

        var regex = new StringBuilder("^");
        var names = new List<string>();
        foreach (var piece in Hole().Split(pattern))
        {
            if (piece is [Begin, .. var name, End])
            {
                names.Add(name);
                regex.Append(pattern.Length == piece.Length ? "([\\s\\S]*)" : "([^=/:@]+)");
            }
            else
            {
                regex.Append(Regex.Escape(piece));
            }
        }

        var match = Regex.Match(word, regex.Append("\\z").ToString(), RegexOptions.NonBacktracking);
        return match.Success && names.Index().All(one => Note(one.Item, match.Groups[one.Index + 1].Value));

        bool Note(string name, string value) => found.TryAdd(name, [value]) || found[name] is [var before] && before == value;
    }

    private JsonElement ToJson(Dictionary<string, List<string>> found)
    {
        var properties = _tool.Input is { } schema && schema.TryGetProperty("properties"u8, out var given) ? given : default;
        var arguments = new JsonObject();
        foreach (var (name, values) in found)
        {
            var isList = name.EndsWith(ListMark, StringComparison.Ordinal);
            var plain = isList ? name[..^ListMark.Length] : name;
            var isNumber = properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(plain, out var property)
                && property.TryGetProperty("type"u8, out var type) && type.ValueEquals("integer");
            arguments[plain] = isList ? new JsonArray([.. values.Select(static value => JsonValue.Create(value))])
                : isNumber && long.TryParse(values[0], out var number) ? JsonValue.Create(number)
                : JsonValue.Create(values[0]);
        }

        return JsonSerializer.SerializeToElement(arguments);
    }

    // Null where a placeholder is more than a name.
    private static string? Marked(string source)
    {
        var isPlain = true;
        var marked = Placeholder().Replace(source, match => match.Value switch
        {
            "{{" => "{",
            "}}" => "}",
            _ when match.Groups[1].Success => $"{Begin}{match.Groups[1].Value}{End}",
            _ => Refuse(),
        });
        return isPlain ? marked : null;

        string Refuse()
        {
            isPlain = false;
            return "";
        }
    }

    private static string Unescape(string text) => text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

    [GeneratedRegex("\"\\$([A-Za-z_][A-Za-z0-9_]*)\"")]
    private static partial Regex Variable();

    [GeneratedRegex("\\{\\{|\\}\\}|\\{([A-Za-z_][A-Za-z0-9_-]*(?:\\[\\])?)\\}|\\{[^}]*\\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("(\u0001[^\u0002]*\u0002)")]
    private static partial Regex Hole();
}
