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

/// <summary>A path of a folder that a program looked at.</summary>
/// <param name="Path">The full path, as it was named; relative parts taken out.</param>
/// <param name="Kind">How.</param>
public sealed record ObservedRead(string Path, ReadKind Kind);

/// <summary>What a program looked at below a folder.</summary>
/// <remarks>
/// Not seen: reads through a file that was opened before, and through a mapping. Attributes of a path that are read together with an
/// open are its status. A file that the program itself has made is nothing that it looked at.
/// </remarks>
/// <param name="Reads">What it looked at; each once.</param>
/// <param name="Gap">Why the trace is not the whole truth; null when it is.</param>
public sealed partial record ReadTrace(ImmutableHashSet<ObservedRead> Reads, string? Gap)
{
    private static readonly string[] s_looks = ["stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2"];

    /// <summary>Reads what was traced since a moment.</summary>
    /// <param name="file">The trace.</param>
    /// <param name="mark">The moment, as a place in the file.</param>
    /// <param name="root">The folder.</param>
    /// <param name="start">The directory that the program began in; null for the folder.</param>
    /// <param name="bytesMax">The longest trace that is read.</param>
    public static ReadTrace Read(string file, long mark, string root, string? start, long bytesMax)
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
        return Parse(reader, root, start ?? root);
    }

    /// <summary>Reads what was traced behind the first line that holds a mark; all of it where none does.</summary>
    internal static ReadTrace ReadBehind(string file, string mark, string root, long bytesMax)
    {
        if (!File.Exists(file) || new FileInfo(file).Length > bytesMax)
        {
            return Read(file, mark: 0, root, start: null, bytesMax);
        }

        var text = File.ReadAllText(file);
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return Parse(at < 0 ? text : text[at..], root);
    }

    /// <summary>Takes a trace apart.</summary>
    internal static ReadTrace Parse(string text, string root) => Parse(new StringReader(text), root, root);

    private static ReadTrace Parse(TextReader trace, string root, string start)
    {
        var reads = ImmutableHashSet.CreateBuilder<ObservedRead>();
        var directories = new HashSet<string>(StringComparer.Ordinal) { start };
        foreach (var call in TracedCall.Of(trace))
        {
            reads.UnionWith(Observe(call, root, directories));
        }

        return new ReadTrace(reads.ToImmutable(), Gap: null);
    }

    private static IEnumerable<ObservedRead> Observe(TracedCall call, string root, HashSet<string> directories)
    {
        var parts = Call().Match(call.Text);
        if (!parts.Success)
        {
            yield break;
        }

        var (name, folder, given) = (parts.Groups["name"].Value, TracedCall.Unescape(parts.Groups["folder"].Value), parts.Groups["path"]);
        if (folder.Length > 0 && folder[0] != '/')
        {
            yield break; // A pipe, a socket.
        }

        var path = given.Success ? TracedCall.Unescape(given.Value) : "";
        // Where a relative path starts from is not always told: then it may be each directory that the program was in.
        var starts = folder.Length > 0 ? [folder] : path.StartsWith('/') ? ["/"] : directories.ToArray();
        foreach (var full in starts.Select(from => System.IO.Path.GetFullPath(path, from)))
        {
            if (name is "chdir" or "fchdir" && !call.HasFailed)
            {
                directories.Add(full);
            }

            if ((full == root || full.StartsWith(root + "/", StringComparison.Ordinal))
                && KindOf(name, call.Text, parts.Groups["result"].Value) is { } kind
                && (name != "chdir" || full != root))
            {
                yield return new ObservedRead(full, kind);
            }
        }
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
                : Has("O_WRONLY") || (Has("O_CREAT") && Has("O_EXCL")) ? null : ReadKind.Content,
            "chdir" => ReadKind.Status,
            _ => s_looks.Contains(name) ? ReadKind.Status : null,
        };

        bool Has(string word) => call.Contains(word, StringComparison.Ordinal);
    }

    // name(AT_FDCWD</folder>, "path", …) = result · name(3</folder>, …) = result · name("path", …) = result
    [GeneratedRegex(
        """^(?<name>[a-z0-9_]+)\((?:(?:AT_FDCWD|\d+)(?:<(?<folder>(?:[^>\\]|\\.)*)>)?(?:, )?)?(?:"(?<path>(?:[^"\\]|\\.)*)")?.*\) += (?<result>.*)$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}
