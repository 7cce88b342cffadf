using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <summary>What the runtime knows of a call that the protocol remembers.</summary>
internal sealed class CallRecord(NamedCall call, Transaction transaction, Footprint footprint, bool isErrorAnOutcome)
{
    public NamedCall Call { get; } = call;

    /// <summary>The transaction in which it was made.</summary>
    public Transaction Transaction { get; } = transaction;

    /// <summary>What it was declared to touch.</summary>
    public Footprint Footprint { get; } = footprint;

    /// <summary>Whether a result marked as an error is an outcome like others.</summary>
    public bool IsErrorAnOutcome { get; } = isErrorAnOutcome;

    /// <summary>What its inverse restores; empty before it was first prepared.</summary>
    public Capture Before { get; set; } = Capture.Empty;

    /// <summary>What it left when it was last executed; empty when nobody knows.</summary>
    public ReadOnlyMemory<byte> AfterUtf8 { get; set; }

    /// <summary>What inverse, probe and hidden view are given.</summary>
    public Captured Captured => new(Before, AfterUtf8);

    /// <summary>What the tool answered last; null before it did.</summary>
    public ToolResult? Latest { get; set; }

    /// <summary>The digest of <see cref="Latest"/>.</summary>
    public ResultDigest LatestDigest { get; set; }

    /// <summary>The digests of all that the tool has answered: the latest, and what its agent and notices may still be shown.</summary>
    public List<ResultDigest> Answers { get; } = new(1);

    /// <summary>Why an effect was last not done, or nobody knows; null otherwise.</summary>
    public string? Reason { get; set; }

    /// <summary>How many effects of it are out.</summary>
    public int OutCount { get; set; }

    /// <summary>Whether its transaction is folded: it is forgotten with the last effect that is out.</summary>
    public bool IsFolded { get; set; }

    /// <summary>Whether it has no answer yet.</summary>
    public bool IsOpen { get; set; } = true;
}
