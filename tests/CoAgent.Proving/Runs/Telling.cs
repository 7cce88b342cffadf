using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <summary>Inputs and effects in a line each, for who reads what happened in a run.</summary>
internal sealed class Telling(Words words)
{
    public string Of(Input input, FileWorld world) => input switch
    {
        Input.Propose propose => $"t{propose.Transaction.Number} proposes {world.Calls[propose.Call]}",
        Input.Undo undo => $"t{undo.By?.Number} takes back {string.Join(' ', undo.Calls)}",
        Input.Ended ended => $"{ended.Effect.Number} ended: {Of(ended.Outcome)}",
        _ => input.ToString(),
    };

    public string Of(Effect effect) => effect switch
    {
        Effect.Execute execute =>
            $"{execute.Id.Number}: execute {execute.Call} at {execute.Position}{(execute.IsReplay ? ", a replay" : "")}"
            + (execute.Beneath is { } above ? $", beneath {above}" : ""),
        Effect.Invert invert => $"{invert.Id.Number}: invert {invert.Call}",
        Effect.Probe probe => $"{probe.Id.Number}: probe {probe.Call}",
        Effect.Read read =>
            $"{read.Id.Number}: {(read.IsReread ? "reread" : "read")} {read.Call} at {read.Position} hiding {List(read.Hidden)}",
        Effect.Answer answer => $"{answer.Call} is answered {Of(answer.Result)}{Of(answer.Notices)}{Changed(answer.Changed)}",
        Effect.UndoAnswered undone =>
            $"undo: {List(undone.Calls)}, replayed {List(undone.Replayed)}{Of(undone.Notices)}{Changed(undone.Changed)}",
        Effect.AbortAnswered aborted => $"abort: {List(aborted.Calls)}",
        Effect.Quarantined({ } quarantine) => $"{quarantine.Id}: {quarantine.Call} is quarantined, {quarantine.Reason}",
        Effect.FinishAnswered { Result: FinishResult.Waiting waiting } =>
            $"finish waits for ranks {List(waiting.Ranks)}, displaced {List(waiting.Displaced)}, open {List(waiting.OpenCalls)}"
            + Of(waiting.Notices),
        Effect.NoticeFiled filed => $"filed: {Of(filed.Notice)}",
        Effect.Folded folded => $"folded {folded.Transaction.Id}: {List(folded.Calls)}",
        _ => effect.ToString(),
    };

    private static string List<T>(ImmutableArray<T> items) => $"[{string.Join(' ', items)}]";

    private string Of(Outcome outcome) => outcome switch
    {
        Outcome.Done(var result, _) when result != default => $"done, {words.TextOf(result)}",
        Outcome.Failed(var error, _) => $"failed, {words.TextOf(error)}",
        _ => outcome.ToString(),
    };

    private string Of(CallResult result) => result switch
    {
        CallResult.Applied(var digest) => $"applied, {words.TextOf(digest)}",
        CallResult.Failed(var digest) => $"failed, {words.TextOf(digest)}",
        CallResult.Read(var digest, var view) => $"read, {words.TextOf(digest)}{(view is null ? "" : $", view {view}")}",
        _ => result.ToString(),
    };

    private string Of(ImmutableArray<Notice> notices) => string.Concat(notices.Select(notice => $" !{Of(notice)}"));

    private string Of(Notice notice) =>
        $"{notice.Id} {notice.Kind} to {notice.Transaction} on {notice.About} by {notice.Cause.Call}: {Of(notice.Entries)}";

    private string Changed(ImmutableArray<ChangedCall> calls) => string.Concat(
        calls.Select(call => $" changed ({call.Call} was {Of(call.Was)} now {Of(call.Now)}{(call.IsOut ? ", out" : "")})"));

    private string Of(ImmutableArray<NoticeEntry> entries) => string.Join(
        ' ', entries.Select(entry => $"({entry.Call} was {Of(entry.Was)} now {Of(entry.Now)})"));

    private string Of(Protocol.Trajectories.ResultDigest? digest) => digest is { } known ? words.TextOf(known) : "unknown";
}
