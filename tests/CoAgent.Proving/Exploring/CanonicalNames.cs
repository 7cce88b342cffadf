using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;

namespace CoAgent.Proving.Exploring;

/// <summary>
/// Names for what a state is about that do not depend on how it was reached: calls and waiting operations by their
/// order, not by how many there have been before.
/// </summary>
internal sealed class CanonicalNames
{
    private readonly Dictionary<CallId, int> _calls = [];
    private readonly List<Position> _positions = [];
    private readonly List<long> _tickets;
    private readonly List<long> _quarantines;

    public CanonicalNames(WorkspaceState state)
    {
        foreach (var call in state.Calls.Values.OrderBy(call => call.Position))
        {
            _calls.Add(call.Id, _calls.Count);
            _positions.Add(call.Position);
        }

        _tickets = [.. state.Operations.Select(operation => operation.Ticket).Order()];
        _quarantines = [.. state.Quarantines.All.Select(quarantine => quarantine.Id.Number)];
    }

    /// <summary>A remembered call's place among all; -1 for one that is gone.</summary>
    public int Of(CallId call) => _calls.GetValueOrDefault(call, -1);

    /// <summary>How many remembered calls come before a position.</summary>
    public int Of(Position position)
    {
        var at = _positions.BinarySearch(position);
        return at < 0 ? ~at : at;
    }

    /// <summary>An operation's place in the queue; -1 for one that is over.</summary>
    public int OfTicket(long ticket) => Math.Max(_tickets.BinarySearch(ticket), -1);

    /// <summary>A quarantine's place among all; -1 for one that is over.</summary>
    public int Of(QuarantineId quarantine) => Math.Max(_quarantines.BinarySearch(quarantine.Number), -1);
}
