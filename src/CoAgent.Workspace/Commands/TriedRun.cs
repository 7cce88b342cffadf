using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Layers;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>A command that was tried in a layer, and what it touched; its effect is not in the live tree, or can be put there again.</summary>
/// <param name="run">The run.</param>
/// <param name="changes">What it left in the layer.</param>
internal sealed class TriedRun(LayerRun run, IReadOnlyList<LayerChange> changes) : IDisposable
{
    /// <summary>What it answered.</summary>
    internal ToolAnswer Answer => run.Answer;

    /// <summary>What it left in the layer, also where that is what it found.</summary>
    internal IReadOnlyList<LayerChange> Changes => changes;

    /// <summary>What it touched, as far as that was seen.</summary>
    internal required Touched Touched { get; init; }

    /// <summary>What it found; null when that is not known: it has to be run again.</summary>
    internal required RunWitness? Witness { get; init; }

    /// <summary>How many bytes are kept for it.</summary>
    internal long BytesTotal { get; } =
        run.Answer.Text.Length + changes.Sum(static change => change.State is FileState.Regular file ? file.Length : 1L);

    /// <summary>The layer is gone.</summary>
    public void Dispose() => run.Dispose();
}

/// <summary>What became of a try.</summary>
internal abstract record Trying
{
    private Trying()
    {
    }

    /// <summary>It has run.</summary>
    /// <param name="Run">The run; whoever gets it disposes of it.</param>
    internal sealed record Ran(TriedRun Run) : Trying;

    /// <summary>There is no layer in which it could be tried.</summary>
    internal sealed record NoLayer : Trying;

    /// <summary>It wants what a layer refuses, or changes more than can be kept.</summary>
    /// <param name="Reason">Why, to follow "it could not be taken back:".</param>
    internal sealed record Refused(string Reason) : Trying;
}
