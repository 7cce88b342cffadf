using System.Collections.Immutable;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Verification;

/// <summary>Prepare, exec and reverse leave everything as it was: the trial folder, and what the state reads show.</summary>
internal static class UndoLaw
{
    internal static LawOutcome Judge(Observation seen)
    {
        if (seen.Declared.IsRead)
        {
            return new LawOutcome.NotPromised("it writes nothing");
        }

        if (seen.Declared.IsIrreversible)
        {
            return new LawOutcome.NotPromised("it is declared irreversible");
        }

        return seen.Undo switch
        {
            Inversion.Failed failed => new LawOutcome.Broken("the inverse failed", [failed.Reason]),
            Inversion.Unknown unknown => new LawOutcome.Broken("nobody knows whether the inverse ran", [unknown.Reason]),
            Inversion.OutsideWrite => new LawOutcome.Broken(
                "the inverse says that somebody else has changed what the call left",
                ["nobody has: the guard reads what changes by itself"]),
            Inversion.Done when seen.Undone is { } undone =>
                Sameness.Judge(seen, seen.Before, undone, "after the inverse something is not as it was before the call"),
            _ => new LawOutcome.Inconclusive("no inverse was run"),
        };
    }
}

/// <summary>Prepare, exec, reverse, prepare, exec leave the same as prepare, exec.</summary>
internal static class ReplayLaw
{
    internal static LawOutcome Judge(Observation seen)
    {
        if (seen.Declared.IsRead || seen.Declared.IsIrreversible)
        {
            return new LawOutcome.NotPromised(seen.Declared.IsRead ? "it writes nothing" : "it is declared irreversible");
        }

        if (!seen.Declared.IsReplaySafe)
        {
            return new LawOutcome.NotPromised("it is declared not safe to replay");
        }

        return seen.Redone is { } redone ? Sameness.Judge(seen, seen.After, redone, "made again, the call leaves something else")
            : seen.NotRedone is { } why ? new LawOutcome.Broken("the call could not be made again after its inverse", [why])
            : new LawOutcome.Inconclusive("the inverse did not succeed, so the call was not made again");
    }
}

/// <summary>Whether two moments show the same world.</summary>
internal static class Sameness
{
    private const int LinesMax = 20;

    internal static LawOutcome Judge(Observation seen, WorldState expected, WorldState found, string otherwise)
    {
        var remarks = ImmutableArray.CreateBuilder<string>();
        var differences = seen.FilesChanged(expected, found).Select(static change => change.ToString()).ToList();
        foreach (var (before, after) in expected.Answers.Zip(found.Answers))
        {
            var difference = before.DifferenceTo(after);
            differences.AddRange(difference.Changes.Select(change => $"{before.Read} {change}"));
            if (difference.IsOrderOther)
            {
                remarks.Add($"{before.Read} lists the same in another order");
            }
        }

        if (differences.Count > 0)
        {
            return new LawOutcome.Broken(otherwise, [.. differences.Take(LinesMax)]);
        }

        var hasChanged = seen.FilesChanged(seen.Before, seen.After).Any()
            || seen.Before.Answers.Zip(seen.After.Answers).Any(static pair => !pair.First.DifferenceTo(pair.Second).Changes.IsEmpty);
        return hasChanged ? new LawOutcome.Held(remarks.ToImmutable())
            : new LawOutcome.Inconclusive(
                seen.Failure is { } failure
                    ? $"the call fails and changes nothing: {failure}"
                    : "the example changes nothing that can be seen");
    }
}
