using System.Collections.Immutable;
using CoAgent.Protocol.Objects;

namespace CoAgent.Runtime.Tools;

/// <summary>Says what a command line may touch, by its text and by the rules of known commands, before it runs (design: catalog.md, "ToolSmith").</summary>
public interface ICommandAnalyst
{
    /// <summary>What a line may touch. Nothing is run; names of files are looked at, for patterns and links, and files in which a command is told what to touch.</summary>
    /// <param name="line">The line.</param>
    /// <param name="files">The tree as the line would find it.</param>
    CommandAnalysis Analyse(ShellLine line, ICommandFiles files);
}

/// <summary>A command line that is to be run by a fresh bash.</summary>
/// <param name="Text">The text.</param>
/// <param name="Directory">The canonical path of the directory that it starts in.</param>
/// <param name="Environment">The variables that bash gets.</param>
public sealed record ShellLine(string Text, string Directory, ImmutableSortedDictionary<string, string> Environment);

/// <summary>The names in a tree of files, as a command line would find them.</summary>
public interface ICommandFiles
{
    /// <summary>The canonical path of the directory that is coordinated; what lies outside is nobody's.</summary>
    string Root { get; }

    /// <summary>Where a path leads; null for one that no system takes.</summary>
    /// <param name="directory">The canonical path that a relative one starts from.</param>
    /// <param name="path">The path as the command is given it.</param>
    /// <param name="followsLast">Whether a link at its end is followed.</param>
    FilePath? Resolve(string directory, string path, bool followsLast);

    /// <summary>The names in a directory, in order; empty when it is none.</summary>
    ImmutableArray<string> List(string canonical);

    /// <summary>What a file holds; null when it is none, is longer, or cannot be told. Some commands say in a file what they touch.</summary>
    /// <param name="canonical">The canonical path.</param>
    /// <param name="bytesMax">The longest content that is wanted.</param>
    ReadOnlyMemory<byte>? Content(string canonical, int bytesMax) => null;

    /// <summary>Whether a file has more names than this one: what is written by one name is written by all.</summary>
    bool HasOtherNames(string canonical) => false;
}

/// <summary>What is known of a command line before it runs.</summary>
public abstract record CommandAnalysis
{
    private CommandAnalysis()
    {
    }

    /// <summary>Every command that it may run is known: what it touches is this, or less.</summary>
    /// <param name="Touched">What it touches, outside of files too.</param>
    public sealed record Known(Footprint Touched) : CommandAnalysis
    {
        /// <summary>Whether what it reads is live: a clock, a log, an answer from the network.</summary>
        public bool IsLive { get; init; }

        /// <summary>Whether it has an effect that nothing takes back.</summary>
        public bool IsIrreversible { get; init; }

        /// <summary>Whether it talks to something outside: such a line cannot be tried in a layer without a network.</summary>
        public bool NeedsNetwork { get; init; }

        /// <summary>What captures and takes back its effects outside of files, in the order in which they happen.</summary>
        public ImmutableArray<KnownEffect> Effects { get; init; } = [];

        /// <summary>The commands of the line in few words, for a person: <c>git commit</c>, <c>sed -i</c>.</summary>
        public ImmutableArray<string> Names { get; init; } = [];
    }

    /// <summary>Its text is understood as far as it goes, but what it touches shows only when it runs, in a layer.</summary>
    /// <param name="Reason">Which command no rule covers, and why, for a person.</param>
    public sealed record Unseen(string Reason) : CommandAnalysis
    {
        /// <summary>Whether it is known to fetch from the network what it puts into files (<c>npm install</c>): it is run with a network.</summary>
        public bool Fetches { get; init; }

        /// <summary>The programs that it may run, as far as they are known.</summary>
        public ImmutableArray<string> Names { get; init; } = [];
    }

    /// <summary>It does what cannot be tried: it talks to others, or acts on what is not below the root.</summary>
    /// <param name="Reason">Which command, and why, for a person.</param>
    public sealed record Opaque(string Reason) : CommandAnalysis;
}

/// <summary>An effect outside of files that a manifest of the catalog knows how to capture and take back.</summary>
/// <param name="Manifest">The catalog's name of the manifest: <c>kubectl/set-image</c>. Its <c>exec</c> is what the line itself does.</param>
/// <param name="ArgumentsUtf8">The arguments that the command's words give the manifest, as JSON.</param>
public sealed record KnownEffect(string Manifest, ReadOnlyMemory<byte> ArgumentsUtf8);
