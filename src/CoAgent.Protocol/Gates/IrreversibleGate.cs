using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Gates;

/// <summary>Keeps back what cannot be taken back until every lower rank has finished (protocol.md, section 3, step 2).</summary>
internal static class IrreversibleGate
{
    /// <remarks>A recheck on its way may still find that what the transaction read is not so.</remarks>
    public static bool IsClosed(WorkspaceState state, Call call) =>
        call.Declaration is { IsIrreversible: true, IsRead: false }
        && (!state.Order.IsLowest(call.Position.Rank) || state.UnownedCount > 0)
        && state.Rules.Keep(Rule.IrreversibleGate);
}
