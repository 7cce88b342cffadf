using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Runtime.Catalog.Texts;

/// <summary>A manifest's text, line by line, in which members can be replaced.</summary>
internal sealed class ManifestSplice
{
    private readonly List<(string? Name, List<string> Lines)> _parts;
    private readonly string _lineEnd;

    private ManifestSplice(List<(string? Name, List<string> Lines)> parts, string lineEnd)
    {
        _parts = parts;
        _lineEnd = lineEnd;
    }

    /// <summary>The text in parts; null where members do not begin lines of their own.</summary>
    public static ManifestSplice? TryCreate(string text)
    {
        if (ManifestText.Parse(text, new ManifestFindings("")) is not { Members: var members })
        {
            return null;
        }

        // Each line with its end, so that a text of no changes is the same text.
        var lines = text.Split('\n');
        List<string> whole = [.. lines[..^1].Select(static line => line + "\n"), .. lines[^1].Length > 0 ? (string[])[lines[^1]] : []];
        var begins = members.Select(static member => member.Line - 1).ToArray();
        if (begins.Distinct().Count() < begins.Length || begins.Any(at => at >= whole.Count || !BeginsWithName(whole[at])))
        {
            return null;
        }

        var parts = new List<(string? Name, List<string> Lines)> { (null, whole[..begins[0]]) };
        for (var member = 0; member < members.Length; member++)
        {
            var end = member + 1 < begins.Length ? begins[member + 1] : whole.Count;
            var own = end;
            while (own > begins[member] + 1 && IsBetween(whole[own - 1]))
            {
                own--;
            }

            parts.Add((members[member].Name, whole[begins[member]..own]));
            parts.Add((null, whole[own..end]));
        }

        return new ManifestSplice(parts, text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n");
    }

    /// <summary>Gives a member other lines; none remove it, and one that was not there comes after those that precede it.</summary>
    /// <param name="name">The member.</param>
    /// <param name="lines">Its lines, without their ends.</param>
    /// <param name="order">All members, in the order in which they are written.</param>
    public void Put(string name, ImmutableArray<string> lines, ImmutableArray<string> order)
    {
        List<string> ended = [.. lines.Select(line => line + _lineEnd)];
        var at = _parts.FindIndex(part => part.Name == name);
        if (at >= 0)
        {
            _parts[at] = (name, ended);
            return;
        }

        var before = order[..order.IndexOf(name)];
        var last = _parts.FindLastIndex(part => part.Name is { } other && before.Contains(other));
        if (last >= 0 && _parts[last].Lines is [.., var open] && !open.EndsWith('\n'))
        {
            _parts[last].Lines[^1] = open + _lineEnd;
        }

        _parts.Insert(last + 1, (name, ended));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Concat(_parts.SelectMany(static part => part.Lines));

    private static bool BeginsWithName(string line) => line[0] is not (' ' or '\t' or '{' or '[' or '?' or '-' or ',');

    // What stands between members is nobody's: it stays where it is.
    private static bool IsBetween(string line) => line[0] == '#' || string.IsNullOrWhiteSpace(line);
}
