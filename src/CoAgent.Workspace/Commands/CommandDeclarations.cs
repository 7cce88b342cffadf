using System.Text.Json;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Arguments;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Effects;
using CoAgent.Workspace.Files;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Declares commands before they are proposed: by rules, or by what a run in a layer has shown.</summary>
/// <remarks>An observation touches nothing; when the call's turn comes it is done as it is, if nothing has changed since.</remarks>
internal sealed class CommandDeclarations(
    FileTree tree, CommandBinder binder, CommandTrials trials, OuterEffects outer, CommandPast past, PositionedFootprints positions)
{
    /// <summary>What is the same for the same call made again.</summary>
    internal static string KeyOf(JsonElement arguments) => PositionedFootprints.KeyOf(BashTool.Tool.Definition.Name, arguments);

    /// <summary>What is to be run.</summary>
    /// <exception cref="CallRefusedException">It cannot be run at all.</exception>
    internal static CommandLine Check(FileTree tree, JsonElement arguments) =>
        BashTool.Check(tree, ToolArguments.Check(BashTool.Tool.Definition, ToolArguments.MembersOf(arguments)));

    /// <summary>What is known of a command before it is made.</summary>
    /// <param name="arguments">The call's arguments.</param>
    /// <param name="mayTry">Whether it may be run in a layer to find out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<ToolDeclaration> DeclareAsync(JsonElement arguments, bool mayTry, CancellationToken cancellationToken)
    {
        var key = KeyOf(arguments);
        CommandLine command;
        try
        {
            command = Check(tree, arguments);
        }
        catch (CallRefusedException)
        {
            // Why it is refused depends on the tree: whoever changes that comes before it or behind it.
            return Read(Touched.Create(binder.Everything.Reads, []), ReadView.Version);
        }

        var binding = binder.Bind(key, command, LiveFiles.Instance);
        var hasLayers = await trials.ArePossibleAsync();
        return binding switch
        {
            CommandBinding.Irreversible irreversible => Irreversible(irreversible),
            CommandBinding.Outer line when outer.Declare(line) is { } call => Declaration(call with { Footprint = Widen(key, call.Footprint) }),
            CommandBinding.Outer line => Irreversible(CommandBinder.IrreversibleFor(line.Touched)),
            CommandBinding.Known known when hasLayers || known.Touched.IsRead => Foreseen(known, Widen(key, known.Touched), hasLayers),
            CommandBinding.Unseen unseen when hasLayers && mayTry => await ObserveAsync(key, command, unseen, cancellationToken),
            _ => Whole(hasLayers),
        };
    }

    private async Task<ToolDeclaration> ObserveAsync(
        string key, CommandLine line, CommandBinding.Unseen unseen, CancellationToken cancellationToken)
    {
        if (past.Runs.Take(call: null, key, declared: null, earlier: null) is { } kept)
        {
            return Observed(key, kept);
        }

        switch (await TryAsync(new CommandTrial(line) { MayFetch = unseen.MayFetch }, cancellationToken))
        {
            case Trying.Ran(var run):
                return Observed(key, run);
            case Trying.Refused:
                past.Lessons.NoteIrreversible(key);
                return Irreversible(binder.Irreversible);
            default:
                past.Lessons.NoteUnforeseeable(key);
                return Whole(hasLayers: true);
        }
    }

    private async Task<Trying> TryAsync(CommandTrial trial, CancellationToken cancellationToken)
    {
        try
        {
            return await trials.TryAsync(trial, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where its layer fails, it is as where there is none; why is told when its turn has come.
            return new Trying.NoLayer();
        }
    }

    private ToolDeclaration Observed(string key, TriedRun run)
    {
        var touched = run.Touched;
        past.Runs.KeepObserved(key, run);
        var widened = Widen(key, touched);
        return widened.IsRead ? Read(widened, ReadView.Version) : Write(widened);
    }

    // What only reads here may write at its position, where later calls have not been yet.
    private ToolDeclaration Foreseen(CommandBinding.Known known, Touched widened, bool hasLayers) =>
        widened.IsRead ? Read(widened, ViewOf(known, hasLayers)) : hasLayers ? Write(widened) : Whole(hasLayers);

    private Touched Widen(string key, Touched touched) => positions.Widen(key, touched)
        ?? (touched.IsRead ? Touched.Create(binder.Everything.Reads, []) : binder.Everything);

    // Where there are no layers, whatever can be captured is all that there is.
    private ToolDeclaration Whole(bool hasLayers) =>
        hasLayers || TreeSize.IsCapturable(tree) ? Write(binder.Everything) : Irreversible(binder.Irreversible);

    private static ReadView ViewOf(CommandBinding.Known known, bool hasLayers) =>
        known.IsLive ? ReadView.Live : hasLayers && known.ReadsFilesAlone ? ReadView.Version : ReadView.Rewind;

    private static ToolDeclaration Read(Touched touched, ReadView view) =>
        Declaration(new CallDeclaration(touched) { View = view, CanReread = view != ReadView.Live, HasProbe = true });

    private static ToolDeclaration Write(Touched touched) => Declaration(new CallDeclaration(touched) { HasProbe = true });

    // Of a command that was not captured nobody can tell whether it happened.
    private static ToolDeclaration Irreversible(CommandBinding.Irreversible irreversible) => Declaration(
        new CallDeclaration(irreversible.Touched) { IsIrreversible = true, IsInverseIdempotent = false, HasProbe = false });

    private static ToolDeclaration Declaration(CallDeclaration call) => new(call) { IsErrorAnOutcome = true };
}
