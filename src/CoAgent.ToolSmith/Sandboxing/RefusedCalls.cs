using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>What a program tried behind walls and was refused, by its trace.</summary>
/// <param name="Writes">The paths that it would have written, made or removed where everything is for reading only.</param>
/// <param name="Sockets">The paths of sockets of others that it would have connected to.</param>
/// <param name="Processes">The processes that it would have sent a signal to and that are not there, by the numbers that it used.</param>
/// <param name="Renames">The paths that could not be renamed in one step, by a program that does not copy instead.</param>
public sealed partial record RefusedCalls(
    ImmutableSortedSet<string> Writes, ImmutableSortedSet<string> Sockets, ImmutableSortedSet<int> Processes, ImmutableSortedSet<string> Renames)
{
    // These copy what cannot be renamed, as they do between any two file systems.
    private static readonly ImmutableArray<string> s_copies = ["mv", "install", "busybox"];

    /// <summary>Nothing.</summary>
    public static RefusedCalls None { get; } = new([], [], [], []);

    /// <summary>Reads what was refused since a moment.</summary>
    /// <param name="file">The trace.</param>
    /// <param name="mark">The moment, as a place in the file.</param>
    /// <param name="start">The directory that the program began in.</param>
    public static RefusedCalls Read(string file, long mark, string start)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(mark, SeekOrigin.Begin);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader, start);
    }

    internal static RefusedCalls Parse(TextReader trace, string start)
    {
        var (writes, sockets) = (Paths(), Paths());
        var (processes, renames) = (ImmutableSortedSet.CreateBuilder<int>(), Paths());
        var directories = new HashSet<string>(StringComparer.Ordinal) { start };
        var programs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var call in TracedCall.Of(trace))
        {
            switch (call.Name)
            {
                case "execve" when !call.HasFailed:
                    programs[call.Thread] = Path.GetFileName(call.Paths(directories).FirstOrDefault("/"));
                    break;
                case "chdir" when !call.HasFailed:
                    directories.UnionWith(call.Paths(directories).ToArray());
                    break;
                case "connect" when call.Failed("ECONNREFUSED") && SocketPath().Match(call.Text) is { Success: true } socket:
                    sockets.Add(TracedCall.Unescape(socket.Groups["path"].Value));
                    break;
                case "kill" or "tgkill" when call.Failed("ESRCH") && ProcessNumber().Match(call.Text) is { Success: true } target:
                    processes.Add(int.Parse(target.Groups["id"].Value, CultureInfo.InvariantCulture));
                    break;
                case "symlink" or "symlinkat" when call.Failed("EROFS"):
                    writes.Add(call.Paths(directories).Last());
                    break;
                case not "" when call.Failed("EROFS"):
                    writes.UnionWith(call.Paths(directories));
                    break;
                case "rename" or "renameat" or "renameat2" when call.Failed("EXDEV") && !Copies(call.Thread):
                    renames.UnionWith(call.Paths(directories));
                    break;
            }
        }

        return new RefusedCalls(writes.ToImmutable(), sockets.ToImmutable(), processes.ToImmutable(), renames.ToImmutable());

        bool Copies(string thread) => programs.TryGetValue(thread, out var program) && s_copies.Contains(program);
    }

    private static ImmutableSortedSet<string>.Builder Paths()
    {
        var paths = ImmutableSortedSet.CreateBuilder<string>();
        paths.KeyComparer = StringComparer.Ordinal;
        return paths;
    }

    [GeneratedRegex("""sa_family=AF_UNIX, sun_path="(?<path>(?:[^"\\]|\\.)*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex SocketPath();

    // A negative number is a group; nothing there has it either.
    [GeneratedRegex("""^t?g?kill\(-?(?<id>\d{1,9}),""", RegexOptions.ExplicitCapture)]
    private static partial Regex ProcessNumber();
}
