using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Layers;

/// <summary>How a command is run in a layer.</summary>
internal sealed record LayerOptions
{
    /// <summary>Whether it may reach the network.</summary>
    internal bool MayFetch { get; init; }

    /// <summary>Whether what it looks at is to be known afterwards.</summary>
    internal bool TracesReads { get; init; }

    /// <summary>What it is to find in place of what is live; null: the tree as it is.</summary>
    internal EarlierTree? Earlier { get; init; }

    /// <summary>What is added to its environment.</summary>
    internal ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>A tree as it was earlier, where that differs from the live one.</summary>
/// <param name="Paths">The paths that differ, parents first.</param>
/// <param name="Read">The bytes of a captured content.</param>
internal sealed record EarlierTree(
    ImmutableArray<EarlierPath> Paths, Func<ContentId, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> Read);

/// <summary>What was at a path.</summary>
/// <param name="Path">The canonical path.</param>
/// <param name="State">What was there.</param>
internal readonly record struct EarlierPath(string Path, FileState State);

/// <summary>A command that has run in a layer: what it answered, and what it would have done to the tree.</summary>
/// <remarks>The layer is there until the run is disposed of.</remarks>
internal sealed class LayerRun(ToolAnswer answer, Overlay overlay, Func<CancellationToken, IReadOnlyList<LayerChange>> read) : IDisposable
{
    /// <summary>What the command answered.</summary>
    internal ToolAnswer Answer => answer;

    /// <summary>What the layer refused it; null when it wanted nothing that a layer refuses.</summary>
    internal RunRefusal? Refused { get; init; }

    /// <summary>What it looked at below the root.</summary>
    internal required LayerReads Reads { get; init; }

    /// <summary>The path of a file that was made right before the command began: what is stamped earlier did not change meanwhile.</summary>
    internal required string StartFile { get; init; }

    /// <summary>All that is in the layer, also what has the same content as what the command found.</summary>
    /// <exception cref="NotCapturableException">It is too much, or cannot be made again.</exception>
    internal IReadOnlyList<LayerChange> ReadChanges(CancellationToken cancellationToken) => read(cancellationToken);

    /// <summary>The layer is gone.</summary>
    public void Dispose() => overlay.Dispose();
}

/// <summary>What a command looked at below the root.</summary>
internal abstract record LayerReads
{
    private LayerReads()
    {
    }

    /// <summary>It is known.</summary>
    /// <param name="Reads">What it looked at; each once.</param>
    internal sealed record Seen(ImmutableHashSet<ObservedRead> Reads) : LayerReads;

    /// <summary>It is not known.</summary>
    /// <param name="Why">Why not.</param>
    internal sealed record Unseen(string Why) : LayerReads;
}

/// <summary>What a command wanted that a layer refuses.</summary>
/// <param name="Kind">What it wanted.</param>
/// <param name="Reason">The same for an agent, to follow "it could not be taken back:".</param>
internal sealed record RunRefusal(RunRefusalKind Kind, string Reason);

/// <summary>What a layer refuses.</summary>
internal enum RunRefusalKind
{
    /// <summary>To talk to others.</summary>
    Network,

    /// <summary>To write outside the root.</summary>
    Outside,

    /// <summary>To act on processes that are not its own.</summary>
    Processes,

    /// <summary>To write more than a layer holds.</summary>
    Size,
}
