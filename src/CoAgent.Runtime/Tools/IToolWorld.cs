using System.Collections.Immutable;
using CoAgent.Protocol.Objects;

namespace CoAgent.Runtime.Tools;

/// <summary>The tools as the coordinator sees them: what a call touches, and how its effects are carried out and taken back.</summary>
/// <remarks>
/// Calls come from several threads; those that are out at one time touch disjoint objects. Whatever a tool or a server does
/// is an outcome, never an exception: an exception is a fault of ours, and the coordinator takes the effect as unknown.
/// An effect mostly begins on the thread of whoever asked for it, one that reads from a client, or from a server: what takes its time
/// without waiting for something takes it on another one.
/// </remarks>
public interface IToolWorld
{
    /// <summary>Captures what the inverse of a write needs. Nothing has changed when it returns.</summary>
    /// <param name="effect">The write.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken);

    /// <summary>Executes a write whose preparation is durable by now.</summary>
    /// <param name="effect">The write.</param>
    /// <param name="prepared">What <see cref="PrepareAsync"/> returned for it.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    ValueTask<Execution> ExecuteAsync(WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken);

    /// <summary>Takes a write back, unless somebody outside has changed what it left.</summary>
    /// <param name="call">The call.</param>
    /// <param name="captured">What was captured for it; what it left is empty when its outcome is not known.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken);

    /// <summary>Finds out whether a write happened.</summary>
    /// <param name="call">The call.</param>
    /// <param name="captured">What was captured for it.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken);

    /// <summary>Answers a read.</summary>
    /// <param name="effect">The read.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken);
}

/// <summary>A write that is to be executed.</summary>
/// <param name="Call">The call.</param>
/// <param name="IsReplay">Whether it was executed before and taken out since.</param>
/// <param name="Beneath">
/// What was captured for the later write that lies on the same objects: the call takes over what was there before it. Null: it lies on top.
/// </param>
public sealed record WriteEffect(NamedCall Call, bool IsReplay, Captured? Beneath)
{
    /// <summary>What the call was declared to touch: it is latched, and nothing else may be touched. Null: whoever executes it does not look.</summary>
    public Footprint? Declared { get; init; }
}

/// <summary>A read that is to be answered at its position.</summary>
/// <param name="Call">The call.</param>
/// <param name="Hidden">The later writes, lowest first, whose objects are to be shown as they were before them; empty: as they are.</param>
/// <param name="IsReread">Whether its agent has an answer already.</param>
public sealed record ReadEffect(NamedCall Call, ImmutableArray<HiddenWrite> Hidden, bool IsReread)
{
    /// <summary>What the call was declared to look at: only of that the later writes are known. Null: whoever answers it does not look.</summary>
    public Footprint? Declared { get; init; }
}

/// <summary>A later write that a read must not see.</summary>
/// <param name="Call">The call.</param>
/// <param name="Captured">What was captured for it.</param>
public sealed record HiddenWrite(NamedCall Call, Captured Captured);

/// <summary>What became of a preparation.</summary>
public abstract record Preparation
{
    private Preparation()
    {
    }

    /// <summary>Everything that the inverse needs is captured.</summary>
    /// <param name="Before">What the inverse restores.</param>
    /// <param name="State">What the execution goes on with; kept in memory only.</param>
    public sealed record Ready(Capture Before, object? State = null) : Preparation;

    /// <summary>The call cannot be made: nothing has happened.</summary>
    /// <param name="Reason">Why, for the agent.</param>
    public sealed record NotPossible(string Reason) : Preparation;

    /// <summary>What it was to go beneath is not what the trajectory left: somebody outside has changed it.</summary>
    public sealed record OutsideWrite : Preparation;
}

/// <summary>What became of an execution, or a read.</summary>
public abstract record Execution
{
    private Execution()
    {
    }

    /// <summary>The tool answered.</summary>
    /// <param name="Result">What it answered.</param>
    /// <param name="AfterUtf8">What it left, in the words of whoever captured; empty for a read, and where nobody can tell.</param>
    public sealed record Answered(ToolResult Result, ReadOnlyMemory<byte> AfterUtf8 = default) : Execution
    {
        /// <summary>What of the answer is state, and so compared with what was answered before; null where all of it is.</summary>
        public ToolResult? Compared { get; init; }
    }

    /// <summary>It surely did not happen.</summary>
    /// <param name="Reason">Why, for the agent.</param>
    public sealed record NotDone(string Reason) : Execution;

    /// <summary>It may have happened.</summary>
    /// <param name="Reason">Why nobody knows, for the agent.</param>
    public sealed record Unknown(string Reason) : Execution;
}

/// <summary>What became of an inverse.</summary>
public abstract record Inversion
{
    private Inversion()
    {
    }

    /// <summary>What was there before the call is there again.</summary>
    public sealed record Done : Inversion;

    /// <summary>It failed; trying again may help.</summary>
    /// <param name="Reason">Why, for the operator.</param>
    public sealed record Failed(string Reason) : Inversion;

    /// <summary>It may have run, wholly or in part.</summary>
    /// <param name="Reason">Why nobody knows, for the operator.</param>
    public sealed record Unknown(string Reason) : Inversion;

    /// <summary>It was not begun, because somebody outside has changed what the call had left.</summary>
    public sealed record OutsideWrite : Inversion;
}

/// <summary>What a probe has found.</summary>
public enum Finding
{
    /// <summary>The call happened.</summary>
    Happened,

    /// <summary>It did not happen.</summary>
    DidNotHappen,

    /// <summary>It cannot be told.</summary>
    Unclear,
}
