using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Journal;

/// <summary>One thing that a journal keeps (protocol.md, section 9). The inputs among them, in order, give the protocol's state again.</summary>
/// <param name="At">When it was written.</param>
public abstract record JournalEntry(DateTimeOffset At)
{
    /// <summary>A daemon has begun to write.</summary>
    /// <param name="At">When.</param>
    /// <param name="BootId">Names the machine's boot: another one means that what was not flushed may be lost.</param>
    /// <param name="Options">What the inputs that follow were decided by, until the next one of these.</param>
    /// <param name="IsFresh">Whether the state begins anew here, numbered on from what came before.</param>
    public sealed record Opened(DateTimeOffset At, string BootId, ProtocolOptions Options, bool IsFresh) : JournalEntry(At);

    /// <summary>
    /// Nothing was open, and this is all that was left of the workspace: who wants to go on begins to read here, and what came
    /// before may be deleted (docs/decisions/0017). No input.
    /// </summary>
    /// <param name="At">When.</param>
    /// <param name="Number">Its own number in the journal, counted from 1.</param>
    /// <param name="BootId">The boot that the latest <see cref="Opened"/> before it names.</param>
    /// <param name="Options">What the inputs that follow were decided by, until the next <see cref="Opened"/>.</param>
    /// <param name="Left">What was left.</param>
    public sealed record Rested(DateTimeOffset At, long Number, string BootId, ProtocolOptions Options, MemoryRest Left) : JournalEntry(At);

    /// <summary>An agent settled a notice.</summary>
    /// <param name="At">When.</param>
    /// <param name="Input">The input. Before version 2 it was a <see cref="Taken"/>.</param>
    /// <param name="Reason">Why it decided so, in its own words; null when it did not say.</param>
    public sealed record Resolved(DateTimeOffset At, Input.Resolve Input, string? Reason) : JournalEntry(At);

    /// <summary>An input that needs nothing more to be understood.</summary>
    /// <param name="At">When.</param>
    /// <param name="Input">The input: none of those that have an entry of their own.</param>
    public sealed record Taken(DateTimeOffset At, Input Input) : JournalEntry(At);

    /// <summary>A call was proposed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Input">The input.</param>
    /// <param name="Call">What was asked, and by whom.</param>
    /// <param name="IsErrorAnOutcome">As in <see cref="ToolDeclaration"/>.</param>
    public sealed record Proposed(DateTimeOffset At, Input.Propose Input, NamedCall Call, bool IsErrorAnOutcome) : JournalEntry(At);

    /// <summary>A write is about to be executed: its intent.</summary>
    /// <param name="At">When.</param>
    /// <param name="Effect">The effect.</param>
    /// <param name="Call">The call.</param>
    /// <param name="Before">What its inverse restores; takes the place of what was captured for the call before.</param>
    public sealed record Prepared(DateTimeOffset At, EffectId Effect, CallId Call, Capture Before) : JournalEntry(At);

    /// <summary>An effect on the world has ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="Input">The input.</param>
    /// <param name="Call">The call.</param>
    /// <param name="Result">What the tool answered; null when it did not, or was not asked.</param>
    /// <param name="AfterUtf8">What the call left; empty when that is not known.</param>
    /// <param name="Reason">Why it was not done or nobody knows, in words; null otherwise.</param>
    public sealed record Ended(
        DateTimeOffset At, Input.Ended Input, CallId Call, ToolResult? Result, ReadOnlyMemory<byte> AfterUtf8, string? Reason)
        : JournalEntry(At);

    /// <summary>Transactions were folded: what was captured and answered for their calls is released. No input.</summary>
    /// <param name="At">When.</param>
    /// <param name="Calls">The calls.</param>
    public sealed record Released(DateTimeOffset At, ImmutableArray<CallId> Calls) : JournalEntry(At);
}

/// <summary>What an entry has to survive before who wrote it goes on.</summary>
public enum Persistence
{
    /// <summary>Nothing: it is there as soon as a later one is.</summary>
    Ordered,

    /// <summary>The end of this process: the operating system has it.</summary>
    Written,

    /// <summary>A loss of power: the disk has it. With <c>"durability": "process"</c> the same as <see cref="Written"/>.</summary>
    Flushed,
}
