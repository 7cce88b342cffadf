namespace CoAgent.Protocol.Order;

/// <summary>One place in a declared order: an agent's name, or <c>*</c> for all who are not named.</summary>
/// <param name="Name">The agent's name, or <see cref="Arrivals"/>.</param>
/// <param name="Await">Whether later ranks wait for this agent even before it has begun.</param>
public sealed record OrderEntry(string Name, bool Await = false)
{
    /// <summary>The name that stands for every agent that the order does not name.</summary>
    public const string Arrivals = "*";
}
