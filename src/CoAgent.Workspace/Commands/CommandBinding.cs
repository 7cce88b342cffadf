using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>How it is known what a command line touches.</summary>
internal abstract record CommandBinding
{
    private CommandBinding()
    {
    }

    /// <summary>What a command has done outside that nobody takes back: who is declared to write it is irreversible.</summary>
    internal static ObjectPattern Outside { get; } = ObjectPattern.Parse("bash:outside");

    /// <summary>By rules: what it touches is this, or less.</summary>
    /// <param name="Touched">What it touches; files alone when it writes.</param>
    internal sealed record Known(Touched Touched) : CommandBinding
    {
        /// <summary>Whether what it reads is live.</summary>
        internal bool IsLive { get; init; }

        /// <summary>Whether it is to reach the network.</summary>
        internal bool MayFetch { get; init; }

        /// <summary>Whether all that it reads are files, of which earlier states are captured.</summary>
        internal bool ReadsFilesAlone { get; init; } = true;
    }

    /// <summary>By rules; what it does outside of files, manifests of the catalog capture and take back.</summary>
    /// <param name="Touched">What the rules say that it touches.</param>
    /// <param name="Effects">What it does outside of files, in the order in which it happens.</param>
    internal sealed record Outer(Touched Touched, ImmutableArray<KnownEffect> Effects) : CommandBinding;

    /// <summary>By a run in a layer, before it is proposed.</summary>
    /// <param name="MayFetch">Whether it is to reach the network.</param>
    internal sealed record Unseen(bool MayFetch) : CommandBinding;

    /// <summary>Not at all: it is taken to read and write the whole root, and can be taken back.</summary>
    /// <param name="MayFetch">Whether it is to reach the network.</param>
    internal sealed record Whole(bool MayFetch) : CommandBinding;

    /// <summary>It does what nobody takes back.</summary>
    /// <param name="Touched">What it touches, with <see cref="Outside"/>.</param>
    internal sealed record Irreversible(Touched Touched) : CommandBinding;
}
