using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Survey;

/// <summary>Which of a program's words are verbs, options and values of options.</summary>
/// <remarks>
/// Only what two lines have in common is decided by it, never what they touch: that is asked of the rules for each line. A program that is
/// not listed has words by their places alone.
/// </remarks>
/// <param name="VerbsMax">How many words at the beginning say what is done.</param>
/// <param name="WithValue">The short options that take the next word, or what is attached, as their value.</param>
/// <param name="LongWithValue">The long options that take the next word where nothing follows after an equals sign.</param>
internal sealed record WordGrammar(int VerbsMax, string WithValue, ImmutableHashSet<string> LongWithValue)
{
    private static readonly ImmutableHashSet<string> s_none = [];

    private static readonly ImmutableDictionary<string, WordGrammar> s_programs = new Dictionary<string, WordGrammar>
    {
        ["kubectl"] = new(1, "nloftc", ["--namespace", "--selector", "--output", "--filename", "--container", "--tail", "--replicas", "--type", "--patch", "--context"]),
        ["git"] = new(1, "CcmbBnFu", ["--message", "--author", "--date", "--max-count", "--format", "--git-dir", "--work-tree"]),
        ["npm"] = new(1, "", ["--prefix"]),
        ["dotnet"] = new(1, "cfro", ["--configuration", "--framework", "--output"]),
        ["grep"] = new(0, "ABCefm", ["--regexp", "--file", "--max-count", "--include", "--exclude", "--context"]),
        ["rg"] = new(0, "ABCefmgt", ["--regexp", "--file", "--max-count", "--glob", "--type"]),
        ["head"] = new(0, "nc", ["--lines", "--bytes"]),
        ["tail"] = new(0, "nc", ["--lines", "--bytes"]),
        ["sort"] = new(0, "ktoS", ["--key", "--field-separator", "--output"]),
        ["cut"] = new(0, "dfcb", ["--delimiter", "--fields"]),
        ["sed"] = new(0, "ef", ["--expression", "--file"]),
        ["awk"] = new(0, "Fvf", []),
        ["uniq"] = new(0, "fsw", []),
        ["mkdir"] = new(0, "m", ["--mode"]),
        ["touch"] = new(0, "drt", ["--date", "--reference"]),
        ["du"] = new(0, "d", ["--max-depth"]),
        ["xxd"] = new(0, "lsc", []),
        ["split"] = new(0, "lbn", ["--lines", "--bytes"]),
        ["truncate"] = new(0, "s", ["--size"]),
        ["diff"] = new(0, "U", ["--unified"]),
        ["jq"] = new(0, "", ["--arg", "--indent"]),
        ["curl"] = new(0, "oHXdAu", ["--output", "--header", "--request", "--data", "--user"]),
        ["wget"] = new(0, "Oo", []),
        ["tee"] = new(0, "", []),
        ["ln"] = new(0, "", []),
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private static readonly ImmutableHashSet<string> s_plain =
    [
        "cat", "tac", "nl", "wc", "ls", "cp", "mv", "rm", "rmdir", "chmod", "stat", "file", "realpath", "readlink", "basename", "dirname", "md5sum",
        "sha1sum", "sha256sum", "sha512sum", "base64", "comm", "cmp", "paste", "rev", "pwd", "df", "date",
    ];

    /// <summary>Words of which the first two are verbs together.</summary>
    private static readonly ImmutableHashSet<string> s_pairs =
    [
        "kubectl set", "kubectl rollout", "kubectl config", "kubectl create", "git stash", "git remote", "git worktree", "git notes",
        "npm run", "dotnet tool", "dotnet sln",
    ];

    /// <summary>The grammar of a program; null where its words are taken by their places.</summary>
    internal static WordGrammar? Of(string program) => s_programs.GetValueOrDefault(program)
        ?? (s_plain.Contains(program) ? new WordGrammar(0, "", s_none) : null);

    /// <summary>How many verbs there are where the first one is known.</summary>
    internal int VerbCount(string program, string first) => s_pairs.Contains($"{program} {first}") ? VerbsMax + 1 : VerbsMax;
}
