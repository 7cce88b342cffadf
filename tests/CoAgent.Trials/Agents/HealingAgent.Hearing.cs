using System.Collections.Immutable;
using CoAgent.Trials.Files;
using CoAgent.Trials.Plays;

namespace CoAgent.Trials.Agents;

/// <content>What the agent makes of what it is told.</content>
internal sealed partial class HealingAgent
{
    private const int RefusedMax = 3;

    private int unproductiveFinishCount;
    private int refusedCount;
    private bool isLookingForLost;

    private void Take(Move.Call call, Told told, ImmutableArray<FileState> before)
    {
        switch (told.Status)
        {
            case "applied" or "read" or "failed" or "":
                refusedCount = 0;
                deeds.Add(Remember(new Deed(call, told.Call, call.Tidy(words.Tidy(told.Text)), told.IsError) { Before = [.. before] }));
                break;
            case "gated":
                Counts.GatedCount++;
                break;
            case "unknown" when told.Call is null:
                isLookingForLost = true;
                break;
            case "unknown" or "displaced":
                known.Add(told.Call!);
                lost.Add(told.Call!);
                break;
            case "held":
                break;
            case "refused" or Told.NotDone when refusedCount++ < RefusedMax:
                break;
            default:
                throw new PlayException($"{Name} is answered {told.Status} to {call.Text}: {told.Text}");
        }

        Hear(told);
    }

    private Deed Remember(Deed deed)
    {
        known.UnionWith(deed.Call is { } call ? [call] : []);
        return deed;
    }

    /// <summary>Takes back what it was never told the name of: the answer did not come.</summary>
    private void HearOfLost(Told status)
    {
        if (status is { Answer: null, Status: "unknown" })
        {
            return;
        }

        var calls = Told.MemberOf(status.Answer, "calls") is { } list
            ? list.EnumerateArray().Where(call => Told.StringOf(call, "state") is "applied" or "failed" or "displaced")
            : throw new PlayException($"{Name} cannot learn what has become of its call: {status.Text}");
        lost.AddRange(calls.Select(call => Told.StringOf(call, "call")!).Where(known.Add));
        isLookingForLost = false;
    }

    private void HearUndone(ImmutableArray<string> calls, Told told)
    {
        if (told is { Answer: null, Status: "unknown" })
        {
            // Nobody knows whether it was done; what is out already is not found any more.
            return;
        }

        var kept = Told.MemberOf(told.Answer, "calls") is { } fates
            ? fates.EnumerateArray().Where(call => Told.StringOf(call, "fate") == "kept").Select(call => Told.StringOf(call, "call"))
            : calls;
        PlayException.Require(!kept.Any(), $"{Name} cannot take back {string.Join(", ", kept)}: {told.Text}");
        lost.RemoveAll(calls.Contains);
        Hear(told);
    }

    private void HearFinished(Told told)
    {
        var state = told is { Answer: null, Status: "unknown" } ? "waiting" : Told.StringOf(told.Answer, "state");
        PlayException.Require(state is "finished" or "waiting", $"{Name} is answered to its finish: {told.Text}");
        IsDone = state == "finished";
        var displaced = told.CallsIn("displaced");
        unproductiveFinishCount = told.Notices.IsEmpty && told.Changed.IsEmpty && displaced.IsEmpty ? unproductiveFinishCount + 1 : 0;
        PlayException.Require(IsDone || unproductiveFinishCount < FinishesMax, $"{Name} cannot finish: {told.Text}");
        Hear(told);
        foreach (var call in displaced)
        {
            MarkStale(call);
            Lose(call);
        }
    }

    private void Hear(Told told)
    {
        Counts.NoticesAtOnceMax = Math.Max(Counts.NoticesAtOnceMax, told.Notices.DistinctBy(notice => notice.Id).Count());
        foreach (var notice in told.Notices)
        {
            Notices.Add(notice);
            if (notice.Kind == "overflow")
            {
                staleFrom = 0;
            }

            Array.ForEach([.. notice.Calls], MarkStale);
        }

        Array.ForEach([.. told.Changed], MarkStale);
    }

    /// <summary>A call that is out and that no step stands for any more is settled like the rest.</summary>
    private void Lose(string call)
    {
        if (!deeds.Exists(deed => deed.Call == call) && !lost.Contains(call))
        {
            lost.Add(call);
        }
    }

    /// <summary>What belongs to an abandoned attempt is nobody's premise any more.</summary>
    private void MarkStale(string call)
    {
        var step = deeds.FindIndex(deed => deed.Call == call && !deed.IsWithdrawn);
        staleFrom = step < 0 ? staleFrom : Math.Min(staleFrom, step);
    }

    /// <summary>Starts a new attempt at the first stale step.</summary>
    private void Abandon()
    {
        if (staleFrom >= deeds.Count)
        {
            staleFrom = int.MaxValue;
            return;
        }

        Counts.RepairCount++;
        lost.AddRange(CallsFrom(staleFrom).Except(lost));
        deeds.RemoveRange(staleFrom, deeds.Count - staleFrom);
        staleFrom = int.MaxValue;
    }

    /// <summary>The calls from a step on that have left something.</summary>
    private IEnumerable<string> CallsFrom(int step) =>
        deeds.Skip(step).Where(deed => deed is { IsWithdrawn: false, Move: Move.Call { IsRead: false } }).Select(deed => deed.Call).OfType<string>();

    /// <summary>A step that has been made.</summary>
    private sealed record Deed(Move Move, string? Call, string Answer, bool IsError)
    {
        public bool IsWithdrawn { get; set; }

        public List<FileState> Before { get; init; } = [];
    }
}

/// <summary>How an agent works with the runtime behind its line.</summary>
/// <param name="IsCoordinated">Whether there are <c>coagent_finish</c> and <c>coagent_undo</c>, and notices.</param>
/// <param name="UndoesByHand">Whether it puts back by itself what was there before.</param>
/// <param name="ForeseesWithdrawals">Whether what it takes back later is not made at all.</param>
internal sealed record AgentRules(bool IsCoordinated, bool UndoesByHand, bool ForeseesWithdrawals)
{
    /// <summary>Before CoAgent, which keeps the order.</summary>
    public static AgentRules Coordinated { get; } = new(IsCoordinated: true, UndoesByHand: false, ForeseesWithdrawals: false);

    /// <summary>Before tools that nobody coordinates.</summary>
    public static AgentRules Uncoordinated { get; } = new(IsCoordinated: false, UndoesByHand: true, ForeseesWithdrawals: false);

    /// <summary>One after the other, to compare with: what is taken back has not happened.</summary>
    public static AgentRules Serial { get; } = new(IsCoordinated: false, UndoesByHand: false, ForeseesWithdrawals: true);
}

/// <summary>What an agent has done.</summary>
internal sealed class AgentCounts
{
    public int CallCount { get; set; }

    public int WriteCount { get; set; }

    public int GatedCount { get; set; }

    public int RepairCount { get; set; }

    public int TakenBackCount { get; set; }

    public int FinishCount { get; set; }

    /// <summary>The most different notices that one answer brought.</summary>
    public int NoticesAtOnceMax { get; set; }
}
