using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Runs;

/// <summary>One thing that may happen next in a run.</summary>
internal abstract record Choice
{
    private Choice()
    {
    }

    /// <summary>Whether the run goes on by it; else it is a disturbance.</summary>
    public bool IsProgress => this is Act or End { How: Ending.Normal } or Release;

    /// <summary>An agent makes its move.</summary>
    public sealed record Act(int Agent) : Choice;

    /// <summary>An effect on the world ends.</summary>
    public sealed record End(EffectId Effect, Ending How) : Choice;

    /// <summary>Everything stops and starts again: of no effect that is out is it known if it happened, and of no notice if it was heard.</summary>
    /// <param name="Happened">Which of the effects happened: one bit for each, in order.</param>
    public sealed record Crash(int Happened) : Choice;

    /// <summary>The operator puts quarantined objects right.</summary>
    public sealed record Release(QuarantineId Quarantine, ReleaseVerdict Verdict) : Choice;

    /// <summary>An agent drops a call that it then makes again.</summary>
    public sealed record Cancel(int Agent, CallId Call) : Choice;

    /// <summary>A finish has waited long enough.</summary>
    public sealed record StopWaiting(int Agent) : Choice;

    /// <summary>What an agent was told may be lost, and is told again.</summary>
    public sealed record Redeliver(int Agent) : Choice;

    /// <summary>The operator takes back a call.</summary>
    public sealed record TakeBack(CallId Call) : Choice;

    /// <summary>An agent is gone; it may come back.</summary>
    public sealed record Leave(int Agent, bool IsForGood) : Choice;
}
