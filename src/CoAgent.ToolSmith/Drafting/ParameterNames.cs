using System.Collections.Immutable;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>What the arguments of tools are called that are made of commands.</summary>
internal static class ParameterNames
{
    private static readonly ImmutableDictionary<string, string> s_options = new Dictionary<string, string>
    {
        ["kubectl -n"] = "namespace", ["kubectl -l"] = "selector", ["kubectl -c"] = "container", ["kubectl -o"] = "output", ["kubectl -f"] = "file",
        ["git -m"] = "message", ["git -C"] = "directory", ["git -b"] = "branch", ["git -B"] = "branch", ["git -n"] = "count",
        ["head -n"] = "lines", ["tail -n"] = "lines", ["head -c"] = "bytes", ["tail -c"] = "bytes", ["split -l"] = "lines",
        ["grep -e"] = "pattern", ["grep -A"] = "after", ["grep -B"] = "before_lines", ["grep -C"] = "context", ["grep -m"] = "count",
        ["rg -e"] = "pattern", ["rg -A"] = "after", ["rg -B"] = "before_lines", ["rg -C"] = "context", ["rg -m"] = "count", ["rg -g"] = "glob",
        ["sort -k"] = "key", ["sort -t"] = "separator", ["sort -o"] = "output", ["cut -d"] = "delimiter", ["cut -f"] = "fields", ["cut -c"] = "characters",
        ["sed -e"] = "script", ["awk -F"] = "separator", ["awk -v"] = "variable", ["mkdir -m"] = "mode", ["touch -d"] = "date",
        ["du -d"] = "depth", ["truncate -s"] = "size", ["curl -o"] = "output", ["curl -H"] = "header", ["find -name"] = "name",
        ["find -type"] = "type", ["find -maxdepth"] = "depth", ["find -iname"] = "name", ["find -path"] = "pattern", ["find -mtime"] = "days",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableDictionary<string, string[]> s_operands = new Dictionary<string, string[]>
    {
        ["grep"] = ["pattern"], ["rg"] = ["pattern"], ["sed"] = ["script"], ["awk"] = ["program"], ["jq"] = ["filter"], ["tr"] = ["from", "to"],
        ["echo"] = ["text"], ["printf"] = ["format", "text"], ["chmod"] = ["mode"], ["seq"] = ["first", "last"],
        ["git checkout"] = ["branch"], ["git switch"] = ["branch"], ["git branch"] = ["branch"], ["git merge"] = ["branch"], ["git tag"] = ["tag"],
        ["git show"] = ["revision"], ["git log"] = ["revision"], ["git diff"] = ["revision"], ["git config"] = ["key", "value"],
        ["sqlite3"] = ["database", "sql"], ["kubectl get"] = ["resource", "name"], ["kubectl describe"] = ["resource", "name"], ["kubectl logs"] = ["name"],
        ["npm run"] = ["script"], ["mv"] = ["from", "to"], ["cp"] = ["from", "to"], ["ln"] = ["target", "link"], ["diff"] = ["left", "right"], ["cmp"] = ["left", "right"],
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>What the value of an option is called.</summary>
    internal static string OfOption(CommandWords words, string option) =>
        s_options.GetValueOrDefault($"{words.Program} {option}")
        ?? (option.StartsWith("--", StringComparison.Ordinal) ? Clean(option[2..]) : $"option_{Clean(option[1..])}");

    /// <summary>What an operand is called.</summary>
    /// <param name="words">The command.</param>
    /// <param name="at">Which operand.</param>
    /// <param name="kind">What it holds.</param>
    internal static string OfOperand(CommandWords words, int at, ParameterKind kind)
    {
        if (!words.IsSorted && at > 0 && words.Operands[at - 1] is ['-', _, ..] before)
        {
            return OfOption(words, before);
        }

        var known = words.Verbs is [var verb, ..] ? s_operands.GetValueOrDefault($"{words.Program} {verb}") : null;
        known ??= s_operands.GetValueOrDefault(words.Program);
        return known is not null && at < known.Length ? known[at] : kind switch
        {
            ParameterKind.Path => "path",
            ParameterKind.Paths => "paths",
            ParameterKind.Count => "count",
            _ => "value",
        };
    }

    /// <summary>What a part of an operand is called: of <c>deploy/geo</c>, <c>geo=x</c>.</summary>
    /// <param name="before">The sign before it; a blank before the first.</param>
    internal static string OfPiece(char before) => before switch
    {
        '=' => "value",
        ':' => "tag",
        '@' => "version",
        _ => "name",
    };

    /// <summary>A name that is not taken yet.</summary>
    internal static string Free(string name, IReadOnlyCollection<string> taken)
    {
        for (var number = 1; ; number++)
        {
            var tried = number == 1 ? name : $"{name}{number}";
            if (!taken.Contains(tried))
            {
                return tried;
            }
        }
    }

    /// <summary>The name of the tool that stands for commands.</summary>
    /// <remarks>Programs and verbs, then what options there are: <c>grep_rn</c>, <c>kubectl_set_image</c>, <c>git_log_oneline</c>.</remarks>
    internal static string OfTool(ImmutableArray<CommandWords> stages, bool writesFile)
    {
        var parts = new List<string>();
        foreach (var stage in stages)
        {
            parts.Add(Clean(stage.Program[(stage.Program.LastIndexOf('/') + 1)..]));
            parts.AddRange(stage.Verbs.Select(Clean));
            var letters = string.Concat(stage.Options.Where(static option => option.Value is null && option.Name is ['-', not '-', ..]).Select(static option => Clean(option.Name[1..])));
            parts.AddRange(letters.Length > 0 ? [letters] : []);
            parts.AddRange(stage.Options.Where(static option => option.Value is null && option.Name.StartsWith("--", StringComparison.Ordinal)).Select(static option => Clean(option.Name[2..])));
        }

        var name = string.Join('_', parts.Where(static part => part.Length > 0)) + (writesFile ? "_to_file" : "");
        return name.Length <= NameCharsMax ? name : name[..NameCharsMax].TrimEnd('_');
    }

    /// <summary>Letters, digits and underscores of a text, in small letters but for single ones.</summary>
    private static string Clean(string text)
    {
        var clean = string.Concat(text.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')).Trim('_');
        return clean.Length <= 1 ? clean : clean.ToLowerInvariant();
    }

    // Clients put their own prefix before a tool's name; 63 characters is the least that one of them takes.
    private const int NameCharsMax = 40;
}
