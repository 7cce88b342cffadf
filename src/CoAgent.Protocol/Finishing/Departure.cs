using CoAgent.Protocol.Gates;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Finishing;

/// <summary>Transactions whose agent is gone (protocol.md, section 7).</summary>
internal static class Departure
{
    /// <summary>Leaves a transaction unattended: its calls stay, it finishes by itself after those before it.</summary>
    public static void Leave(WorkspaceState state, Input.Leave leave)
    {
        if (!state.Transactions.TryGetValue(leave.Transaction, out var transaction) || !transaction.IsOpen)
        {
            return;
        }

        FinishGate.Refuse(state, transaction);
        foreach (var held in transaction.Parked.Where(held => !held.Call.IsDeferred).ToArray())
        {
            Admission.Drop(state, held);
        }

        BecomeUnattended(state, transaction);
        if (!state.Rules.Keep(Rule.UnattendedKeeps))
        {
            Drop(state, transaction);
        }
    }

    /// <summary>Ends a transaction whose calls were taken back; where some had to stay it is unattended instead.</summary>
    public static void EndAborted(WorkspaceState state, TransactionState transaction, bool isWhole)
    {
        (transaction.Abort, transaction.IsAbortAnswered) = (null, false);
        state.Aborting.Remove(transaction);
        if (isWhole)
        {
            Ending.Withdraw(state, transaction);
        }
        else
        {
            BecomeUnattended(state, transaction);
        }
    }

    private static void BecomeUnattended(WorkspaceState state, TransactionState transaction)
    {
        if (!transaction.IsUnattended)
        {
            transaction.IsUnattended = true;
            state.Order = state.Order.Unattended(transaction.Transaction);
            state.Unattended.Add(transaction);
        }
    }

    private static void Drop(WorkspaceState state, TransactionState transaction)
    {
        foreach (var call in transaction.Calls.Where(call => call.IsPlaced).ToArray())
        {
            state.Trajectories.Remove(call);
            state.Forget(call);
        }
    }
}
