using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.History;

/// <summary>A call as the journal knows it, also after it was folded.</summary>
/// <param name="Call">Its name, its agent, and what was asked; what was asked may be cut when it is folded.</param>
/// <param name="Transaction">In which it was made.</param>
/// <param name="Declaration">What it was declared to touch, and how.</param>
/// <param name="ProposedAt">When it was proposed.</param>
public sealed record CallStory(NamedCall Call, Transaction Transaction, CallDeclaration Declaration, DateTimeOffset ProposedAt)
{
    /// <summary>Its place in the serial order; null before it had one.</summary>
    public Position? Position { get; init; }

    /// <summary>What its agent was told became of it; null before.</summary>
    public CallResult? Answer { get; init; }

    /// <summary>What the tool answered last; null before it did, or when that is no longer kept.</summary>
    public ToolResult? Result { get; init; }

    /// <summary>Whether its transaction has ended and it is part of what all later ones began with.</summary>
    public bool IsFolded { get; init; }
}
