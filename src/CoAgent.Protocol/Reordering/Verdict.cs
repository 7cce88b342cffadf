using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Reordering;

/// <summary>What is known in the end of a write that was to be executed.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>It is in place.</summary>
    /// <param name="Result">What the tool said; null when nobody knows.</param>
    /// <param name="IsFailure">Whether the tool said that it failed.</param>
    /// <param name="CapturedBytes">What its capture keeps.</param>
    public sealed record Stands(ResultDigest? Result, bool IsFailure, long CapturedBytes) : Verdict;

    /// <summary>It has no effect.</summary>
    /// <param name="Error">The tool's error, when that is why; else null.</param>
    /// <param name="WasInDoubt">Whether it may have happened and was taken back.</param>
    public sealed record Absent(ResultDigest? Error, bool WasInDoubt) : Verdict;

    /// <summary>Nobody knows whether it is there.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Stuck(QuarantineReason Reason) : Verdict;

    /// <summary>It was not begun, because what it was to go beneath is not what the trajectory left.</summary>
    public sealed record Foreign : Verdict;
}
