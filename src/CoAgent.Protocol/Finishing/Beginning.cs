using System.Collections.Immutable;
using CoAgent.Protocol.Latches;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Reordering;
using CoAgent.Protocol.Resting;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Finishing;

/// <summary>Begins transactions; an agent that comes back takes along what it had read (protocol.md, section 7).</summary>
internal static class Beginning
{
    public static void Begin(WorkspaceState state, Input.Begin begin)
    {
        switch (state.Order.Begin(begin.Agent, begin.Given))
        {
            case BeginDecision.AlreadyOpen(var open):
                state.Emit(new Effect.Began(open, IsNew: false));
                break;
            case BeginDecision.Begun when state.Transactions.Count + state.Order.Withdrawn.Count >= state.Limits.TransactionsMax:
                state.Emit(new Effect.BeginRefused(begin.Agent, Refusal: null));
                break;
            case BeginDecision.Begun(var order, var transaction):
                state.Order = order;
                var begun = new TransactionState(transaction);
                state.Transactions.Add(transaction.Id, begun);
                state.Emit(new Effect.Began(transaction, IsNew: true));
                BringAlong(state, begun);
                break;
            case BeginDecision.Refused(var refusal):
                state.Emit(new Effect.BeginRefused(begin.Agent, refusal));
                break;
        }
    }

    private static void BringAlong(WorkspaceState state, TransactionState begun)
    {
        var moved = ImmutableArray.CreateBuilder<Call>();
        foreach (var left in state.Unattended.Where(left => left.Transaction.Agent == begun.Transaction.Agent))
        {
            if (left.Successor is null)
            {
                begun.Notices.TakeOver(left.Notices);
                left.Successor = begun;
            }

            if (state.Rules.Keep(Rule.LapsedReadsMoveAlong))
            {
                foreach (var read in left.Calls.Where(call => call.State == CallState.Read).ToArray())
                {
                    state.Trajectories.Remove(read);
                    state.Forget(read);
                    moved.Add(Place(state, begun, LapsedReads.Of(read)));
                }
            }
        }

        if (state.Lapsed.Take(begun.Transaction.Agent) is { } lapsed && state.Rules.Keep(Rule.LapsedReadsMoveAlong))
        {
            moved.AddRange(lapsed.Reads.Select(read => Place(state, begun, read)));
            if (lapsed.IsIncomplete)
            {
                NoticeFiling.FileOverflow(state, begun, NoticeCause.Outside);
            }
        }

        if (moved.Count > 0)
        {
            var request = new PlanRequest(NoticeCause.Outside) { Rereads = moved.ToImmutable(), RereadsAll = true };
            OperationFlow.Enqueue(state, new RecheckOperation(request) { Ticket = state.NextTicket() });
        }
    }

    private static Call Place(WorkspaceState state, TransactionState begun, LapsedRead read)
    {
        var moved = new Call(read.Call, begun, begun.NextPosition(), read.Declaration)
        {
            State = CallState.Read,
            Told = read.Told,
        };
        state.Calls.Add(moved.Id, moved);
        begun.Add(moved);
        state.Trajectories.Add(moved);
        return moved;
    }
}
