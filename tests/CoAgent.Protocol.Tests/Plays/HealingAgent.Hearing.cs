using System.Collections.Immutable;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Plays;

/// <content>What the agent makes of what it is told.</content>
internal sealed partial class HealingAgent
{
    /// <summary>
    /// Every value that a notice has told it: the call, and what it would return now; null when nobody can tell.
    /// </summary>
    public List<(NoticeId Notice, CallId Call, string? Now)> Told { get; } = [];

    public void Hear(Effect.Began began)
    {
        Transaction = began.Transaction.Id;
        Decide();
    }

    /// <param name="answer">The answer to its call.</param>
    /// <param name="isLost">Whether the notices with it do not reach the agent.</param>
    public void Hear(Effect.Answer answer, bool isLost)
    {
        var (move, replaced) = (Intention.Make)_open!;
        _open = null;
        switch (answer.Result)
        {
            case CallResult.Applied(var digest):
                Note(move, replaced, answer.Call, digest);
                break;
            case CallResult.Read(var digest, _):
                Note(move, replaced, answer.Call, digest);
                break;
            case CallResult.Failed(var digest):
                Note(move, replaced, answer.Call, digest);
                break;
            case CallResult.Gated:
                Counts.GatedCount++;
                break;
            case CallResult.TakenBack or CallResult.NotDone:
                break;
            case CallResult.Unknown(null):
                _lost.Add(answer.Call);
                break;
            default:
                throw new PlayException($"rank {Index + 1} is answered {answer.Result} to {move}");
        }

        Hear(answer.Changed);
        Hear(isLost ? [] : answer.Notices);
        Decide();
    }

    public void Hear(Effect.UndoAnswered answer)
    {
        var intention = (Intention.TakeBack)_open!;
        _open = null;
        foreach (var (call, fate, refusal) in answer.Calls)
        {
            PlayException.Require(fate != UndoFate.Kept, $"{call} of rank {Index + 1} cannot be taken back: {refusal}");
            _lost.Remove(call);
            _deeds.RemoveAll(deed => deed != intention.Withdrawn && deed.Calls.Contains(call));
        }

        if (intention.Withdrawn is { } withdrawn)
        {
            withdrawn.IsWithdrawn = true;
        }

        Hear(answer.Changed);
        Hear(answer.Notices);
        Decide();
    }

    public void Hear(Effect.AbortAnswered answer)
    {
        PlayException.Require(answer.IsKnown, $"rank {Index + 1} is not known");
        (_open, _next, IsDone, Answers) = (null, null, true, []);
    }

    public void Hear(Effect.FinishAnswered answer)
    {
        _open = null;
        IsDone = answer.Result is FinishResult.Finished;
        if (answer.Result is FinishResult.Waiting waiting)
        {
            Hear(waiting.Notices);
        }

        Decide();
    }

    private void Note(Move move, Deed? replaced, CallId call, ResultDigest digest)
    {
        FirstAnswer ??= _world.TextOf(digest);
        _deeds.Remove(replaced!);
        _deeds.Add(new Deed(move, [.. replaced?.Calls ?? [], call], _world.TextOf(digest)));
    }

    private void Hear(ImmutableArray<Notice> notices)
    {
        Counts.NoticeCount += notices.Length;
        Counts.NoticesAtOnceMax = Math.Max(Counts.NoticesAtOnceMax, notices.Length);
        foreach (var notice in notices)
        {
            var isForMe = notice.Transaction == Transaction;
            PlayException.Require(isForMe, $"rank {Index + 1} is told what is for another one");
            foreach (var (call, _, now) in notice.Entries)
            {
                var text = now is { } digest ? _world.TextOf(digest) : null;
                Told.Add((notice.Id, call, text));
                Learn(call, text, isOut: notice.Kind is NoticeKind.Displaced);
            }
        }
    }

    private void Hear(ImmutableArray<ChangedCall> changes)
    {
        foreach (var (call, _, now, isOut) in changes)
        {
            Learn(call, now is { } digest ? _world.TextOf(digest) : null, isOut);
        }
    }

    /// <summary>Takes in what a call of its own returns now.</summary>
    private void Learn(CallId call, string? now, bool isOut)
    {
        var deed = _deeds.Find(deed => deed.Calls[^1] == call);
        if (deed is null)
        {
            // What was made over can be out as well; it is settled like the rest.
            _lost.AddRange(isOut && _deeds.Exists(made => made.Calls.Contains(call)) ? [call] : []);
            return;
        }

        if (now is not null && !isOut)
        {
            deed.Answer = now;
            return;
        }

        _deeds.Remove(deed);
        if (deed.IsIn)
        {
            _lost.AddRange(deed.Calls);
        }
    }
}
