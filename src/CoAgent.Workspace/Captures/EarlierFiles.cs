using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>The tree as it was before some later writes: where they captured a path, the lowest of them says what was there.</summary>
/// <remarks>No live file is touched. What none of them captured is shown as it is now, for none of them wrote it.</remarks>
internal sealed class EarlierFiles : IFileView
{
    private readonly IContentSource _contents;
    private readonly Dictionary<string, (int Order, FileState State)> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Order, CapturedObject Tree)> _trees = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _children = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentId, ReadOnlyMemory<byte>> _known = [];
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>A view.</summary>
    /// <param name="hidden">What the writes captured, lowest first.</param>
    /// <param name="contents">Where captured bytes are found.</param>
    internal EarlierFiles(IEnumerable<Capture> hidden, IContentSource contents)
    {
        _contents = contents;
        var order = 0;
        foreach (var capture in hidden)
        {
            foreach (var content in capture.Contents.Where(static content => !content.Bytes.IsEmpty))
            {
                _known.TryAdd(content.Id, content.Bytes);
            }

            foreach (var part in CaptureManifest.Parse(capture.ManifestUtf8).Objects)
            {
                Add(part, order);
            }

            order++;
        }
    }

    /// <summary>What was captured at a path; null where it is shown as it is now.</summary>
    internal FileState? StateOf(string absolute) => Captured(absolute);

    /// <summary>All that differs from the live tree, path by path: also the live names that were not there then.</summary>
    internal EarlierTree ToTree()
    {
        var states = new SortedDictionary<string, FileState>(StringComparer.Ordinal);
        foreach (var path in _paths)
        {
            if (Captured(path) is { } state)
            {
                states[path] = state;
                if (state is FileState.Folder && IsInTree(path))
                {
                    AddHidden(states, path);
                }
            }
        }

        return new EarlierTree(
            [.. states.Select(static pair => new EarlierPath(pair.Key, pair.Value))],
            async (content, cancellationToken) => _known.TryGetValue(content, out var known)
                ? known
                : await _contents.ReadAsync(content, cancellationToken));
    }

    private void AddHidden(SortedDictionary<string, FileState> states, string directory)
    {
        foreach (var name in LiveNames(directory))
        {
            var path = PathWalk.Join(directory, name);
            if (Captured(path) is FileState.Absent)
            {
                states[path] = FileState.Nothing;
            }
        }
    }

    public FileKind KindOf(string absolute) => Captured(absolute)?.Kind ?? LiveFiles.Instance.KindOf(absolute);

    public string? LinkTargetOf(string absolute) => Captured(absolute) switch
    {
        null => LiveFiles.Instance.LinkTargetOf(absolute),
        FileState.Link link => link.Target,
        _ => null,
    };

    public List<DirectoryEntry> List(string absolute)
    {
        RequireDirectory(absolute);
        var names = IsInTree(absolute) ? [] : LiveNames(absolute);
        names.UnionWith(_children.GetValueOrDefault(absolute) ?? []);
        var entries = new List<DirectoryEntry>(names.Count);
        foreach (var name in names)
        {
            var kind = KindOf(PathWalk.Join(absolute, name));
            if (kind != FileKind.Absent)
            {
                entries.Add(new DirectoryEntry(name, kind == FileKind.Directory, kind == FileKind.Link));
            }
        }

        entries.Sort(static (left, right) => string.CompareOrdinal(left.Shown, right.Shown));
        return entries;
    }

    public byte[]? Read(string absolute, int bytesMax) => Captured(absolute) switch
    {
        null => LiveFiles.Instance.Read(absolute, bytesMax),
        FileState.Regular file when file.Length > bytesMax => null,
        FileState.Regular { Length: 0 } => [],
        FileState.Regular file => BytesOf(file.Content),
        _ => throw new FileNotFoundException("There is no such file in this view."),
    };

    private byte[] BytesOf(ContentId content)
    {
        // Tools are functions that look at files as they go; they run on a thread that may wait for the disk, and the journal is one more.
        var bytes = _known.TryGetValue(content, out var known)
            ? known
            : _contents.ReadAsync(content, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return bytes.ToArray();
    }

    private void Add(CapturedObject part, int order)
    {
        if (part.IsTree)
        {
            _trees.TryAdd(part.Path, (order, part));
        }
        else
        {
            _nodes.TryAdd(part.Path, (order, part.Was));
        }

        foreach (var (relative, state) in part.Entries)
        {
            var path = part.PathOf(relative);
            _paths.Add(path);
            if (state is not FileState.Absent && path != "/")
            {
                var parent = PathWalk.ParentOf(path);
                if (!_children.TryGetValue(parent, out var names))
                {
                    _children.Add(parent, names = new HashSet<string>(StringComparer.Ordinal));
                }

                names.Add(path[(path.LastIndexOf('/') + 1)..]);
            }
        }
    }

    // What the lowest write that captured the path captured there; null when none did.
    private FileState? Captured(string absolute)
    {
        (int Order, FileState State)? lowest = _nodes.TryGetValue(absolute, out var node) ? node : null;
        foreach (var (order, tree) in TreesOver(absolute))
        {
            if (lowest is null || order < lowest.Value.Order)
            {
                var relative = absolute.Length == tree.Path.Length ? "" : absolute[PathWalk.Join(tree.Path, "").Length..];
                lowest = (order, tree.At(relative));
            }
        }

        return lowest?.State;
    }

    private IEnumerable<(int Order, CapturedObject Tree)> TreesOver(string absolute)
    {
        if (_trees.Count == 0)
        {
            yield break;
        }

        for (var at = absolute; ; at = PathWalk.ParentOf(at))
        {
            if (_trees.TryGetValue(at, out var tree))
            {
                yield return tree;
            }

            if (at == "/")
            {
                yield break;
            }
        }
    }

    private bool IsInTree(string absolute) => TreesOver(absolute).Any();

    private static HashSet<string> LiveNames(string absolute)
    {
        try
        {
            return LiveFiles.Instance.KindOf(absolute) == FileKind.Directory
                ? LiveFiles.Instance.List(absolute).Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal)
                : [];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private void RequireDirectory(string absolute)
    {
        switch (KindOf(absolute))
        {
            case FileKind.Directory:
                return;
            case FileKind.Absent:
                throw new DirectoryNotFoundException("There is no such directory in this view.");
            default:
                throw SystemCalls.Failure(SystemCalls.NotDirectory);
        }
    }
}
