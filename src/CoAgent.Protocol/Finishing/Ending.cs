using System.Collections.Immutable;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Finishing;

/// <summary>Ends a transaction: its calls are folded into the base and leave memory (protocol.md, section 7).</summary>
internal static class Ending
{
    /// <summary>Ends a transaction that is finished.</summary>
    public static void End(WorkspaceState state, TransactionState transaction)
    {
        state.Order = state.Order.Without(transaction.Transaction);
        Leave(state, transaction);
    }

    /// <summary>Ends a transaction whose calls were all taken back: it was never there.</summary>
    public static void Withdraw(WorkspaceState state, TransactionState transaction)
    {
        state.Order = state.Order.Withdraw(transaction.Transaction);
        Leave(state, transaction);
    }

    private static void Leave(WorkspaceState state, TransactionState transaction)
    {
        state.Transactions.Remove(transaction.Id);
        foreach (var left in state.Unattended.Where(left => left.Successor == transaction))
        {
            left.Successor = null;
        }

        ImmutableArray<Notice> open = [];
        if (transaction.IsUnattended)
        {
            state.Unattended.Remove(transaction);
            state.Lapsed.Remember(state.Limits, transaction);
            transaction.Notices.Reopen();
            open = transaction.Notices.Deliver(transaction, state.StepNumber, isKnowledge: false);
        }

        ImmutableArray<CallId> folded = [.. transaction.Calls.Select(call => call.Id)];
        if (state.Rules.Keep(Rule.Folding))
        {
            Fold(state, transaction);
        }

        state.Emit(new Effect.Folded(transaction.Transaction, folded, open));
        OperationFlow.ReadyLowest(state);
    }

    private static void Fold(WorkspaceState state, TransactionState transaction)
    {
        foreach (var call in transaction.Calls)
        {
            if (call.IsPlaced)
            {
                state.Trajectories.Remove(call);
            }

            state.Captured(call, bytes: 0);
            state.Calls.Remove(call.Id);
            call.IsGone = true;
        }
    }
}
