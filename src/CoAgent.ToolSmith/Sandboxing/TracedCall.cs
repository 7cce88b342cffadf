using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>One system call of a trace.</summary>
/// <param name="Thread">The number of the thread that made it.</param>
/// <param name="Text">The call as it is written, its two halves put together.</param>
internal sealed partial record TracedCall(string Thread, string Text)
{
    private const string Unfinished = " <unfinished ...>";

    /// <summary>Its name; empty for what is no call.</summary>
    internal string Name => Text.IndexOf('(', StringComparison.Ordinal) is > 0 and var end ? Text[..end] : "";

    /// <summary>Whether it was refused with an error: <c>ENOENT</c>.</summary>
    internal bool Failed(string error) => Text.Contains($"= -1 {error} ", StringComparison.Ordinal);

    /// <summary>Whether it was refused with any error.</summary>
    internal bool HasFailed => Text.Contains(" = -1 E", StringComparison.Ordinal);

    /// <summary>The calls of a trace, in the order in which they ended.</summary>
    internal static IEnumerable<TracedCall> Of(TextReader trace)
    {
        // A call during which another thread was shown is written in two halves.
        var begun = new Dictionary<string, string>(StringComparer.Ordinal);
        while (trace.ReadLine() is { } line)
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var (thread, call) = (line[..Math.Max(blank, 0)], line[(blank + 1)..].TrimStart());
            if (call.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                begun[thread] = call[..^Unfinished.Length];
            }
            else if (!call.StartsWith("<... ", StringComparison.Ordinal))
            {
                yield return new TracedCall(thread, call);
            }
            else if (call.IndexOf("resumed>", StringComparison.Ordinal) is > 0 and var end && begun.Remove(thread, out var beginning))
            {
                yield return new TracedCall(thread, beginning + call[(end + "resumed>".Length)..]);
            }
        }
    }

    /// <summary>The paths that it names, in full.</summary>
    /// <param name="directories">
    /// The directories that a relative path may start from: where the trace does not say which of them, it may be each.
    /// </param>
    internal IEnumerable<string> Paths(IReadOnlyCollection<string> directories)
    {
        foreach (Match named in NamedPath().Matches(Text))
        {
            var (folder, path) = (Unescape(named.Groups["folder"].Value), Unescape(named.Groups["path"].Value));
            if (folder.Length > 0 && folder[0] != '/')
            {
                continue; // A pipe, a socket.
            }

            if (folder.Length > 0 || path.StartsWith('/'))
            {
                yield return Path.GetFullPath(path, folder.Length > 0 ? folder : "/");
                continue;
            }

            foreach (var directory in directories)
            {
                yield return Path.GetFullPath(path, directory);
            }
        }
    }

    // \303\244 is two bytes of one character.
    internal static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, at, char.IsHighSurrogate(text[at]) ? 2 : 1));
                at += char.IsHighSurrogate(text[at]) ? 1 : 0;
                continue;
            }

            var digits = 0;
            while (digits < 3 && at + 1 + digits < text.Length && text[at + 1 + digits] is >= '0' and <= '7')
            {
                digits++;
            }

            bytes.Add(digits > 0 ? Convert.ToByte(text.Substring(at + 1, digits), 8) : Named(text[at + 1]));
            at += Math.Max(digits, 1);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static byte Named(char letter) => letter switch
    {
        'n' => (byte)'\n', 't' => (byte)'\t', 'r' => (byte)'\r', 'v' => 11, 'f' => 12, _ => (byte)letter,
    };

    // AT_FDCWD</folder>, "path" · 3</folder>, "path" · "path"
    [GeneratedRegex(
        """(?:(?:AT_FDCWD|\b\d+)<(?<folder>(?:[^>\\]|\\.)*)>, )?"(?<path>(?:[^"\\]|\\.)*)"(?!\.\.\.)""", RegexOptions.ExplicitCapture)]
    private static partial Regex NamedPath();
}
