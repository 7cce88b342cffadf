using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Trials.Agents;

/// <content>What the agent does over its line.</content>
internal sealed partial class HealingAgent
{
    private async Task MakeAsync(Move.Call call, CancellationToken cancellationToken)
    {
        if (call.IsWithdrawnLater && rules.ForeseesWithdrawals)
        {
            deeds.Add(new Deed(call, Call: null, "", IsError: false) { IsWithdrawn = true });
            return;
        }

        var before = rules.UndoesByHand ? call.Touches.Select(words.Look).ToImmutableArray() : [];
        Counts.CallCount++;
        Counts.WriteCount += call.IsRead ? 0 : 1;
        var told = Told.Of(await line.CallAsync(call.Tool, call.Arguments, cancellationToken));
        Take(call, told, before);
    }

    private async Task WithdrawAsync(Move.TakeBack takeBack, Move.Call what, CancellationToken cancellationToken)
    {
        var withdrawn = deeds.FindLast(deed => IsIt(deed) && !deed.IsWithdrawn) ?? deeds.FindLast(IsIt)!;
        if (!withdrawn.IsWithdrawn)
        {
            withdrawn.IsWithdrawn = true;
            if (rules.UndoesByHand)
            {
                withdrawn.Before.ForEach(words.Restore);
            }
            else
            {
                await TakeBackAsync([withdrawn.Call!], cancellationToken);
            }
        }

        // Taking it back may have shown that something before is stale: then this step comes again.
        if (staleFrom >= deeds.Count)
        {
            deeds.Add(new Deed(takeBack, Call: null, "", IsError: false));
        }

        bool IsIt(Deed deed) => deed.Move is Move.Call { IsWithdrawnLater: true } && deed.Move.Equals(what);
    }

    /// <summary>From here on nothing is a premise; what it wrote is taken back with the next move.</summary>
    private void Abort()
    {
        if (rules.UndoesByHand)
        {
            ((IEnumerable<Deed>)deeds).Reverse().SelectMany(deed => deed.Before).ToList().ForEach(words.Restore);
        }
        else
        {
            lost.AddRange(CallsFrom(0));
        }

        deeds.Clear();
        isAborted = true;
    }

    private async Task TakeBackAsync(ImmutableArray<string> calls, CancellationToken cancellationToken)
    {
        Counts.TakenBackCount += calls.Length;
        var told = Told.Of(await line.CallAsync(
            "coagent_undo", JsonSerializer.Serialize(new { calls }), cancellationToken));
        HearUndone(calls, told);
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (!rules.IsCoordinated)
        {
            IsDone = true;
            return;
        }

        Counts.FinishCount++;
        var told = Told.Of(await line.CallAsync("coagent_finish", """{"wait":20}""", cancellationToken));
        HearFinished(told);
    }
}
