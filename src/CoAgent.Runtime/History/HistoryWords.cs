using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Results;

namespace CoAgent.Runtime.History;

/// <summary>What the protocol's words mean to an operator.</summary>
public static class HistoryWords
{
    /// <summary>The most characters of a reason that are shown.</summary>
    public const int ReasonCharsMax = 200;

    /// <summary>What became of a call, in the words of the wire, with what is behind it.</summary>
    public static string Of(CallResult result) => result switch
    {
        CallResult.Applied => "applied",
        CallResult.Read { View: null } => "read",
        CallResult.Read { View: ReadView.Version } => "read, from captured versions",
        CallResult.Read { View: ReadView.Rewind } => "read, with later writes out of the way",
        CallResult.Read => "read live",
        CallResult.Failed => "failed: the tool said so",
        CallResult.Gated => "gated: its agent had to see its notices first",
        CallResult.Deferred => "deferred: it executes when every lower rank has finished",
        CallResult.NotDone => "not done",
        CallResult.TakenBack => "taken back: nobody knew whether it happened, so what it may have done was undone",
        CallResult.Unknown { Quarantine: { } quarantine } => $"unknown: nobody knows whether it happened; {quarantine}",
        CallResult.Unknown => "unknown: nobody knows whether it happened",
        CallResult.Cancelled => "cancelled before it began",
        CallResult.Refused refused => $"refused: {Of(refused.Refusal)}",
        _ => throw new InvalidOperationException($"No call ends as {result.GetType().Name}."),
    };

    /// <summary>Why something was not begun.</summary>
    public static string Of(Refusal refusal) => refusal switch
    {
        Refusal.NotOpen => "its transaction is not open",
        Refusal.LimitReached limit => $"{limit.Limit} is {limit.Max}",
        Refusal.Quarantined quarantined => $"it touches what {quarantined.Quarantine.Id} has quarantined",
        Refusal.Irreversible irreversible => $"{irreversible.Call}, which cannot be taken back, lies above it",
        _ => throw new InvalidOperationException($"Nothing is refused as {refusal.GetType().Name}."),
    };

    /// <summary>What became of a call that was to be taken back.</summary>
    public static string Of(UndoneCall undone) => undone.Fate switch
    {
        UndoFate.TakenBack => $"{undone.Call} taken back",
        UndoFate.WasRead => $"{undone.Call} was a read",
        UndoFate.Dropped => $"{undone.Call} dropped before it began",
        UndoFate.WasDisplaced => $"{undone.Call} was displaced already",
        UndoFate.Kept => $"{undone.Call} stays{(undone.Refusal is { } refusal ? $": {Of(refusal)}" : "")}",
        UndoFate.NotFound => $"{undone.Call} not found",
        _ => throw new InvalidOperationException($"No call's fate is {undone.Fate}."),
    };

    /// <summary>What a notice says.</summary>
    public static string Of(Notice notice)
    {
        var calls = string.Join(", ", notice.Entries.Select(static entry => $"{entry.Call}"));
        var cause = notice.Cause.Call is { } call && notice.Entries.All(entry => entry.Call != call)
            ? notice.Cause.Rank is { } rank ? $", because of {call} (rank {rank})" : $", because of {call}"
            : "";
        var again = notice.IsAskedAgain ? " (asked once more)" : "";
        return notice.Kind switch
        {
            NoticeKind.Stale => $"stale{again}: {calls} returns something else{cause}",
            NoticeKind.Result => $"result{again}: {calls} answers something else{cause}",
            NoticeKind.Displaced => $"displaced{again}: {calls} could not be put back{cause}",
            NoticeKind.Reverted => $"reverted{again}: {calls} did not happen or was taken back{cause}",
            NoticeKind.Outside => $"outside{again}: somebody outside changed what {calls} wrote",
            NoticeKind.Overflow when notice.Cause.IsPowerLoss =>
                $"overflow{again}: the machine lost power, and reads of the last moments may be forgotten",
            NoticeKind.Overflow => $"overflow{again}: more has changed than is told one by one{cause}",
            _ => throw new InvalidOperationException($"No notice is of the kind {notice.Kind}."),
        };
    }

    /// <summary>Why objects are quarantined.</summary>
    public static string Of(QuarantineReason reason) => reason switch
    {
        QuarantineReason.InverseFailed => "its inverse failed",
        QuarantineReason.InDoubt => "nobody knows whether it, or its inverse, happened",
        QuarantineReason.OutsideWrite => "somebody outside changed what it had written",
        _ => throw new InvalidOperationException($"Nothing is quarantined as {reason}."),
    };

    /// <summary>What a finish was answered.</summary>
    public static string Of(FinishResult result) => result switch
    {
        FinishResult.Finished => "finished",
        FinishResult.NotOpen => "not finished: it is not open",
        FinishResult.Waiting waiting => $"not finished: {Missing(waiting)}",
        _ => throw new InvalidOperationException($"No finish ends as {result.GetType().Name}."),
    };

    /// <summary>Why, in somebody's own words, in brackets behind what was done; nothing where nobody said why.</summary>
    public static string Because(string? reason) => reason is null ? "" : $" ({OneLine(reason)})";

    /// <summary>Why an agent decided so, in brackets behind its decision; nothing where it did not say.</summary>
    public static string BecauseItSays(string? reason) => reason is null ? "" : $" (it says: {OneLine(reason)})";

    /// <summary>Names in one line; a dash for none.</summary>
    public static string List<T>(ImmutableArray<T> names) => names.IsEmpty ? "-" : string.Join(", ", names);

    private static string OneLine(string reason) => PlainText.OneLine(reason, ReasonCharsMax);

    private static string Missing(FinishResult.Waiting waiting)
    {
        var missing = new List<string>();
        Add(missing, "waits for rank ", waiting.Ranks);
        Add(missing, "told ", [.. waiting.Notices.Select(static notice => notice.Id)]);
        Add(missing, "displaced ", waiting.Displaced);
        Add(missing, "without an answer ", waiting.OpenCalls);
        Add(missing, "quarantined ", waiting.Quarantines);
        return missing.Count == 0 ? "something is on its way" : string.Join("; ", missing);
    }

    private static void Add<T>(List<string> to, string words, ImmutableArray<T> names)
    {
        if (!names.IsEmpty)
        {
            to.Add(words + string.Join(", ", names));
        }
    }
}
