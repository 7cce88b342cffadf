using CoAgent.Protocol;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proxy.Configuration;
using Decision = CoAgent.Runtime.Coordination.CallAnswer.Decided;

namespace CoAgent.Proxy.Pipeline;

/// <summary>What a call that got no answer from its tool came to, in words for its agent: what happened, and how to go on.</summary>
internal static class DecisionWords
{
    /// <summary>The words.</summary>
    /// <param name="decision">What became of the call.</param>
    /// <param name="gate">How a write passes the premise gate.</param>
    public static string Of(Decision decision, Configuration.GateMode gate) => decision.Result switch
    {
        CallResult.Gated when gate == Configuration.GateMode.Ack =>
            "This call was not made: something that you saw has changed since. Settle each notice with coagent_resolve, then make the call again if it still holds.",
        CallResult.Gated =>
            "This call was not made: something that you saw has changed since. If it still holds, make the same call again; else make the one that holds now.",
        CallResult.Deferred =>
            "Receipt: this call cannot be taken back, so it is made when every agent before you has finished, if what you have read is still true then; if it is not, you get a notice. Do not repeat it.",
        CallResult.NotDone => $"{Reason(decision)}This call did not take effect.",
        CallResult.TakenBack =>
            $"{Reason(decision)}What this call may have done was taken back: it did not take effect. Make it again if it still holds.",
        CallResult.Unknown unknown =>
            $"{Reason(decision)}It is unknown whether this call took effect: look before you repeat it.{Closed(unknown.Quarantine)}",
        CallResult.Cancelled => "This call was taken back before it was made.",
        CallResult.Refused refused => $"{WordsOf(refused.Refusal)} This call did not take effect.",
        _ => $"{Reason(decision)}The tool's answer is no longer there; coagent_status tells what became of the call.",
    };

    /// <summary>Why something was not begun, in words.</summary>
    public static string WordsOf(Refusal refusal) => refusal switch
    {
        Refusal.NotOpen => "Your transaction has ended meanwhile; the next call begins another.",
        Refusal.LimitReached limit =>
            $"The workspace holds as much as it takes ({limit.Limit}: {limit.Max:N0}). Finish with coagent_finish, or wait until others have finished, and try again.",
        Refusal.Quarantined { Quarantine: var quarantine } =>
            $"Nobody knows the state of {string.Join(", ", quarantine.Objects)} since call {quarantine.Call} ({WordsOf(quarantine.Reason)}). "
            + $"They are closed until the operator has looked: coagent release {quarantine.Id}.",
        Refusal.Irreversible irreversible =>
            $"Call {irreversible.Call} lies above it on the same objects and cannot be taken back.",
        _ => throw new InvalidOperationException($"Nobody knows the refusal {refusal.GetType().Name}."),
    };

    private static string WordsOf(QuarantineReason reason) => reason switch
    {
        QuarantineReason.InverseFailed => "taking it back failed",
        QuarantineReason.InDoubt => "whether it happened could not be found out",
        QuarantineReason.OutsideWrite => "somebody outside has changed what it wrote",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private static string Reason(Decision decision) => decision.Reason is { Length: > 0 } reason ? $"{reason}\n" : "";

    private static string Closed(QuarantineId? quarantine) => quarantine is { } id
        ? $" Until the operator has looked (coagent release {id}), no call may touch what it may have written."
        : "";
}
