using System.Text;
using System.Text.RegularExpressions;

namespace CoAgent.Proxy.Configuration;

/// <summary>Puts variables into strings the way clients do: <c>${VAR}</c>, <c>${VAR:-default}</c>, and <c>${env:VAR}</c>.</summary>
/// <remarks>
/// Nothing else is special: <c>$VAR</c>, <c>$$</c> and <c>${</c> before something that cannot be a name stay as they are,
/// because the same file means that to the clients (and to the shells in its <c>args</c>). What is put in is not looked
/// at again. A variable that is set to nothing counts as set.
/// </remarks>
internal sealed partial class Placeholders(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>The expanded text; null, with findings, where a variable is missing.</summary>
    public string? Expand(string text, string key, int line, Findings findings)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        var expanded = new StringBuilder(text.Length);
        var copied = 0;
        var whole = true;
        for (var match = Opening().Match(text); match.Success; match = Opening().Match(text, copied))
        {
            expanded.Append(text, copied, match.Index - copied);
            var (value, end, fault) = Resolve(text, match);
            if (fault is not null)
            {
                findings.Fault(key, line, fault);
                whole = false;
            }

            expanded.Append(value);
            copied = end;
        }

        expanded.Append(text, copied, text.Length - copied);
        return whole ? expanded.ToString() : null;
    }

    private (string? Value, int End, string? Fault) Resolve(string text, Match match)
    {
        var name = match.Groups["name"].Value;
        var source = match.Groups["source"].Value;
        var open = match.Index + match.Length;
        var close = text.IndexOf('}', open);
        if (close < 0)
        {
            return (null, text.Length, $"opens ${{{name} and never closes it; add the }}.");
        }

        var rest = text[open..close];
        if (source is not ("" or "env"))
        {
            return (null, close + 1,
                $"has ${{{source}:…}}, which only some clients know; use an environment variable: ${{NAME}}.");
        }

        if (rest.Length > 0 && !rest.StartsWith(":-", StringComparison.Ordinal))
        {
            // ${name%suffix} and the like: a shell's own, not ours.
            return (text[match.Index..(close + 1)], close + 1, null);
        }

        if (rest.Contains("${", StringComparison.Ordinal))
        {
            return (null, close + 1, $"has a placeholder in the default of ${{{name}:-…}}; a default is plain text.");
        }

        if (environment.TryGetValue(name, out var value))
        {
            return (value, close + 1, null);
        }

        return rest.Length > 0
            ? (rest[2..], close + 1, null)
            : (null, close + 1, $"needs the environment variable {name}, which is not set; set it, or write ${{{name}:-default}}.");
    }

    [GeneratedRegex(@"\$\{(?:(?<source>[A-Za-z]+):(?!-))?(?<name>[A-Za-z_][A-Za-z0-9_]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Opening();
}
