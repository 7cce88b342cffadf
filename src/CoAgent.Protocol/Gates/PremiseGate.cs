using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Gates;

/// <summary>Keeps back a write whose agent decided it without knowing what it has been told since (protocol.md, section 3, step 1).</summary>
internal static class PremiseGate
{
    public static bool IsClosed(WorkspaceState state, Call call)
    {
        if (call.Declaration.IsRead)
        {
            return false;
        }

        var notices = call.Transaction.Notices;
        if (call.IsDeferred)
        {
            return state.Rules.Keep(Rule.DeferredIsRechecked) && (notices.Open.Count > 0 || IsUnseen(call));
        }

        return state.Rules.Keep(Rule.PremiseGate) && state.Options.Gate switch
        {
            GateMode.Off => call.Declaration.IsIrreversible && (notices.Open.Count > 0 || IsUnseen(call)),
            GateMode.Reissue =>
                notices.Open.Count > 0 || (IsUnseen(call) && state.Rules.Keep(Rule.PremiseGateSeesDelivery)),
            GateMode.Acknowledge => notices.Count > 0,
            _ => throw new InvariantException("a gate has one of three modes"),
        };
    }

    /// <summary>What was delivered after the call was proposed was not known to it.</summary>
    private static bool IsUnseen(Call call) => call.Transaction.Notices.DeliveredAt > call.ProposedAt;
}
