using System.Collections.Immutable;
using CoAgent.ToolSmith.Rules;

namespace CoAgent.Trials.Commands.Hostile;

/// <summary>Makes a hostile line as the coordinator makes it, and looks for what it reached.</summary>
/// <param name="desk">Where.</param>
/// <param name="sentinels">What it aims at.</param>
internal sealed class HostileTrial(TrialDesk desk, Sentinels sentinels)
{
    private const string Tree = "root";
    private const string Secret = "the journal of coordination";

    /// <summary>How a line ended, and what is wrong with that.</summary>
    /// <param name="Outcome">What became of it.</param>
    /// <param name="Faults">What it reached; what is not as it was.</param>
    internal sealed record Verdict(LiveOutcome Outcome, ImmutableArray<string> Faults);

    /// <summary>Makes a line, with a count that shows how often it ran, and takes it back.</summary>
    public async Task<Verdict> OfAsync(string line, CancellationToken cancellationToken)
    {
        await desk.LayOutAsync("source");
        var state = Directory.CreateDirectory(Path.Combine(desk.Root, ".coagent"));
        await File.WriteAllTextAsync(Path.Combine(state.FullName, "secret"), Secret, cancellationToken);
        var before = await TreePicture.OfAsync(desk.Place, desk.Environment);
        using var live = new LiveCommand(desk.Root, "echo run >> ran.count\n" + sentinels.Aimed(line, desk), new CommandAnalyst(), timeoutSeconds: 10);
        var outcome = await live.MakeAsync(isReplay: false, cancellationToken);
        var faults = sentinels.Reached().ToBuilder();
        faults.AddRange(FaultsOf(outcome, before, await TreePicture.OfAsync(desk.Place, desk.Environment)));
        if (outcome is LiveOutcome.Made { Footprint.IsRead: false })
        {
            await AddFaultsOfUndoingAsync(faults, live, before, cancellationToken);
        }

        return new Verdict(outcome, faults.ToImmutable());
    }

    private IEnumerable<string> FaultsOf(LiveOutcome outcome, TreePicture before, TreePicture after)
    {
        if (after.Beside(Tree).DifferenceFrom(before.Beside(Tree)) is { } escaped)
        {
            yield return $"it changed what is outside: {escaped}";
        }

        if (after.Below(Tree + "/.coagent").DifferenceFrom(before.Below(Tree + "/.coagent")) is { } reached)
        {
            yield return $"it changed what belongs to coordination: {reached}";
        }

        switch (outcome)
        {
            case LiveOutcome.Made made:
                if (made.Answer.Contains(Secret, StringComparison.Ordinal))
                {
                    yield return "it was shown what belongs to coordination";
                }

                var count = Path.Combine(desk.Root, "ran.count");
                var runCount = File.Exists(count) ? File.ReadAllLines(count).Length : 0;
                if (runCount > 1)
                {
                    yield return $"it ran {runCount} times";
                }

                break;
            case LiveOutcome.Irreversible when after.DifferenceFrom(before) is { } changed:
                yield return $"it is held, and yet there is a change: {changed}";
                break;
            case LiveOutcome.Failed failed:
                yield return failed.Reason;
                break;
        }
    }

    private async Task AddFaultsOfUndoingAsync(
        ImmutableArray<string>.Builder faults, LiveCommand live, TreePicture before, CancellationToken cancellationToken)
    {
        if (await live.TakeBackAsync(cancellationToken) is { } refused)
        {
            faults.Add($"it was not taken back: {refused}");
        }
        else if ((await TreePicture.OfAsync(desk.Place, desk.Environment)).DifferenceFrom(before) is { } left)
        {
            faults.Add($"taken back, it leaves (before → now): {left}");
        }
    }
}
