using CoAgent.Protocol.Order;

namespace CoAgent.Protocol;

/// <summary>What a user decides about the protocol of one workspace.</summary>
public sealed record ProtocolOptions
{
    /// <summary>The declared order of agents.</summary>
    /// <value>The order of arrival.</value>
    public DeclaredOrder Order { get; init; } = DeclaredOrder.None;

    /// <summary>How a write passes the premise gate (protocol.md, section 3, step 1).</summary>
    /// <value><see cref="GateMode.Reissue"/>.</value>
    public GateMode Gate { get; init; } = GateMode.Reissue;

    /// <summary>What becomes of an irreversible write that comes too early (section 7).</summary>
    /// <value><see cref="IrreversibleMode.Hold"/>.</value>
    public IrreversibleMode Irreversible { get; init; } = IrreversibleMode.Hold;

    /// <summary>How much of everything there may be.</summary>
    public ProtocolLimits Limits { get; init; } = new();

    /// <summary>The rules that tests switch off to see that a suite notices.</summary>
    internal RuleSet Rules { get; init; } = RuleSet.All;
}

/// <summary>How a write passes the premise gate.</summary>
public enum GateMode
{
    /// <summary>Once its agent has been given the notices.</summary>
    Reissue,

    /// <summary>Once its agent has resolved every notice.</summary>
    Acknowledge,

    /// <summary>Always: notices ride on results and stop nothing.</summary>
    Off,
}

/// <summary>What becomes of an irreversible write while lower ranks run.</summary>
public enum IrreversibleMode
{
    /// <summary>The call stays open until the gate opens.</summary>
    Hold,

    /// <summary>The call is answered with a receipt and executes when the gate opens.</summary>
    Defer,
}
