using System.Collections.Immutable;
using System.Text;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.ToolSmith.Rules;

/// <summary>A tree of names below <c>/w</c>: <c>dir/</c>, <c>file</c>, <c>file=content</c>, <c>link->target</c>.</summary>
internal sealed class PaperTree : ICommandFiles
{
    private readonly SortedDictionary<string, string?> _entries = new(StringComparer.Ordinal) { ["/w"] = "/" };

    internal PaperTree(params ReadOnlySpan<string> entries)
    {
        foreach (var entry in entries)
        {
            var (name, content) = entry.Split("->") is [var link, var target] ? (link, "->" + target)
                : entry.EndsWith('/') ? (entry[..^1], "/")
                : entry.IndexOf('=', StringComparison.Ordinal) is >= 0 and var sign ? (entry[..sign], "=" + entry[(sign + 1)..]) : (entry, "=");
            for (var above = name; above.Contains('/', StringComparison.Ordinal); above = above[..above.LastIndexOf('/')])
            {
                _entries.TryAdd("/w/" + above[..above.LastIndexOf('/')], "/");
            }

            _entries["/w/" + name] = content;
        }
    }

    public string Root => "/w";

    public FilePath? Resolve(string directory, string path, bool followsLast)
    {
        var pending = new Stack<string>(path.Split('/').Reverse());
        var at = path.StartsWith('/') ? "/" : directory;
        var links = ImmutableArray.CreateBuilder<string>();
        while (pending.TryPop(out var name))
        {
            if (name is "" or ".")
            {
                continue;
            }

            if (name == "..")
            {
                at = Parent(at);
                continue;
            }

            var next = at == "/" ? "/" + name : at + "/" + name;
            if (_entries.GetValueOrDefault(next) is ['-', '>', .. var target] && (followsLast || pending.Count > 0))
            {
                links.Add(next);
                foreach (var each in target.Split('/').Reverse())
                {
                    pending.Push(each);
                }

                at = target.StartsWith('/') ? "/" : at;
                continue;
            }

            at = next;
        }

        if (links.Count > 10)
        {
            return null;
        }

        var missing = ImmutableArray.CreateBuilder<string>();
        for (var above = Parent(at); above.StartsWith("/w/", StringComparison.Ordinal) && !_entries.ContainsKey(above) && !Exists(at); above = Parent(above))
        {
            missing.Add(above);
        }

        return new FilePath(at, Exists(at), IsDirectory(at), links.ToImmutable(), missing.ToImmutable());
    }

    public ImmutableArray<string> List(string canonical) =>
        [.. _entries.Keys.Where(path => path != "/w" && Parent(path) == canonical).Select(static path => path[(path.LastIndexOf('/') + 1)..])];

    public ReadOnlyMemory<byte>? Content(string canonical, int bytesMax) =>
        _entries.GetValueOrDefault(canonical) is ['=', .. var text] ? Encoding.UTF8.GetBytes(text) : null;

    private bool Exists(string path) => _entries.ContainsKey(path) || !(path.StartsWith("/w/", StringComparison.Ordinal) || path == "/.git");

    private bool IsDirectory(string path) => _entries.TryGetValue(path, out var content) ? content == "/" : Exists(path) && !path.Contains('.', StringComparison.Ordinal);

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var cut ? path[..cut] : "/";
}
