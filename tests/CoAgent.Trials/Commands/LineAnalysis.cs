using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace;
using CoAgent.Workspace.Commands;
using CoAgent.Workspace.Files;

namespace CoAgent.Trials.Commands;

/// <summary>What is known of a line before it runs.</summary>
/// <param name="Taking">How it is taken by its text.</param>
/// <param name="Reason">Why; the commands of a known line.</param>
/// <param name="Analysis">What the rules say.</param>
internal sealed record LineAnalysis(LineTaking Taking, string Reason, CommandAnalysis Analysis)
{
    /// <summary>Asks an analyst about a line in a desk's tree.</summary>
    public static LineAnalysis Of(ICommandAnalyst analyst, TrialDesk desk, string text)
    {
        var root = new WorkspaceRoot(desk.Root);
        var line = new ShellLine(text, root.Path, desk.Environment.ToImmutableSortedDictionary(StringComparer.Ordinal));
        var analysis = analyst.Analyse(line, new TreeNames(root, LiveFiles.Instance));
        return analysis switch
        {
            CommandAnalysis.Known { IsIrreversible: true } known => new LineAnalysis(LineTaking.Opaque, string.Join(", ", known.Names), analysis),
            CommandAnalysis.Known known => new LineAnalysis(LineTaking.Known, string.Join(", ", known.Names), analysis),
            CommandAnalysis.Unseen unseen => new LineAnalysis(LineTaking.Unseen, unseen.Reason, analysis),
            CommandAnalysis.Opaque opaque => new LineAnalysis(LineTaking.Opaque, opaque.Reason, analysis),
            _ => throw new InvalidOperationException("a line is known, unseen or opaque"),
        };
    }

    /// <summary>What is wrong with how a line is taken that may never run.</summary>
    public ImmutableArray<string> FaultsOfDangerous() => Analysis switch
    {
        CommandAnalysis.Known { IsIrreversible: false, Effects.IsEmpty: true } known =>
            [$"it is taken for one that can be made and taken back: {known.Touched}"],
        _ => [],
    };
}

/// <summary>An analyst that knows no command: what each line touches shows only when it is run in a layer.</summary>
internal sealed class NoRules : ICommandAnalyst
{
    /// <inheritdoc/>
    public CommandAnalysis Analyse(ShellLine line, ICommandFiles files) => new CommandAnalysis.Unseen("no rules are asked");
}
