using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal;

namespace CoAgent.Runtime.History;

/// <content>What follows from an entry, and how an effect on the world ended.</content>
public sealed partial class JournalHistory
{
    private void Tell(Effect effect)
    {
        switch (effect)
        {
            case Effect.World world:
                _out[world.Id] = (world, _memory.State.PlanOf(world.Id));
                Place(world.Call, PositionOf(world));
                break;
            case Effect.Began { IsNew: true, Transaction: var transaction }:
                _transactions[transaction.Id] = transaction;
                Add(HistoryKind.Began, $"begins with rank {transaction.Rank}", transaction);
                break;
            case Effect.BeginRefused refused:
                Add(HistoryKind.Began, $"agent {refused.Agent} could not begin: {refused.Refusal?.Message ?? "too many transactions are open"}");
                break;
            case Effect.Answer answer:
                Place(answer.Call, answer.Position);
                Tell(answer);
                break;
            case Effect.Held held:
                AddOf(held.Call, HistoryKind.Held, $"waits for rank {HistoryWords.List(held.Ranks)}");
                break;
            case Effect.NoticeFiled(var notice):
                Add(HistoryKind.Noticed, $"{notice.Id} {HistoryWords.Of(notice)}", _transactions.GetValueOrDefault(notice.Transaction), CallsOf(notice), notice.Id);
                break;
            case Effect.NoticeWithdrawn(var notice):
                Add(HistoryKind.Withdrawn, $"{notice} is void: nothing of it is so any more", notice: notice);
                break;
            case Effect.Quarantined(var quarantine):
                AddOf(quarantine.Call, HistoryKind.Quarantined,
                    $"{quarantine.Id} quarantines {HistoryWords.List(quarantine.Objects)}: {HistoryWords.Of(quarantine.Reason)}");
                break;
            default:
                TellAnswer(effect);
                break;
        }
    }

    private void TellAnswer(Effect effect)
    {
        switch (effect)
        {
            case Effect.UndoAnswered undone:
                _takenBack.ExceptWith(undone.Calls.Select(static call => call.Call));
                var put = undone.Replayed.IsEmpty ? "" : $"; put back {HistoryWords.List(undone.Replayed)}";
                Add(HistoryKind.TakenBack, string.Join(", ", undone.Calls.Select(HistoryWords.Of)) + put, Asked(undone.Request), [.. undone.Calls.Select(static call => call.Call), .. undone.Replayed]);
                TellNotices(undone.Notices);
                break;
            case Effect.AbortAnswered aborted:
                Add(HistoryKind.TakenBack, aborted.IsKnown ? $"aborted: {HistoryWords.List([.. aborted.Calls.Select(HistoryWords.Of)])}" : "there is nothing to abort",
                    Asked(aborted.Request), [.. aborted.Calls.Select(static call => call.Call)]);
                break;
            case Effect.FinishAnswered(var request, var result):
                Add(HistoryKind.Finishing, HistoryWords.Of(result), Asked(request));
                TellNotices(result is FinishResult.Waiting waiting ? waiting.Notices : []);
                break;
            case Effect.Resolved(var request, var settled):
                Add(HistoryKind.Resolved, settled switch
                {
                    ResolveResult.Settled => "settled",
                    ResolveResult.AskedAgain => "asked once more",
                    ResolveResult.ChangedMeanwhile => "it says something new meanwhile: it stays open",
                    _ => "no such notice is open",
                }, Asked(request));
                break;
            case Effect.Released released:
                Add(HistoryKind.Quarantined, released.IsKnown ? "released" : "there is no such quarantine");
                break;
            case Effect.Folded folded:
                Fold(folded);
                break;
        }
    }

    private Transaction? Asked(RequestId request) => _asked.Remove(request, out var transaction) ? transaction : null;

    private void Fold(Effect.Folded folded)
    {
        var open = folded.Open.IsEmpty ? "" : $"; nobody came for {HistoryWords.List([.. folded.Open.Select(static notice => notice.Id)])}";
        Add(HistoryKind.Ended, $"has ended{open}", folded.Transaction);
        foreach (var call in folded.Calls)
        {
            _calls[call] = _calls[call] with { IsFolded = true };
        }
    }

