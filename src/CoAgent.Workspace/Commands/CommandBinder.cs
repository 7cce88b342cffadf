using System.Collections;
using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Tells how it is known what a command line touches in a view of the tree: by rules, by a run, or not at all.</summary>
/// <param name="analyst">The rules; null where there are none.</param>
/// <param name="root">The root.</param>
/// <param name="lessons">What runs have shown.</param>
internal sealed class CommandBinder(ICommandAnalyst? analyst, WorkspaceRoot root, CommandLessons lessons)
{
    // The scratch folder of a call has no name yet when it is bound.
    private const string Scratch = "/tmp/coagent-scratch-of-the-call";

    private static readonly Lazy<ImmutableSortedDictionary<string, string>> s_environment = new(static () =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToImmutableSortedDictionary(static variable => (string)variable.Key, static variable => (string?)variable.Value ?? "", StringComparer.Ordinal)
            .SetItem("TMPDIR", Scratch));

    /// <summary>Everything below the root, read and written.</summary>
    internal Touched Everything { get; } = Touched.Create([WholeOf(root)], [WholeOf(root)]);

    /// <summary>The same for a command that nobody takes back.</summary>
    internal CommandBinding.Irreversible Irreversible { get; } =
        new(Touched.Create([WholeOf(root)], [WholeOf(root), CommandBinding.Outside]));

    /// <summary>Binds a line.</summary>
    /// <param name="key">What is the same for the same call made again.</param>
    /// <param name="line">The line.</param>
    /// <param name="files">The tree as it would find it.</param>
    internal CommandBinding Bind(string key, CommandLine line, IFileView files)
    {
        var lesson = lessons.Of(key);
        if (lesson.IsIrreversible)
        {
            return Irreversible;
        }

        // Where there are no rules, nothing says of a command that it must not reach the network.
        if (analyst is null)
        {
            return new CommandBinding.Whole(MayFetch: true);
        }

        try
        {
            return analyst.Analyse(new ShellLine(line.Command, line.Directory, s_environment.Value), new TreeNames(root, files)) switch
            {
                CommandAnalysis.Known known => Bind(known, lesson),
                CommandAnalysis.Unseen unseen => Unforeseen(lesson, unseen.Fetches),
                CommandAnalysis.Opaque => Irreversible,
                _ => throw new InvalidOperationException("a line is known, unseen or opaque"),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where the tree cannot be looked at, nothing narrower than all of it is certain.
            return new CommandBinding.Whole(MayFetch: false);
        }
    }

    /// <summary>What a line is that touches this and is not taken back.</summary>
    internal static CommandBinding.Irreversible IrreversibleFor(Touched touched) => new(
        Touched.TryCreate(touched.Reads, touched.Writes.Add(CommandBinding.Outside))
        ?? Touched.Create([ObjectPattern.Everything], [ObjectPattern.Everything, CommandBinding.Outside]));

    private static CommandBinding Bind(CommandAnalysis.Known known, CommandLesson lesson)
    {
        if (known.IsIrreversible || (known.Effects.IsEmpty && !known.Touched.Writes.All(IsFile)))
        {
            return IrreversibleFor(known.Touched);
        }

        if (!known.Effects.IsEmpty)
        {
            return new CommandBinding.Outer(known.Touched, known.Effects);
        }

        return lesson.IsRuleWrong || lesson.IsUnforeseeable || known.Touched.Writes.Any(HasOtherNames)
            ? Unforeseen(lesson, known.NeedsNetwork)
            : new CommandBinding.Known(known.Touched)
            {
                IsLive = known.IsLive,
                MayFetch = known.NeedsNetwork,
                ReadsFilesAlone = known.Touched.Reads.All(IsFile),
            };
    }

    private static CommandBinding Unforeseen(CommandLesson lesson, bool mayFetch) =>
        lesson.IsUnforeseeable ? new CommandBinding.Whole(mayFetch) : new CommandBinding.Unseen(mayFetch);

    // Who writes a file writes it under all its names; which they are shows in a run.
    private static bool HasOtherNames(ObjectPattern pattern) =>
        pattern.Extent == Extent.Node && ObjectIds.PathOf(pattern.Id) is { } path && FileKinds.Of(path) == FileKind.File
        && OperatingSystem.IsLinux() && SystemCalls.IdentityOf(path).Names > 1;

    private static bool IsFile(ObjectPattern pattern) => ObjectIds.PathOf(pattern.Id) is not null;

    private static ObjectPattern WholeOf(WorkspaceRoot root) => ObjectPattern.Parse(ObjectIds.Subtree(root.Path));
}
