using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>A tool call that an agent wants to make.</summary>
/// <param name="Call">Its name, who makes it, and what is asked.</param>
/// <param name="Given">The rank that its agent asks for when a transaction begins with it; null to be placed.</param>
/// <param name="Declaration">What it touches, bound just now.</param>
public sealed record CallProposal(NamedCall Call, Rank? Given, ToolDeclaration Declaration)
{
    /// <summary>Told, from the loop, each time that the call has to wait for lower ranks; must return at once.</summary>
    public Action<ImmutableArray<Rank>>? Held { get; init; }
}
