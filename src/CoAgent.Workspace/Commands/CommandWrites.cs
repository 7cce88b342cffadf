using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Effects;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Carries out commands that write, so that they can be taken back.</summary>
/// <remarks>
/// <para>
/// What a command leaves is made in a layer when it is prepared, or was when it was observed or done before, if all that it touched is as it
/// was then. It is captured, and put in place when the command is executed. Where there are no layers the whole tree is captured and the
/// command runs in it.
/// </para>
/// <para>
/// What a command touches beyond what it was declared to touch is not put in place: it is not done, and is declared anew with what was seen. So
/// is a command that does what a layer refuses, or changes more than can be kept: it is declared irreversible when it is made again.
/// </para>
/// </remarks>
internal sealed class CommandWrites(
    WorkspaceTools tools, FileEffects files, CommandBinder binder, CommandTrials trials, OuterEffects outer, CommandPast past)
{
    private const string MakeAgain = "Make it again: it is then done when nothing can come before it any more.";
    private const string TouchesMore = "The command touched more than was foreseen and was not done; make it again.";

    /// <summary>What is captured for a command that has nothing to take back: not the same as nothing captured.</summary>
    internal static Capture Untouched { get; } = new(new CaptureManifest([]).ToUtf8(), []);

    /// <summary>Makes what the command will leave, and captures what it replaces.</summary>
    /// <exception cref="CallRefusedException">It cannot be run at all.</exception>
    /// <exception cref="NotCapturableException">It cannot be taken back.</exception>
    internal async Task<Preparation> PrepareAsync(WriteEffect effect, JsonElement arguments, CancellationToken cancellationToken)
    {
        var line = CommandDeclarations.Check(tools.Tree, arguments);
        var key = CommandDeclarations.KeyOf(arguments);
        var isIrreversible = effect.Declared is { } declared
            ? declared.Writes.Contains(CommandBinding.Outside)
            : past.Lessons.Of(key).IsIrreversible;
        if (isIrreversible)
        {
            return new Preparation.Ready(Capture.Empty, new CommandPlan.RunLive(Manifest: null));
        }

        if (past.Runs.Take(effect.Call.Id, key, effect.Declared, earlier: null) is { } kept)
        {
            return await PromoteAsync(key, kept, cancellationToken);
        }

        return await RunAsync(effect, key, line, cancellationToken);
    }

    /// <summary>Does what is left to do.</summary>
    internal async Task<Execution> ExecuteAsync(
        WriteEffect effect, CommandPlan plan, JsonElement arguments, CancellationToken cancellationToken)
    {
        switch (plan)
        {
            case CommandPlan.RunLive live:
                var answer = await tools.CallAsync(BashTool.Tool.Definition.Name, arguments, cancellationToken);
                return new Execution.Answered(
                    ResultJson.Of(answer),
                    live.Manifest is null ? default : FileCapture.Look(live.Manifest, CancellationToken.None).ToUtf8());
            case CommandPlan.RunOuter beyond:
                var told = ResultJson.Of(await tools.CallAsync(BashTool.Tool.Definition.Name, arguments, cancellationToken));
                return new Execution.Answered(told, await outer.LookAfterAsync(beyond, told, CancellationToken.None));
            case CommandPlan.Promote promote:
                return await PutInPlaceAsync(effect, promote, arguments, cancellationToken);
            default:
                throw new InvalidOperationException("a command is promoted or runs live");
        }
    }

    private async Task<Execution> PutInPlaceAsync(
        WriteEffect effect, CommandPlan.Promote plan, JsonElement arguments, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            if (!await tools.ChangeAsync(() => plan.Promotion.TryRun(CancellationToken.None), cancellationToken))
            {
                return new Execution.NotDone("Somebody outside changed the files while the command ran; make it again.");
            }

            var after = FileCapture.Look(plan.Promotion.Manifest, CancellationToken.None).ToUtf8();
            if (plan.Run.Witness is not null)
            {
                past.Runs.Keep(effect.Call.Id, CommandDeclarations.KeyOf(arguments), plan.Run);
                isKept = true;
            }

            return new Execution.Answered(ResultJson.Of(plan.Run.Answer), after);
        }
        finally
        {
            if (!isKept)
            {
                plan.Run.Dispose();
            }
        }
    }

    private async Task<Preparation> RunAsync(WriteEffect effect, string key, CommandLine line, CancellationToken cancellationToken)
    {
        var declared = effect.Declared ?? binder.Everything;
        switch (binder.Bind(key, line, LiveFiles.Instance))
        {
            case CommandBinding.Known known when !files.Positions.IsDeclared(key, declared, known.Touched):
            case CommandBinding.Irreversible:
                return new Preparation.NotPossible(FileEffects.Changed);
            case CommandBinding.Outer one when outer.Declare(one) is { Footprint: var touched } && files.Positions.IsDeclared(key, declared, touched):
                return await outer.PrepareAsync(effect, one.Effects, CaptureFiles(touched, cancellationToken), cancellationToken);
            case CommandBinding.Outer:
                return new Preparation.NotPossible(FileEffects.Changed);
            case CommandBinding.Known known:
                return await RunAsync(
                    key, declared, new CommandTrial(line) { Foreseen = known.Touched, MayFetch = known.MayFetch }, cancellationToken);
            case CommandBinding.Unseen unseen:
                return await RunAsync(key, declared, new CommandTrial(line) { MayFetch = unseen.MayFetch }, cancellationToken);
            case CommandBinding.Whole whole:
                return await RunAsync(
                    key,
                    declared,
                    new CommandTrial(line) { Foreseen = binder.Everything, MayFetch = whole.MayFetch, NeedsWitness = false },
                    cancellationToken);
            default:
                throw new InvalidOperationException("a command is known, unseen, whole or irreversible");
        }
    }

    private async Task<Preparation> RunAsync(string key, Touched declared, CommandTrial trial, CancellationToken cancellationToken)
    {
        switch (await trials.TryAsync(trial, cancellationToken))
        {
            case Trying.Ran(var run) when files.Positions.IsDeclared(key, declared, run.Touched):
                return await PromoteAsync(key, run, cancellationToken);
            case Trying.Ran(var run):
                return TakeAsMiss(key, trial, run);
            case Trying.Refused(var reason):
                return Refuse(key, reason);
            case Trying.NoLayer when PositionedFootprints.IsWithin(declared, binder.Everything):
                return await Task.Run(() => CaptureTree(cancellationToken), cancellationToken);
            case Trying.NoLayer:
                past.Lessons.NoteUnforeseeable(key);
                return new Preparation.NotPossible(TouchesMore);
            default:
                throw new InvalidOperationException("a command was tried, refused, or could not be tried");
        }
    }

    // What was seen is declared the next time, and done then as it is if nothing changes until then.
    private Preparation.NotPossible TakeAsMiss(string key, CommandTrial trial, TriedRun run)
    {
        if (trial.Foreseen is null)
        {
            past.Lessons.NoteMiss(key);
            past.Runs.KeepObserved(key, run);
        }
        else
        {
            past.Lessons.NoteWrongRule(key);
            run.Dispose();
        }

        return new Preparation.NotPossible(TouchesMore);
    }

    private async Task<Preparation> PromoteAsync(string key, TriedRun run, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            var (promotion, before) = await Task.Run(
                () => Promotion.Prepare(run.Changes, tools.Tree.Limits, cancellationToken), cancellationToken);
            files.Learn(promotion.Manifest);
            isKept = true;
            return new Preparation.Ready(before, new CommandPlan.Promote(promotion, run));
        }
        catch (NotCapturableException fault)
        {
            return Refuse(key, fault.Message);
        }
        finally
        {
            if (!isKept)
            {
                run.Dispose();
            }
        }
    }

    private Preparation.NotPossible Refuse(string key, string reason)
    {
        past.Lessons.NoteIrreversible(key);
        return new Preparation.NotPossible($"The command was not done, for it could not be taken back: {reason}. {MakeAgain}");
    }

    private (CaptureManifest Manifest, Capture Capture) CaptureFiles(Touched touched, CancellationToken cancellationToken)
    {
        var written = touched.Writes.Where(static pattern => ObjectIds.PathOf(pattern.Id) is not null).ToList();
        var then = written.Select(static pattern => ObjectIds.PathOf(pattern.Id)!).Distinct()
            .ToDictionary(static path => path, static Expectation (_) => new Expectation.Anything());
        return files.Capture.Take(written, then, beneath: null, cancellationToken);
    }

    private Preparation.Ready CaptureTree(CancellationToken cancellationToken)
    {
        var root = tools.Root.Path;
        var (manifest, before) = files.Capture.Take(
            [ObjectPattern.Parse(ObjectIds.Subtree(root))],
            new Dictionary<string, Expectation> { [root] = new Expectation.Anything() },
            beneath: null,
            cancellationToken);
        return new Preparation.Ready(before, new CommandPlan.RunLive(manifest));
    }
}
