using System.Diagnostics.CodeAnalysis;

namespace CoAgent.Protocol;

/// <summary>What must hold whatever the agents and the world do; where it does not, the fault is ours.</summary>
public static class Invariant
{
    /// <summary>Stops the workspace when a condition that the protocol rests on does not hold.</summary>
    /// <param name="holds">The condition, stated positively.</param>
    /// <param name="claim">The condition in words.</param>
    /// <exception cref="InvariantException">The condition does not hold.</exception>
    public static void Require([DoesNotReturnIf(false)] bool holds, string claim)
    {
        if (!holds)
        {
            throw new InvariantException(claim);
        }
    }
}

/// <summary>The protocol's state is not what it must be: the workspace stops and the journal is left for replay.</summary>
/// <param name="claim">What should have held.</param>
public sealed class InvariantException(string claim) : Exception($"An invariant does not hold: {claim}.")
{
    /// <summary>What should have held, in words.</summary>
    public string Claim { get; } = claim;
}
