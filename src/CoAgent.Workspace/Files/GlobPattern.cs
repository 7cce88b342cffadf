using System.Collections.Immutable;
using System.IO.Enumeration;

namespace CoAgent.Workspace.Files;

/// <summary>A pattern for paths: <c>**</c> any directories, <c>*</c> and <c>?</c> inside a name, <c>{a,b}</c> one of several.</summary>
/// <remarks>Case counts, names that begin with a dot are names like others, and <c>[</c> is an ordinary character.</remarks>
internal sealed class GlobPattern
{
    private const int AlternativesMax = 64;
    private static readonly System.Buffers.SearchValues<char> Wildcards = System.Buffers.SearchValues.Create("*?\\");

    private readonly ImmutableArray<ImmutableArray<string>> _alternatives;

    private GlobPattern(ImmutableArray<ImmutableArray<string>> alternatives)
    {
        _alternatives = alternatives;
        Base = CommonDirectory(alternatives);
    }

    /// <summary>The directory that all matches are below, as far as the pattern spells it out; empty for the root.</summary>
    internal string Base { get; }

    /// <summary>How many levels below <see cref="Base"/> a match can lie.</summary>
    internal int DepthMax => _alternatives.Any(names => names.Contains("**"))
        ? int.MaxValue
        : _alternatives.Max(names => names.Length) - (Base.Length == 0 ? 0 : Base.Split('/').Length);

    /// <summary>Whether the pattern spells out the name of git's own store.</summary>
    internal bool NamesGit => _alternatives.Any(names => names.Contains(".git"));

    internal static GlobPattern Parse(string text)
    {
        if (text.StartsWith('/'))
        {
            throw new CallRefusedException("The pattern begins with '/'; patterns are relative to the workspace root.");
        }

        var alternatives = ExpandBraces(text).Select(Split).ToImmutableArray();
        if (alternatives.Any(names => names.IsEmpty))
        {
            throw new CallRefusedException("The pattern names nothing; '**' matches every file, '*.cs' those in the root.");
        }

        return alternatives.Any(names => names.Contains(".."))
            ? throw new CallRefusedException("The pattern goes up with '..'; patterns stay inside the workspace.")
            : new GlobPattern(alternatives);
    }

    /// <summary>Whether a path relative to the root, its names joined by <c>/</c>, matches.</summary>
    internal bool Matches(string path)
    {
        var names = path.Split('/');
        foreach (var pattern in _alternatives)
        {
            if (Matches(pattern, names))
            {
                return true;
            }
        }

        return false;
    }

    // Greedy, with one place to come back to: the last '**' takes one name more whenever what follows it does not fit.
    private static bool Matches(ImmutableArray<string> pattern, string[] names)
    {
        int at = 0, name = 0, retry = -1, retryName = 0;
        while (name < names.Length)
        {
            if (at < pattern.Length && pattern[at] == "**")
            {
                (retry, retryName) = (at++, name);
            }
            else if (at < pattern.Length && FileSystemName.MatchesSimpleExpression(pattern[at], names[name], ignoreCase: false))
            {
                (at, name) = (at + 1, name + 1);
            }
            else if (retry >= 0)
            {
                (at, name) = (retry + 1, ++retryName);
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == "**")
        {
            at++;
        }

        return at == pattern.Length;
    }

    private static ImmutableArray<string> Split(string text) => [.. text.Split('/').Where(name => name is not ("" or "."))];

    private static string CommonDirectory(ImmutableArray<ImmutableArray<string>> alternatives)
    {
        var first = alternatives[0];
        var count = 0;
        while (alternatives.All(names => count < names.Length - 1 && names[count] == first[count])
            && !first[count].AsSpan().ContainsAny(Wildcards))
        {
            count++;
        }

        return string.Join('/', first.Take(count));
    }

    private static List<string> ExpandBraces(string text)
    {
        var open = text.IndexOf('{');
        var close = open < 0 ? -1 : ClosingBrace(text, open);
        if (close < 0)
        {
            return [text];
        }

        var expanded = new List<string>();
        foreach (var choice in Choices(text[(open + 1)..close]))
        {
            expanded.AddRange(ExpandBraces(text[..open] + choice + text[(close + 1)..]));
            if (expanded.Count > AlternativesMax)
            {
                throw new CallRefusedException($"The pattern's braces stand for more than {AlternativesMax} patterns.");
            }
        }

        return expanded;
    }

    private static int ClosingBrace(string text, int open)
    {
        var depth = 0;
        for (var at = open; at < text.Length; at++)
        {
            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        return -1;
    }

    private static IEnumerable<string> Choices(string text)
    {
        int depth = 0, begin = 0;
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0 && text[at] == ',')
            {
                yield return text[begin..at];
                begin = at + 1;
            }
        }

        yield return text[begin..];
    }
}
