using System.Collections.Immutable;

namespace CoAgent.Runtime.Tools;

/// <summary>The objects that a call reads and writes, as patterns over object ids (protocol.md, section 2).</summary>
/// <param name="Reads">What the call's result depends on.</param>
/// <param name="Writes">What the call changes; empty for a read.</param>
/// <param name="IsReversible">Whether the call's effect can be taken back.</param>
public sealed record ToolFootprint(ImmutableArray<string> Reads, ImmutableArray<string> Writes, bool IsReversible)
{
    /// <summary>True where a result marked as an error is an outcome like others (a command's exit code), not a tool that failed.</summary>
    public bool IsErrorAnOutcome { get; init; }

    /// <summary>Whether the call changes nothing.</summary>
    public bool IsRead => Writes.IsEmpty;
}
