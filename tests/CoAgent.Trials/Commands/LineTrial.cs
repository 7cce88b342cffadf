using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.Trials.Commands;

/// <summary>Puts lines of the corpus to the test: plain bash on a fresh copy says what is true, then the same line is made as the coordinator makes it.</summary>
/// <param name="desk">Where.</param>
/// <param name="site">An HTTP server that nobody else asks.</param>
/// <param name="analyst">What is known of commands before they run.</param>
internal sealed class LineTrial(TrialDesk desk, LoopbackSite site, ICommandAnalyst analyst)
{
    private const string Tree = "root";
    private static readonly SandboxLimits s_limits = new();

    /// <summary>Runs a line both ways.</summary>
    public async Task<LineResult> OfAsync(CorpusLine line, CancellationToken cancellationToken)
    {
        var text = line.Text.Replace("{outside}", desk.Outside, StringComparison.Ordinal).Replace("{site}", site.Address, StringComparison.Ordinal);
        await desk.LayOutAsync(line.Tree);
        var analysis = LineAnalysis.Of(analyst, desk, text);
        if (line.IsNeverRun)
        {
            return new LineResult(line, analysis.Taking, analysis.FaultsOfDangerous()) { Reason = analysis.Reason };
        }

        var truth = await TruthOfAsync(text);
        await desk.LayOutAsync(line.Tree);
        var before = await LookAsync();
        var toldBefore = site.ChangeCount;
        using var live = new LiveCommand(desk.Root, text, analyst);
        switch (await live.MakeAsync(isReplay: false, cancellationToken))
        {
            case LiveOutcome.Made made:
                var faults = ImmutableArray.CreateBuilder<string>();
                var after = await LookAsync();
                if (site.ChangeCount != toldBefore)
                {
                    faults.Add("a server was told to change something by a line that is not held");
                }

                var cover = new DeclaredCover(made.Declared, desk.Root);
                faults.AddRange(FaultsOfDoing(line, truth, cover, made, before, after));
                if (!made.Footprint.IsRead)
                {
                    faults.AddRange(await FaultsOfUndoingAsync(line, live, made, before, after, cancellationToken));
                }

                return new LineResult(line, analysis.Taking == LineTaking.Opaque ? LineTaking.Unseen : analysis.Taking, faults.ToImmutable())
                {
                    Reason = analysis.Reason,
                    ChangeCount = truth.Changes.Length,
                    DeclaredCount = made.Footprint.Writes.Length,
                    IdleCount = cover.IdleCount(truth.Changes),
                    WasUndone = !made.Footprint.IsRead,
                };
            case LiveOutcome.Irreversible held:
                return new LineResult(line, LineTaking.Opaque, FaultsOfHolding(before, await LookAsync(), held.Reason))
                {
                    Reason = held.Reason, ChangeCount = truth.Changes.Length,
                };
            case LiveOutcome.Failed failed:
                return new LineResult(line, analysis.Taking, [failed.Reason]);
            default:
                throw new InvalidOperationException("a line is made, held, or fails");
        }
    }

    private async Task<Truth> TruthOfAsync(string text)
    {
        var state = TreeState.Of(desk.Root, s_limits);
        var before = await LookAsync();
        var run = await PlainRun.OfAsync(desk, text);
        return new Truth(run, state, before, await LookAsync());
    }

    private Task<TreePicture> LookAsync() => TreePicture.OfAsync(desk.Place, desk.Environment);

    private static IEnumerable<string> FaultsOfDoing(
        CorpusLine line, Truth truth, DeclaredCover cover, LiveOutcome.Made made, TreePicture before, TreePicture after)
    {
        foreach (var missed in cover.Missed(truth.Changes).Concat(cover.Unread(truth.State, truth.Run)))
        {
            yield return missed;
        }

        if (before.Beside(Tree).DifferenceFrom(after.Beside(Tree)) is { } escaped)
        {
            yield return $"it changed what is outside: {escaped}";
        }
        else if (!truth.ChangesOutside.IsEmpty)
        {
            yield return $"plain bash changes what is outside, and this run was answered as done and did not: {truth.ChangesOutside[0]}";
        }

        if (!line.Varies && made.Answer != truth.Run.Answer)
        {
            yield return $"it answered '{made.Answer}', plain bash '{truth.Run.Answer}'";
        }

        if (!line.Varies && after.Below(Tree).WithoutTimes().DifferenceFrom(truth.After.Below(Tree).WithoutTimes()) is { } other)
        {
            yield return $"it left another tree than plain bash (theirs → ours): {other}";
        }
    }

    private async Task<IEnumerable<string>> FaultsOfUndoingAsync(
        CorpusLine line, LiveCommand live, LiveOutcome.Made made, TreePicture before, TreePicture after, CancellationToken cancellationToken)
    {
        if (await live.TakeBackAsync(cancellationToken) is { } refused)
        {
            return [$"it was not taken back: {refused}"];
        }

        var undone = await LookAsync();
        if (undone.DifferenceFrom(before, withSharing: !line.PartsNames) is { } left)
        {
            return [$"taken back, it leaves (before → now): {left}"];
        }

        return await live.MakeAsync(isReplay: true, cancellationToken) switch
        {
            LiveOutcome.Made again when !line.Varies && again.Answer != made.Answer => [$"made again, it answered '{again.Answer}', not '{made.Answer}'"],
            LiveOutcome.Made when !line.Varies && (await LookAsync()).Below(Tree).WithoutTimes().DifferenceFrom(after.Below(Tree).WithoutTimes()) is { } other =>
                [$"made again, it left another tree (first → now): {other}"],
            LiveOutcome.Made => [],
            var other => [$"made again, it was not done: {other}"],
        };
    }

    private static ImmutableArray<string> FaultsOfHolding(TreePicture before, TreePicture after, string reason) =>
        after.DifferenceFrom(before) is { } changed ? [$"it is held ({reason}), and yet there is a change: {changed}"] : [];

    /// <summary>What plain bash did.</summary>
    private sealed record Truth(PlainRun Run, TreeState State, TreePicture Before, TreePicture After)
    {
        public ImmutableArray<TreeChange> Changes { get; } = Before.Below(Tree).ChangesTo(After.Below(Tree));

        public ImmutableArray<TreeChange> ChangesOutside { get; } = Before.Beside(Tree).ChangesTo(After.Beside(Tree));
    }
}
