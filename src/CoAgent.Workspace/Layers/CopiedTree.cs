using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>A copy of the tree that a command may change as it likes. It costs with the tree, and so has bounds.</summary>
/// <remarks>Where the file system can share blocks, only names are copied. Names of one file stay names of one file.</remarks>
internal sealed class CopiedTree
{
    private readonly string _root;
    private readonly string _copy;
    private readonly WorkspaceLimits _limits;
    private IReadOnlyDictionary<string, FileState> _before = new Dictionary<string, FileState>();

    private CopiedTree(string root, string copy, WorkspaceLimits limits)
    {
        _root = root;
        _copy = copy;
        _limits = limits;
    }

    /// <summary>Copies it, with what was there earlier in place of what is there now.</summary>
    /// <exception cref="NotCapturableException">There is too much of it, or something in it that cannot be made again.</exception>
    internal static CopiedTree Make(
        string root,
        string copy,
        WorkspaceLimits limits,
        EarlierTree? earlier,
        IReadOnlyDictionary<ContentId, ReadOnlyMemory<byte>>? contents,
        CancellationToken cancellationToken)
    {
        var tree = new CopiedTree(root, copy, limits);
        new TreeDuplicate(limits).Copy(root, copy, cancellationToken);
        if (earlier is not null)
        {
            var reader = new FileStateReader(new ContentCollector.Naming(), int.MaxValue);
            new FileRestore((content, stream) => stream.Write(contents![content].Span)).Run(earlier.Paths.Select(path =>
                new FileRestore.Wanted(tree.At(path.Path), reader.StateOf(tree.At(path.Path)), path.State, IsInTree: true)));
        }

        tree._before = tree.ReadAll(cancellationToken);
        return tree;
    }

    /// <summary>What has been changed in it.</summary>
    internal IReadOnlyList<LayerChange> ReadChanges(CancellationToken cancellationToken)
    {
        var after = ReadAll(cancellationToken);
        return
        [
            .. _before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(path => (Path: path, Was: _before.GetValueOrDefault(path, FileState.Nothing), Is: after.GetValueOrDefault(path, FileState.Nothing)))
                .Where(static pair => pair.Was != pair.Is)
                .Select(pair => new LayerChange(pair.Path, pair.Is, pair.Is is FileState.Regular ? At(pair.Path) : null)),
        ];
    }

    private string At(string path) => _copy + path[_root.Length..];

    private Dictionary<string, FileState> ReadAll(CancellationToken cancellationToken)
    {
        var tree = new FileStateReader(new ContentCollector.Naming(), _limits.CaptureEntriesMax + 1).Read(_copy, isTree: true, cancellationToken);
        var states = tree.Below.ToDictionary(below => PathWalk.Join(_root, below.Key), static below => below.Value, StringComparer.Ordinal);
        states[_root] = tree.Was;
        return states;
    }
}
