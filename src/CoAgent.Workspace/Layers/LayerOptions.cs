using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Layers;

/// <summary>How a command is run in a layer.</summary>
internal sealed record LayerOptions
{
    /// <summary>Whether it may use the network, to fetch; abstract sockets of this machine are then in its reach too.</summary>
    internal bool MayFetch { get; init; }

    /// <summary>Whether what it reads is to be told.</summary>
    internal bool TracesReads { get; init; }

    /// <summary>What it finds in place of what is there now; null when it finds what is there.</summary>
    internal EarlierTree? Earlier { get; init; }

    /// <summary>Variables that are added to its environment.</summary>
    internal ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>A path that is shown as it was earlier.</summary>
/// <param name="Path">The canonical path.</param>
/// <param name="State">What was there; of what was below a directory each path is named by itself.</param>
internal readonly record struct EarlierPath(string Path, FileState State);

/// <summary>What a tree was earlier, where that is not what it is now.</summary>
/// <param name="Paths">The paths that were otherwise.</param>
/// <param name="Read">Reads a content that they name.</param>
internal sealed record EarlierTree(ImmutableArray<EarlierPath> Paths, Func<ContentId, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> Read)
{
    /// <summary>The contents of its files.</summary>
    internal async Task<IReadOnlyDictionary<ContentId, ReadOnlyMemory<byte>>> ReadContentsAsync(CancellationToken cancellationToken)
    {
        var contents = new Dictionary<ContentId, ReadOnlyMemory<byte>>();
        foreach (var file in Paths.Select(static path => path.State).OfType<FileState.Regular>().Where(static file => file.Length > 0))
        {
            if (!contents.ContainsKey(file.Content))
            {
                contents.Add(file.Content, await Read(file.Content, cancellationToken));
            }
        }

        return contents;
    }
}
