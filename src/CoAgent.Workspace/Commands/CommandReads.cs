using System.Text.Json;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Effects;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Commands;

/// <summary>Answers commands that only read, in the tree as it is at their position.</summary>
/// <remarks>
/// They run in a layer, also where nothing is hidden from them: one that writes after all has not written, and is declared as a write when it is
/// made again. What is live is asked in place.
/// </remarks>
internal sealed class CommandReads(
    WorkspaceTools tools, FileEffects files, CommandBinder binder, CommandTrials trials, CommandPast past)
{
    private const string Writes = "The command wrote, or looked at more than was foreseen, and was not done; make it again.";

    /// <summary>Answers a command.</summary>
    /// <param name="effect">The read.</param>
    /// <param name="arguments">The call's arguments.</param>
    /// <param name="earlier">The tree at its position; null: as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CallRefusedException">It cannot be run at all.</exception>
    internal async Task<Execution> ReadAsync(
        ReadEffect effect, JsonElement arguments, EarlierFiles? earlier, CancellationToken cancellationToken)
    {
        IFileView view = earlier is null ? LiveFiles.Instance : earlier;
        var line = CommandDeclarations.Check(tools.Tree.In(view), arguments);
        var key = CommandDeclarations.KeyOf(arguments);
        var declared = effect.Declared ?? binder.Everything;
        if (past.Runs.Take(effect.Call.Id, key, effect.Declared, earlier) is { } kept)
        {
            return Tell(effect, key, kept);
        }

        switch (binder.Bind(key, line, view))
        {
            case CommandBinding.Known known when !files.Positions.IsDeclared(key, declared, known.Touched):
                return new Execution.NotDone(FileEffects.Changed);
            case CommandBinding.Known { Touched.IsRead: true } known:
                return known.IsLive || !await trials.ArePossibleAsync()
                    ? new Execution.Answered(ResultJson.Of(await RunInPlaceAsync(line, cancellationToken)))
                    : await RunAsync(
                        effect,
                        key,
                        new CommandTrial(line) { Earlier = earlier, Foreseen = known.Touched, MayFetch = known.MayFetch },
                        cancellationToken);
            case CommandBinding.Unseen unseen:
                return await RunAsync(effect, key, new CommandTrial(line) { Earlier = earlier, MayFetch = unseen.MayFetch }, cancellationToken);
            default:
                return new Execution.NotDone(FileEffects.Changed);
        }
    }

    private async Task<Execution> RunAsync(ReadEffect effect, string key, CommandTrial trial, CancellationToken cancellationToken)
    {
        switch (await trials.TryAsync(trial, cancellationToken))
        {
            case Trying.Ran(var run) when IsAnswer(effect, key, trial, run):
                return Tell(effect, key, run);
            case Trying.Ran(var run):
                run.Dispose();
                return new Execution.NotDone(Writes);
            case Trying.Refused:
                past.Lessons.NoteIrreversible(key);
                return new Execution.NotDone(Writes);
            case Trying.NoLayer:
                past.Lessons.NoteUnforeseeable(key);
                return new Execution.NotDone(Writes);
            default:
                throw new InvalidOperationException("a command was tried, refused, or could not be tried");
        }
    }

    // A file that has the content that it had is not written, where a rule says that the command only reads.
    private bool IsAnswer(ReadEffect effect, string key, CommandTrial trial, TriedRun run)
    {
        var declared = effect.Declared ?? binder.Everything;
        if (trial.Foreseen is null)
        {
            var isDeclared = files.Positions.IsDeclared(key, declared, run.Touched) && run.Changes.Count == 0;
            if (!isDeclared)
            {
                past.Lessons.NoteMiss(key);
            }

            return isDeclared;
        }

        var states = new TreeStates(trial.Earlier, tools.Tree.Limits.CaptureEntriesMax, long.MaxValue);
        var isRight = run.Changes.All(change => states.StateOf(change.Path) == change.State);
        if (!isRight)
        {
            past.Lessons.NoteWrongRule(key);
        }

        return isRight;
    }

    private Execution.Answered Tell(ReadEffect effect, string key, TriedRun run)
    {
        var result = ResultJson.Of(run.Answer);
        if (run.Witness is null || run.Changes.Count > 0)
        {
            run.Dispose();
        }
        else
        {
            past.Runs.Keep(effect.Call.Id, key, run);
        }

        return new Execution.Answered(result);
    }

    private async Task<ToolAnswer> RunInPlaceAsync(CommandLine line, CancellationToken cancellationToken) =>
        await new CommandRun(line, tools.Tree.Limits, tools.Time, layer: null).RunAsync(cancellationToken);
}
