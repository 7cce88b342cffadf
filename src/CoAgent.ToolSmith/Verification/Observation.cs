using System.Collections.Immutable;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Verification;

/// <summary>What can be seen of a trial's world at one moment.</summary>
/// <param name="Tree">The trial folder.</param>
/// <param name="Answers">What the profile's state reads answer.</param>
internal sealed record WorldState(TreeState Tree, ImmutableArray<StateAnswer> Answers);

/// <summary>What an example has shown.</summary>
/// <param name="Declared">What was declared of the call.</param>
/// <param name="Before">The world before the call.</param>
/// <param name="After">The world after it.</param>
internal sealed record Observation(CallDeclaration Declared, WorldState Before, WorldState After)
{
    /// <summary>What the tool complained of; null when it did not.</summary>
    internal string? Failure { get; init; }

    /// <summary>Files that the server keeps for itself: what is in them shows in the answers to the state reads.</summary>
    internal ImmutableArray<string> Stores { get; init; } = [];

    /// <summary>What the call looked at in the trial folder.</summary>
    internal required ReadTrace Reads { get; init; }

    /// <summary>What the call wrote outside of the trial folder, where it was thrown away.</summary>
    internal ImmutableArray<string> WrittenOutside { get; init; } = [];

    /// <summary>What became of the inverse; null where none was run.</summary>
    internal Inversion? Undo { get; init; }

    /// <summary>The world after the inverse; null where none was run.</summary>
    internal WorldState? Undone { get; init; }

    /// <summary>The world after the call was made again; null where it was not.</summary>
    internal WorldState? Redone { get; init; }

    /// <summary>Why the call was not made again although it was to be; null where nothing went wrong.</summary>
    internal string? NotRedone { get; init; }

    /// <summary>Whether a path is a server's own file, or one that it keeps beside it (<c>-wal</c>, <c>.tmp</c>).</summary>
    internal bool IsStore(string path) => !Before.Answers.IsEmpty && Stores.Any(store => path.StartsWith(store, StringComparison.Ordinal));

    /// <summary>What differs between two moments, stores left out.</summary>
    internal IEnumerable<PathChange> FilesChanged(WorldState from, WorldState to) =>
        from.Tree.ChangesTo(to.Tree).Where(change => !IsStore(change.Path));
}
