using System.Collections.Immutable;
using CoAgent.ToolSmith.Sandboxing;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Layers;

/// <summary>What a command was kept from that it would have done outside a layer.</summary>
internal enum RefusalKind
{
    /// <summary>It would have used the network.</summary>
    Network,

    /// <summary>It would have written outside the root, or connected to a socket there.</summary>
    Outside,

    /// <summary>It would have sent a signal to a process that is not its own.</summary>
    Processes,

    /// <summary>It would have written more than a layer takes.</summary>
    Size,
}

/// <summary>That a command was kept from something; what it did then is not what it would do live.</summary>
/// <param name="Kind">From what.</param>
/// <param name="Reason">In words that follow "it", for a person.</param>
internal sealed record RunRefusal(RefusalKind Kind, string Reason);

/// <summary>What a command looked at below the root.</summary>
internal abstract record LayerReads
{
    private LayerReads()
    {
    }

    /// <summary>It is known.</summary>
    /// <param name="Reads">All of it, by the paths as they were named: links in them are not resolved.</param>
    internal sealed record Seen(ImmutableHashSet<ObservedRead> Reads) : LayerReads;

    /// <summary>It is not known: it may be anything.</summary>
    /// <param name="Why">Why not, for a person.</param>
    internal sealed record Unseen(string Why) : LayerReads;
}

/// <summary>A command that has run in a layer. What it changed is there until this is disposed of.</summary>
/// <param name="layer">The layer.</param>
/// <param name="answer">What bash would have answered.</param>
internal sealed class LayerRun(Layer layer, ToolAnswer answer) : IDisposable
{
    /// <summary>What bash would have answered.</summary>
    internal ToolAnswer Answer => answer;

    /// <summary>Whether its time was over before it was.</summary>
    internal required bool TimedOut { get; init; }

    /// <summary>What it was kept from; null when it could do all that it wanted.</summary>
    internal required RunRefusal? Refused { get; init; }

    /// <summary>What it looked at below the root.</summary>
    internal required LayerReads Reads { get; init; }

    /// <summary>A file that was made right before the command began: its times are those of the beginning.</summary>
    internal string StartFile => layer.Area.Start;

    /// <summary>What it changed, beside what it found.</summary>
    /// <exception cref="NotCapturableException">It is too much, or some of it cannot be made again.</exception>
    internal IReadOnlyList<LayerChange> ReadChanges(CancellationToken cancellationToken) => layer.ReadChanges(cancellationToken);

    /// <summary>The layer is gone.</summary>
    public void Dispose() => layer.Dispose();
}
