using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol;

/// <summary>How an effect on the world ended.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>It was done; a read was answered (an answer that says "not there" is one), an inverse has run.</summary>
    /// <param name="Result">What came back; of an inverse or a probe it is not looked at.</param>
    /// <param name="CapturedBytes">How much the inverse keeps, in bytes.</param>
    public sealed record Done(ResultDigest Result, long CapturedBytes = 0) : Outcome;

    /// <summary>The tool answered with an error of its own; what it did before is there.</summary>
    /// <param name="Error">The error.</param>
    /// <param name="CapturedBytes">How much the inverse keeps, in bytes.</param>
    public sealed record Failed(ResultDigest Error, long CapturedBytes = 0) : Outcome;

    /// <summary>It surely did not happen: never sent, refused before it ran, or probed and not found.</summary>
    public sealed record NotDone : Outcome;

    /// <summary>It may have happened: timed out, connection lost, or the daemon died.</summary>
    public sealed record Unknown : Outcome;

    /// <summary>It was not begun, because somebody outside had changed what the trajectory's last write left.</summary>
    public sealed record OutsideWrite : Outcome;
}
