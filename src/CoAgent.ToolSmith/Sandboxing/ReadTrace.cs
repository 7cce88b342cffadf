using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>How a program looked at a path.</summary>
public enum ReadKind
{
    /// <summary>It opened a file to read it, or read where a link leads.</summary>
    Content,

    /// <summary>It asked what is there.</summary>
    Status,

    /// <summary>It looked for something, and nothing is there.</summary>
    Absence,

    /// <summary>It listed a directory.</summary>
    Listing,
}

/// <summary>A path of the trial folder that a program looked at.</summary>
/// <param name="Path">The full path, as it was named; relative parts taken out.</param>
/// <param name="Kind">How.</param>
public sealed record ObservedRead(string Path, ReadKind Kind);

/// <summary>What a program looked at below its trial folder.</summary>
/// <remarks>
/// Not seen: reads through a file that was opened before, and through a mapping. Attributes of a path that are read together with an
/// open are its status.
/// </remarks>
/// <param name="Reads">What it looked at; each once.</param>
/// <param name="Gap">Why the trace is not the whole truth; null when it is.</param>
public sealed partial record ReadTrace(ImmutableHashSet<ObservedRead> Reads, string? Gap)
{
    private static readonly string[] s_looks = ["stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"];

    /// <summary>Reads what was traced since a moment.</summary>
    internal static ReadTrace Read(string file, long mark, string root, long bytesMax)
    {
        if (!File.Exists(file))
        {
            return new ReadTrace([], "reads are not traced on this machine");
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(mark, SeekOrigin.Begin);
        if (stream.Length - mark > bytesMax)
        {
            return new ReadTrace([], $"the trace is longer than {bytesMax} bytes");
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader.ReadToEnd(), root);
    }

    /// <summary>Reads what was traced behind the first line that holds a mark; all of it where none does.</summary>
    internal static ReadTrace ReadBehind(string file, string mark, string root, long bytesMax)
    {
        if (!File.Exists(file) || new FileInfo(file).Length > bytesMax)
        {
            return Read(file, mark: 0, root, bytesMax);
        }

        var text = File.ReadAllText(file);
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return Parse(at < 0 ? text : text[at..], root);
    }

    /// <summary>Takes a trace apart.</summary>
    internal static ReadTrace Parse(string text, string root)
    {
        var reads = ImmutableHashSet.CreateBuilder<ObservedRead>();
        var begun = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Whole(line, begun) is { } call && Observe(call, root) is { } read)
            {
                reads.Add(read);
            }
        }

        return new ReadTrace(reads.ToImmutable(), Gap: null);
    }

    // A call during which another thread was shown is written in two halves.
    private static string? Whole(string line, Dictionary<string, string> begun)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var (thread, call) = (line[..Math.Max(blank, 0)], line[(blank + 1)..].TrimStart());
        const string Unfinished = " <unfinished ...>";
        if (call.EndsWith(Unfinished, StringComparison.Ordinal))
        {
            begun[thread] = call[..^Unfinished.Length];
            return null;
        }

        if (!call.StartsWith("<... ", StringComparison.Ordinal))
        {
            return call;
        }

        var end = call.IndexOf("resumed>", StringComparison.Ordinal);
        return begun.Remove(thread, out var beginning) && end > 0 ? beginning + call[(end + "resumed>".Length)..] : null;
    }

    private static ObservedRead? Observe(string call, string root)
    {
        var parts = Call().Match(call);
        if (!parts.Success)
        {
            return null;
        }

        var (name, folder, given) = (parts.Groups["name"].Value, Unescape(parts.Groups["folder"].Value), parts.Groups["path"]);
        if (folder.Length > 0 && folder[0] != '/')
        {
            return null; // A pipe, a socket.
        }

        var path = System.IO.Path.GetFullPath(given.Success ? Unescape(given.Value) : "", folder.Length > 0 ? folder : root);
        if (path != root && !path.StartsWith(root + "/", StringComparison.Ordinal))
        {
            return null;
        }

        return KindOf(name, call, parts.Groups["result"].Value) is { } kind ? new ObservedRead(path, kind) : null;
    }

    private static ReadKind? KindOf(string name, string call, string result)
    {
        if (result.StartsWith("-1 ", StringComparison.Ordinal))
        {
            return Has("= -1 ENOENT") || Has("= -1 ENOTDIR") ? ReadKind.Absence : Has("= -1 EEXIST") ? ReadKind.Status : null;
        }

        return name switch
        {
            "getdents" or "getdents64" => ReadKind.Listing,
            "readlink" or "readlinkat" or "execve" or "execveat" => ReadKind.Content,
            "open" or "openat" or "openat2" => Has("O_DIRECTORY") || Has("O_PATH") ? ReadKind.Status
                : Has("O_WRONLY") ? null : ReadKind.Content,
            _ => s_looks.Contains(name) ? ReadKind.Status : null,
        };

        bool Has(string word) => call.Contains(word, StringComparison.Ordinal);
    }

    // \303\244 is two bytes of one character.
    private static string Unescape(string text)
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

    // name(AT_FDCWD</folder>, "path", …) = result · name(3</folder>, …) = result · name("path", …) = result
    [GeneratedRegex(
        """^(?<name>[a-z0-9_]+)\((?:(?:AT_FDCWD|\d+)(?:<(?<folder>(?:[^>\\]|\\.)*)>)?(?:, )?)?(?:"(?<path>(?:[^"\\]|\\.)*)")?.*\) += (?<result>.*)$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}
