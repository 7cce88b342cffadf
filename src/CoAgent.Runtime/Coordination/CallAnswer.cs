using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>What an agent is told of its call.</summary>
public abstract record CallAnswer
{
    private CallAnswer()
    {
    }

    /// <summary>There is no transaction for the call.</summary>
    /// <param name="Message">Why, and what to do.</param>
    public sealed record NotBegun(string Message) : CallAnswer;

    /// <summary>The protocol has decided.</summary>
    /// <param name="Transaction">Whose call it is.</param>
    /// <param name="Position">Its place in the serial order; null when it was refused before it had one.</param>
    /// <param name="Result">What became of it.</param>
    /// <param name="Tool">What the tool answered; null when it was not asked, or gave no answer.</param>
    /// <param name="Reason">Why it was not done or nobody knows, in words; null otherwise.</param>
    /// <param name="Notices">What the agent has not been told yet.</param>
    /// <param name="Changed">Its own later calls whose results this one has changed.</param>
    public sealed record Decided(
        Transaction Transaction,
        Position? Position,
        CallResult Result,
        ToolResult? Tool,
        string? Reason,
        ImmutableArray<ToldNotice> Notices,
        ImmutableArray<ToldChange> Changed) : CallAnswer;
}
