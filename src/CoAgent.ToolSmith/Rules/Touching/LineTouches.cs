using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Rules.Touching;

/// <summary>What a line touches so far, and what it may have made of the tree at that point.</summary>
internal sealed class LineTouches(ICommandFiles files, string? scratch)
{
    private const string State = ".coagent";

    private readonly HashSet<ObjectPattern> _reads = [];
    private readonly HashSet<ObjectPattern> _writes = [];
    private readonly Dictionary<string, PathKinds> _kinds = new(StringComparer.Ordinal);
    private readonly List<string> _reshaped = [];
    private readonly List<string> _cleared = [];

    internal ICommandFiles Files => files;

    internal LineVerdict Verdict { get; } = new();

    internal bool HasWrites => _writes.Count > 0;

    /// <summary>Trees in which the line may put anything anywhere.</summary>
    internal IReadOnlyList<string> Reshaped => _reshaped;

    /// <summary>The footprint; null when it has too many entries.</summary>
    internal Footprint? Footprint => Protocol.Objects.Footprint.TryCreate(_reads, _writes);

    internal bool IsInside(string path) => files.Root == "/" || path == files.Root
        || (path.StartsWith(files.Root, StringComparison.Ordinal) && path[files.Root.Length] == '/');

    internal void Read(string path, Extent extent)
    {
        if (path == files.Root && extent == Extent.Node)
        {
            return; // It is always there.
        }

        if (IsInside(path))
        {
            Add(_reads, path, extent);
        }
        else if (path.StartsWith("/proc/", StringComparison.Ordinal) || path is "/dev/random" or "/dev/urandom")
        {
            Verdict.SayLive();
        }
        else if (extent == Extent.Subtree && IsAbove(path))
        {
            Add(_reads, files.Root, Extent.Subtree);
        }
    }

    internal void Write(string path, Extent extent)
    {
        if (IsInside(path))
        {
            Add(_writes, path, extent);
            if (extent == Extent.Node && files.HasOtherNames(path))
            {
                Verdict.SayUnseen($"{path} has more names than this one");
            }
        }
        else if (!IsNobodys(path))
        {
            Verdict.SayOpaque($"it writes outside of the workspace: {path}");
        }
    }

    /// <summary>An object that is no file.</summary>
    internal void Read(ObjectPattern pattern) => _reads.Add(pattern);

    /// <summary>An object that is no file.</summary>
    internal void Write(ObjectPattern pattern) => _writes.Add(pattern);

    internal bool Writes(string path, Extent extent) =>
        FileObjects.Of(path) is { } id && _writes.Contains(extent == Extent.Children ? ObjectPattern.Children(id) : ObjectPattern.Node(id));

    /// <summary>What may be at a path now.</summary>
    internal PathKinds KindsOf(FilePath path)
    {
        if (_reshaped.Exists(top => IsWithin(path.Canonical, top)))
        {
            return PathKinds.Anything;
        }

        if (_kinds.TryGetValue(path.Canonical, out var known))
        {
            return known;
        }

        var now = path.IsDirectory ? PathKinds.Directory : path.Exists ? PathKinds.File : PathKinds.Absent;
        return _cleared.Exists(top => IsWithin(path.Canonical, top)) ? now | PathKinds.Absent : now;
    }

    /// <summary>The line leaves that at a path, or may leave it.</summary>
    internal void Leave(FilePath path, PathKinds kinds, bool isCertain)
    {
        if (_kinds.Count < FootprintEntries)
        {
            _kinds[path.Canonical] = isCertain ? kinds : kinds | KindsOf(path);
        }
    }

    /// <summary>The line puts what nobody knows at a path and below it.</summary>
    internal void Reshape(string path)
    {
        if (!_reshaped.Contains(path))
        {
            _reshaped.Add(path);
        }
    }

    /// <summary>What is below a path may be gone.</summary>
    internal void Clear(string path) => _cleared.Add(path);

    /// <summary>Whether the line may have changed where a path leads that was resolved in the tree as it was.</summary>
    internal bool MayLeadElsewhere(FilePath path, bool followsLast)
    {
        foreach (var link in path.Links)
        {
            if (Writes(link, Extent.Node) || _cleared.Exists(top => IsWithin(link, top)) || _reshaped.Exists(top => IsWithin(link, top)))
            {
                return true;
            }
        }

        return _reshaped.Exists(top => IsWithin(path.Canonical, top) && (followsLast || path.Canonical != top));
    }

    /// <summary>The names that the line itself may have put into a directory.</summary>
    internal IEnumerable<string> NamesMadeIn(string directory) => _kinds.Keys
        .Where(path => path.Length > directory.Length + 1 && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal)
            && path.IndexOf('/', directory.Length + 1) < 0)
        .Select(path => path[(directory.Length + 1)..]);

    internal bool IsUnsettled(string directory) =>
        _reshaped.Exists(top => IsWithin(directory, top)) || _cleared.Exists(top => IsWithin(directory, top));

    internal static bool IsWithin(string path, string top) =>
        top == "/" || path == top || (path.Length > top.Length && path[top.Length] == '/' && path.StartsWith(top, StringComparison.Ordinal));

    private static int FootprintEntries => Protocol.Objects.Footprint.EntriesMax;

    private bool IsAbove(string path) => IsWithin(files.Root, path);

    /// <summary>Devices that keep nothing, and the folder that the command alone has.</summary>
    private bool IsNobodys(string path) =>
        path is "/dev/null" or "/dev/stdout" or "/dev/stderr" or "/dev/tty" or "/dev/zero" or "/dev/full"
        || path.StartsWith("/dev/fd/", StringComparison.Ordinal)
        || (path.StartsWith("/proc/self/fd/", StringComparison.Ordinal) && path.Length > 14)
        || (scratch is not null && IsWithin(path, scratch));

    private void Add(HashSet<ObjectPattern> into, string path, Extent extent)
    {
        if (path.Contains(State, StringComparison.Ordinal) && path[files.Root.Length..].Split('/').Any(static name => name.StartsWith(State, StringComparison.OrdinalIgnoreCase)))
        {
            Verdict.SayUnseen($"it names {State}");
        }
        else if (FileObjects.Of(path) is not { } id || into.Count > FootprintEntries)
        {
            Verdict.SayUnseen("a path is no name of an object, or there are too many");
        }
        else
        {
            into.Add(extent switch
            {
                Extent.Node => ObjectPattern.Node(id),
                Extent.Children => ObjectPattern.Children(id),
                _ => ObjectPattern.Subtree(id),
            });
        }
    }
}