    private void Tell(Effect.Answer answer)
    {
        _calls[answer.Call] = _calls[answer.Call] with { Answer = answer.Result };
        var changed = answer.Changed.IsEmpty ? "" : $"; own calls that it changed: {HistoryWords.List([.. answer.Changed.Select(static one => one.Call)])}";
        AddOf(answer.Call, HistoryKind.Answered, $"answered: {HistoryWords.Of(answer.Result)}{changed}", concerns: [.. answer.Changed.Select(static one => one.Call)]);
        TellNotices(answer.Notices, answer.Call);
    }

    private void TellNotices(ImmutableArray<Notice> notices, CallId? with = null)
    {
        foreach (var notice in notices)
        {
            Add(HistoryKind.Told, $"{notice.Id} is told{(with is { } call ? $" with the answer to {call}" : "")}",
                _transactions.GetValueOrDefault(notice.Transaction), CallsOf(notice), notice.Id);
        }
    }

    private void End(JournalEntry.Ended ended)
    {
        if (!_out.Remove(ended.Input.Effect, out var was))
        {
            return; // what cannot be is found where the protocol takes the entry
        }

        var story = _calls[ended.Call];
        _calls[ended.Call] = story with { Result = ended.Result ?? story.Result };
        var cause = was.Plan?.Cause.Call;
        var isForGood = _takenBack.Contains(ended.Call) || _aborted.Contains(story.Transaction.Id);
        var because = cause is { } other && other != ended.Call && !isForGood ? $", because of {other}" : "";
        var outcome = ended.Input.Outcome;
        var (kind, text) = was.Effect switch
        {
            Effect.Execute { IsReplay: true } => (HistoryKind.Replayed, $"{Done(outcome, "put back")}{because}{Changed(story, ended)}"),
            Effect.Execute { Beneath: { } later } => (HistoryKind.Executed, $"{Done(outcome, "executed")}, beneath {later}"),
            Effect.Execute => (HistoryKind.Executed, Done(outcome, "executed")),
            Effect.Invert => (HistoryKind.Undone, $"{Done(outcome, because.Length > 0 ? "taken out" : "taken back")}{because}"),
            Effect.Read { IsReread: true } => (HistoryKind.Reread, $"{Done(outcome, "read again")}{because}{Changed(story, ended)}"),
            Effect.Read { Hidden.IsEmpty: false } read => (HistoryKind.Read, $"{Done(outcome, "read")} without {HistoryWords.List(read.Hidden)}"),
            Effect.Read => (HistoryKind.Read, Done(outcome, "read")),
            _ => (HistoryKind.Probed, outcome is Outcome.Done ? "found: it happened" : outcome is Outcome.NotDone ? "found: it did not happen" : "could not be found out"),
        };
        AddOf(ended.Call, kind, text + HistoryWords.Because(ended.Reason), isForGood ? null : cause);
    }

    private static string Done(Outcome outcome, string verb) => outcome switch
    {
        Outcome.Done => verb,
        Outcome.Failed => $"{verb}, and the tool failed",
        Outcome.NotDone => $"not {verb}",
        Outcome.Unknown => $"nobody knows whether it was {verb}",
        Outcome.OutsideWrite => $"not {verb}: somebody outside has changed what was there",
        _ => throw new InvalidOperationException($"No effect ends as {outcome.GetType().Name}."),
    };

    /// <summary>Whether a call that was made again answers what it answered before.</summary>
    private static string Changed(CallStory before, JournalEntry.Ended ended)
    {
        var (was, now) = (before.Result, ended.Result);
        return was is null || now is null ? ""
            : Results.ResultText.DigestOf(was) == Results.ResultText.DigestOf(now) ? ": the same answer" : ": another answer";
    }

    private void Place(CallId call, Position? position)
    {
        if (position is not null && _calls.TryGetValue(call, out var story) && story.Position is null)
        {
            _calls[call] = story with { Position = position };
        }
    }

    private static Position? PositionOf(Effect.World effect) => effect switch
    {
        Effect.Execute execute => execute.Position,
        Effect.Read read => read.Position,
        _ => null,
    };

    private static ImmutableArray<CallId> CallsOf(Notice notice) =>
        [.. notice.Entries.Select(static entry => entry.Call), .. notice.Cause.Call is { } cause ? [cause] : Array.Empty<CallId>()];
}
