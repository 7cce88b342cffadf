using CoAgent.Protocol.Order;
using CoAgent.Proving.Exploring;
using CoAgent.Proving.Worlds;

namespace CoAgent.Proving.Agents;

/// <summary>What has become of one step in an agent's present attempt.</summary>
internal sealed class StepRecord
{
    /// <summary>How far it is.</summary>
    public StepState State { get; private set; }

    /// <summary>The call that was made for it; null when none was.</summary>
    public CallId? Call { get; private set; }

    /// <summary>What was asked of the tool.</summary>
    public ToolCall? Tool { get; private set; }

    /// <summary>What the agent knows the answer to be; null when it knows none.</summary>
    public string? Answer { get; private set; }

    /// <summary>Whether the agent has a receipt instead of an answer.</summary>
    public bool IsDeferred { get; private set; }

    /// <summary>Whether nobody can tell the agent if the call happened.</summary>
    public bool IsUncertain { get; private set; }

    /// <summary>Whether the agent has already asked to drop the call.</summary>
    public bool IsCancelAsked { get; set; }

    /// <summary>Takes into a hash all that there is.</summary>
    public void AddTo(ref Hash128 hash, CanonicalNames names)
    {
        hash.Add(((long)State * 8) + (IsDeferred ? 4 : 0) + (IsUncertain ? 2 : 0) + (IsCancelAsked ? 1 : 0));
        hash.Add(Call is { } call ? names.Of(call) : -2);
        hash.Add(Answer);
        hash.Add(Tool?.Text);
        hash.Add(Tool?.With);
    }

    public void Reset() =>
        (State, Call, Tool, Answer, IsDeferred, IsUncertain, IsCancelAsked) = (StepState.None, null, null, null, false, false, false);

    public void Open(CallId call, ToolCall tool)
    {
        Reset();
        (State, Call, Tool) = (StepState.Open, call, tool);
    }

    public void Skip()
    {
        Reset();
        State = StepState.Skipped;
    }

    public void Tell(string answer) => (State, Answer) = (StepState.Told, answer);

    public void Defer() => (State, IsDeferred) = (StepState.Told, true);

    public void TellNothing() => (State, IsUncertain) = (StepState.Told, true);
}

/// <summary>How far a step is.</summary>
internal enum StepState
{
    /// <summary>Not made.</summary>
    None,

    /// <summary>The call is out.</summary>
    Open,

    /// <summary>The call is answered.</summary>
    Told,

    /// <summary>It is passed over.</summary>
    Skipped,
}
