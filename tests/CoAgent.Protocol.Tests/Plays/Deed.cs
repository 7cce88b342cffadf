using System.Collections.Immutable;
using CoAgent.Protocol.Order;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>A call that an agent has made, with those that it has made over.</summary>
/// <param name="move">What it is.</param>
/// <param name="calls">Its calls, the latest last.</param>
/// <param name="answer">What the latest was answered.</param>
internal sealed class Deed(Move move, ImmutableArray<CallId> calls, string answer)
{
    public Move Move { get; } = move;

    public ImmutableArray<CallId> Calls { get; } = calls;

    public string Answer { get; set; } = answer;

    /// <summary>Whether the script itself has taken it back.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Whether an effect of it is in place.</summary>
    public bool IsIn => !Move.IsRead && !IsWithdrawn;

    /// <summary>Its place among the agent's calls.</summary>
    public long Number => Calls[^1].Number;

    public bool Conflicts(Deed other) => !IsWithdrawn && !other.IsWithdrawn && Move.ConflictsWith(other.Move);

    public bool IsReplacedBy(Move other) =>
        Move.IsBlind && other.IsBlind && !IsWithdrawn && Move.Footprint.Equals(other.Footprint);
}

/// <summary>What an agent is about to do.</summary>
internal abstract record Intention
{
    private Intention()
    {
    }

    /// <summary>To make a call.</summary>
    /// <param name="Move">The call.</param>
    /// <param name="Replaced">The blind write that it is made over; null when there is none.</param>
    public sealed record Make(Move Move, Deed? Replaced) : Intention;

    /// <summary>To take back calls.</summary>
    /// <param name="Calls">The calls.</param>
    /// <param name="Withdrawn">The deed that the script itself takes back; null for a repair.</param>
    public sealed record TakeBack(ImmutableArray<CallId> Calls, Deed? Withdrawn) : Intention;

    public sealed record Abort : Intention;

    public sealed record Finish : Intention;
}
