using System.Collections.Immutable;
using CoAgent.Protocol.Gates;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Finishing;

/// <summary>Lets a transaction finish when it is quiescent and every lower rank has finished (protocol.md, section 7).</summary>
internal static class FinishGate
{
    public static void Ask(WorkspaceState state, Input.Finish finish)
    {
        var transaction = state.Transactions.GetValueOrDefault(finish.Transaction);
        if (transaction is not { IsOpen: true })
        {
            state.Emit(new Effect.FinishAnswered(finish.Request, new FinishResult.NotOpen()));
            return;
        }

        if (transaction.WaitingFinish is not null)
        {
            AnswerWaiting(state, transaction);
        }

        NoticeSettlement.Confirm(state, transaction);
        transaction.WaitingFinish = finish.Request;
        if (!HasFinished(state, transaction) && (!finish.Wait || IsForTheAgent(state, transaction)))
        {
            AnswerWaiting(state, transaction);
        }
    }

    public static void EndWait(WorkspaceState state, Input.WaitEnded ended)
    {
        if (state.Transactions.TryGetValue(ended.Transaction, out var transaction) && transaction.WaitingFinish is not null)
        {
            AnswerWaiting(state, transaction);
        }
    }

    /// <summary>Gives a late notice to an agent whose finish waits: it is not done after all.</summary>
    public static void Reopen(WorkspaceState state, TransactionState transaction)
    {
        if (transaction.WaitingFinish is not null
            && IsForTheAgent(state, transaction)
            && state.Rules.Keep(Rule.LateNoticeReopens))
        {
            AnswerWaiting(state, transaction);
        }
    }

    /// <summary>Answers the finish that waits in a transaction that will not finish.</summary>
    public static void Refuse(WorkspaceState state, TransactionState transaction)
    {
        if (transaction.WaitingFinish is { } request)
        {
            transaction.WaitingFinish = null;
            state.Emit(new Effect.FinishAnswered(request, new FinishResult.NotOpen()));
        }
    }

    /// <summary>Finishes the lowest transaction, if it can.</summary>
    public static bool HasFinishedLowest(WorkspaceState state) =>
        state.Order.Lowest is { } lowest && HasFinished(state, state.Transactions[lowest.Id]);

    private static bool HasFinished(WorkspaceState state, TransactionState transaction)
    {
        var wants = transaction.IsUnattended || transaction.WaitingFinish is not null;
        var inOrder = state.Order.IsLowest(transaction.Rank) || !state.Rules.Keep(Rule.FinishInOrder);
        if (!wants || !inOrder || transaction.Abort is not null || transaction.OperationCount > 0 || state.UnownedCount > 0)
        {
            return false;
        }

        if (!state.Quarantines.Of(transaction).IsEmpty || (!transaction.IsUnattended && IsForTheAgent(state, transaction)))
        {
            return false;
        }

        if (transaction.WaitingFinish is { } request)
        {
            transaction.WaitingFinish = null;
            state.Emit(new Effect.FinishAnswered(request, new FinishResult.Finished()));
        }

        Ending.End(state, transaction);
        return true;
    }

    /// <summary>Whether something is missing that only the agent can do.</summary>
    private static bool IsForTheAgent(WorkspaceState state, TransactionState transaction)
    {
        var notices = transaction.Notices;
        var unsettled = state.Options.Gate == GateMode.Acknowledge ? notices.Count : notices.Open.Count;
        return (unsettled > 0 || transaction.Displaced.Count > 0) && state.Rules.Keep(Rule.FinishQuiescent);
    }

    private static void AnswerWaiting(WorkspaceState state, TransactionState transaction)
    {
        Invariant.Require(transaction.WaitingFinish is not null, "a finish that is answered was asked");
        var result = new FinishResult.Waiting(
            state.Order.RanksBefore(transaction.Rank),
            NoticeFiling.Deliver(state, transaction),
            [.. transaction.Displaced.Select(call => call.Id)],
            [.. state.OpenCalls.Values.Where(open => open.Owner == transaction).Select(open => open.Call.Id).OrderBy(call => call.Number)],
            state.Quarantines.Of(transaction));
        state.Emit(new Effect.FinishAnswered(transaction.WaitingFinish.Value, result));
        transaction.WaitingFinish = null;
    }
}
